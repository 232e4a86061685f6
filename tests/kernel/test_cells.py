"""What ``%%diagnose`` and ``%diagnose`` give in a kernel."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.kernel.talk import Kernel

pytestmark = pytest.mark.kernel

TRAINING = "for e in range(1, 7):\n    print(f'Epoch {e}/6 - loss: {1 / e:.4f} - val_loss: {2 / e:.4f}')\n"
PASTED = """Epoch 1/3 - loss: 0.9000 - val_loss: 0.8
it's "quoted" '''thrice''' and \\n is no newline, {braces} $HOME %d 50%
Epoch 2/3 - loss: 0.8000 - val_loss: 0.7
%%time
!rm -rf nothing
Epoch 3/3 - loss: 0.7000 - val_loss: 0.6
"""


def val_losses(kernel: Kernel, name: str) -> list[list[float]]:
    return kernel.value(f"[d.run.curve('loss', 'val').values.tolist() for d in {name}]")


def test_a_pasted_log_is_read_and_not_run(kernel):
    answer = kernel.run(f"%%diagnose --text -o d --facts n_val=128\n{PASTED}")
    assert answer.status == "ok", answer.tracebacks
    assert answer.text() == answer.text("stderr") == ""
    assert val_losses(kernel, "d") == [[0.8, 0.7, 0.6]]
    assert kernel.value("d[0].run.facts.n_val") == 128
    assert kernel.value("d[0] is __import__('nbdiag').last()")
    assert "val_loss" in answer.shown


def test_a_pasted_text_without_training_says_so_in_a_line(kernel):
    answer = kernel.run("%%diagnose --text\ndear diary\nnothing happened")
    assert (answer.status, answer.ename) == ("error", "UsageError")
    assert answer.text("stderr").count("\n") == 1


def test_a_pattern_reads_what_no_reader_knows(kernel):
    pattern = r"@(?P<epoch>\d+)>(?P<loss>[\d.]+)"
    kernel.run(f"%%diagnose -o d --pattern {pattern}\nfor e in range(1, 5): print(f'@{{e}}>{{1 / e}}')")
    assert kernel.value("d[0].run.curve('loss', 'train').values.tolist()") == [1, 0.5, 1 / 3, 0.25]
    kernel.run(f"%%diagnose --text -o d --pattern {pattern}\n@1>5.5\n@2>4.5")
    assert kernel.value("d[0].run.curve('loss', 'train').values.tolist()") == [5.5, 4.5]


def test_a_history_is_diagnosed_in_place_and_given_back(every_kernel):
    every_kernel.run("history = {'loss': [3, 2, 1], 'val_loss': [3.5, 2.5, 1.5]}")
    for code in (
        "%diagnose history",
        "%diagnose history\nprint('after')",
        "d = %diagnose history",
        "%diagnose history;",
    ):
        answer = every_kernel.run(code)
        assert [len(charts(answer)), answer.result] == [1, None], code
    assert every_kernel.value("d.run.curve('loss', 'val').values.tolist()") == [3.5, 2.5, 1.5]
    again = every_kernel.run("d")
    assert len(charts(again)) == 1
    assert again.text() == again.text("stderr") == ""
    assert every_kernel.value("repr(d)").startswith("<Diagnosis of a run: ")
    assert every_kernel.run("%diagnose 42").ename == "UsageError"
    assert every_kernel.run("%diagnose").ename == "UsageError"
    assert every_kernel.run("%diagnose undefined_name").ename == "NameError"


def charts(answer) -> list[dict]:
    """Every static copy of a chart that a cell left, wherever it came from."""
    kinds = ("display_data", "update_display_data", "execute_result")
    return [c["data"] for kind in kinds for c in answer.of(kind) if "image/svg+xml" in c["data"]]


def test_a_cell_without_training_says_so_in_one_line_and_has_no_chart(kernel):
    answer = kernel.run("%%diagnose -o d\nx = 1")
    assert answer.shown.strip() == "nbdiag: no training seen in this cell."
    assert "widget" not in str(answer.messages)
    assert kernel.value("d") == []
    assert kernel.run("%%diagnose -q\nx = 1").shown.strip() == ""


@pytest.mark.parametrize("view", ["widget", "static", "terminal", "none"])
def test_each_view_shows_what_it_should(kernel, view):
    answer = kernel.run(f"%%diagnose --view {view}\n{TRAINING}")
    assert answer.status == "ok", answer.tracebacks
    assert answer.text("stderr") == ""
    kinds = {kind for c in answer.of("update_display_data") + answer.of("display_data") for kind in c["data"]}
    assert ("application/vnd.jupyter.widget-view+json" in kinds) == (view == "widget")
    assert ("image/svg+xml" in kinds or "text/html" in kinds) == (view in ("widget", "static"))
    assert ("val_loss" in answer.text().replace(kernel.run(TRAINING).text(), "")) == (view == "terminal")


def test_odd_values_bring_no_warning_into_the_cell(kernel):
    values = [1.0, float("nan"), float("inf"), 0.0, -1.0, 1e308, 1e-320, float("-inf"), 0.0, 0.0]
    body = f"for e, v in enumerate({values!r}):\n    print(f'Epoch {{e + 1}}/10 - loss: {{v}} - acc: {{v}} - val_loss: {{v}}')"
    body = (
        "nan, inf = float('nan'), float('inf')\nimport warnings; warnings.simplefilter('always', RuntimeWarning)\n"
        + body
    )
    answer = kernel.run(f"%%diagnose -o d\n{body}")
    assert answer.status == "ok", answer.tracebacks
    assert answer.text("stderr") == ""
    assert kernel.value("len(d)") == 1


def test_two_trainings_are_two_runs(kernel):
    kernel.run(f"%%diagnose -o d\n{TRAINING}\n{TRAINING}")
    assert kernel.value("[(d_.run.number, d_.run.cell == d[0].run.cell) for d_ in d]") == [[1, True], [2, True]]


def test_the_cells_number_and_name_are_the_runs(every_kernel):
    number = every_kernel.run(f"%%diagnose -o d -n 'big one'\n{TRAINING}").reply["execution_count"]
    assert every_kernel.value("[d[0].run.name, d[0].run.cell]") == ["big one", number]


def test_an_interrupted_training_is_diagnosed_as_such(kernel):
    answer = kernel.run(f"%%diagnose -o d\n{TRAINING}print('go')\nimport time; time.sleep(60)", interrupt_at="go")
    assert answer.ename == "KeyboardInterrupt"
    assert kernel.value("[d[0].run.status, len(d[0].run)]") == ["interrupted", 12]


def test_an_interrupt_while_the_last_state_is_drawn_loses_no_diagnosis(kernel):
    kernel.run(
        "import nbdiag.screen as screen\nkept = screen.Screen.finish\n"
        "def tired(*_): screen.Screen.finish = kept; raise KeyboardInterrupt\nscreen.Screen.finish = tired"
    )
    answer = kernel.run(f"%%diagnose -o drawn\n{TRAINING}")
    assert answer.status == "ok"
    assert answer.text("stderr").startswith("NbdiagWarning: the end of %%diagnose failed (KeyboardInterrupt")
    assert val_losses(kernel, "drawn") == [[round(2 / e, 4) for e in range(1, 7)]]


def test_a_failed_training_is_diagnosed_as_such(kernel):
    kernel.run(f"%%diagnose -o d\n{TRAINING}1 / 0")
    assert kernel.value("[d[0].run.status, len(d[0].run)]") == ["failed", 12]


def test_logging_inside_a_watched_cell_feeds_its_run(kernel):
    kernel.run(
        "%%diagnose -o d\nimport nbdiag\nw = nbdiag.watch('logged')\n"
        "for e in range(5): w.log(epoch=e, loss=1 / (e + 1))\nassert w.finish() == []\nprint('after')"
    )
    assert kernel.value("[[d_.run.name, len(d_.run)] for d_ in d]") == [["logged", 5]]


def test_a_watch_without_an_end_ends_with_its_cell(kernel):
    kernel.run(
        "import nbdiag\nw = nbdiag.watch('open', view='none')\nfor e in range(5): w.log(epoch=e, loss=1 / (e + 1))"
    )
    assert kernel.value("[nbdiag.live.active() is None, nbdiag.last().run.name]") == [True, "open"]
    assert kernel.run("print('quiet')").text() == "quiet\n"


def test_in_a_terminal_a_short_text_follows_the_cell():
    typed = "%load_ext nbdiag\n%%diagnose\n" + TRAINING.replace("\n    ", " ") + "\n\nprint('next cell')\n"
    done = subprocess.run(
        [sys.executable, "-m", "IPython", "--simple-prompt", "--no-banner", "--colors=NoColor", "--no-confirm-exit"],
        input=typed, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    out = done.stdout
    assert "Epoch 6/6 - loss: 0.1667 - val_loss: 0.3333" in out, out + done.stderr
    after = out.split("Epoch 6/6 - loss: 0.1667 - val_loss: 0.3333")[1]
    assert "val_loss" in after.split("next cell")[0]
    assert "Warning" not in out + done.stderr
    assert "FigureWidget" not in out


def test_the_chart_is_drawn_while_the_cell_runs_and_belongs_to_it(every_kernel):
    every_kernel.run(
        "import nbdiag.pace as pace; kept = pace.END, pace.FIRST, pace.CHART; pace.END = pace.FIRST = pace.CHART = 0.0"
    )
    slow = TRAINING.replace("\n    ", "\n    __import__('time').sleep(0.2)\n    ")
    answer = every_kernel.run(f"%%diagnose\n{slow}")  # only what has this cell as its parent is in the answer
    every_kernel.run("pace.END, pace.FIRST, pace.CHART = kept")
    kinds = [m["msg_type"] for m in answer.messages]
    last_print = len(kinds) - 1 - kinds[::-1].index("stream")
    assert "update_display_data" in kinds[:last_print]
    assert "comm_open" in kinds[:last_print]
    assert answer.text("stderr") == ""


def test_the_report_is_there_after_an_interrupt(kernel, tmp_path):
    path = tmp_path / "my run.html"
    kernel.run(f"%%diagnose --report '{path}'\n{TRAINING}print('go')\nimport time; time.sleep(60)", interrupt_at="go")
    assert "interrupted at epoch 6" in path.read_text()
    answer = kernel.run(f"%%diagnose --report {tmp_path}/no/run.html\n{TRAINING}")
    assert answer.status == "ok"
    assert answer.text("stderr").count("NbdiagWarning: the report failed") == answer.text("stderr").count("\n") == 1
