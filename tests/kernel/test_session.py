"""What lasts longer than one cell: each cell diagnosed, the run before, the last diagnosis shown again, other front ends."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.kernel.talk import Answer, Kernel

pytestmark = pytest.mark.kernel

TRAINING = "for e in range(1, 7):\n    print(f'Epoch {e}/6 - loss: {1 / e:.4f} - val_loss: {2 / e:.4f}')\n"
WIDGET = "application/vnd.jupyter.widget-view+json"


def shown(answer: Answer) -> list[dict]:
    kinds = ("display_data", "update_display_data", "execute_result")
    return [c["data"] for m in answer.messages if m["msg_type"] in kinds for c in [m["content"]]]


@pytest.fixture
def every_cell(every_kernel):
    every_kernel.run("import nbdiag; nbdiag.configure(every_cell=True)")
    yield every_kernel
    every_kernel.run("nbdiag.configure(every_cell=False)")


def test_each_training_cell_is_diagnosed_unedited(every_cell):
    answer = every_cell.run(f"print('before')\n{TRAINING}'value'")
    assert answer.text("stderr") == ""
    assert answer.text().startswith("before\nEpoch 1/6")
    assert answer.result == "'value'"
    assert [WIDGET in data for data in shown(answer)].count(True) == 1
    assert any("image/svg+xml" in data for data in shown(answer))
    assert every_cell.value("[nbdiag.last().run.name, len(nbdiag.last().run)]") == ["", 12]


def test_a_cell_without_training_shows_nothing_of_ours(every_cell):
    for code in ("x = 1", "print('hello')", "", "1 / 0", "x = = 1", "%pwd", "!true", "import json"):
        answer = every_cell.run(code)
        assert [data for data in shown(answer) if "nbdiag" in str(data)] == [], code
        assert answer.of("display_data") == answer.of("update_display_data") == [], code
        assert "nbdiag" not in answer.text() + answer.text("stderr"), code


def test_a_cell_that_asks_keeps_its_own(every_cell):
    every_cell.run(f"%%diagnose -n mine -o found\n{TRAINING}")
    assert every_cell.value("[[d.run.name for d in found], nbdiag.last() is found[0]]") == [["mine"], True]
    every_cell.run(f"%%time\n%%diagnose -n timed -o found\n{TRAINING}")
    assert every_cell.value("[d.run.name for d in found]") == ["timed"]


def test_it_ends_when_it_is_taken_back(every_kernel):
    for end in ("nbdiag.configure(every_cell=False)", "%reload_ext nbdiag"):
        every_kernel.run("nbdiag.configure(every_cell=True)")
        every_kernel.run(end)
        assert shown(every_kernel.run(TRAINING)) == [], end


def test_configuring_loads_the_extension():
    kernel = Kernel()
    try:
        kernel.run("import nbdiag; nbdiag.configure(every_cell=True, view='static')")
        assert any("image/svg+xml" in data for data in shown(kernel.run(TRAINING)))
        assert (
            kernel.run("%load_ext nbdiag").text()
            == "The nbdiag extension is already loaded. To reload it, use:\n  %reload_ext nbdiag\n"
        )
        kernel.run("%unload_ext nbdiag")
        assert shown(kernel.run(TRAINING)) == []
    finally:
        kernel.close()


def test_the_last_diagnosis_is_shown_again_in_another_cell(every_kernel):
    every_kernel.run("import nbdiag\nx = 1")
    every_kernel.run(f"%%diagnose\n{TRAINING}")
    for code in ("nbdiag.last()", "display(nbdiag.last())"):
        answer = every_kernel.run(code)
        assert [WIDGET in data for data in shown(answer)].count(True) == 1, code
        assert answer.text() == answer.text("stderr") == ""


def test_the_run_before_of_the_same_cell_stands_behind(every_kernel):
    code = f"%%diagnose -o found\n{TRAINING}"
    every_kernel.run(
        "import nbdiag\nfrom nbdiag.views import chart\ndef faint(d): return sum(l.faint for p in chart.draw(d).panels for l in p.lines)"
    )
    every_kernel.run(f"# another cell\n{code}")
    for _ in range(3):
        every_kernel.run(code)
    assert every_kernel.value("[found[0].previous is not None, found[0].previous.previous is None]") == [True, True]
    assert every_kernel.value("faint(found[0])") == 2
    every_kernel.run(f"{code}# a cell that never ran")
    assert every_kernel.value("[found[0].previous is None, faint(found[0])]") == [True, 0]


def test_without_widgets_one_plain_output_is_rewritten_while_the_cell_runs():
    kernel = Kernel(VSCODE_PID="1")
    try:
        kernel.run(
            "%load_ext nbdiag\nimport nbdiag.views.static as static; static._SECONDS = 0.3\nfrom nbdiag import pace; pace.END = pace.FIRST = pace.CHART = 0.0"
        )
        slow = TRAINING.replace("\n    ", "\n    __import__('time').sleep(0.6)\n    ")
        answer = kernel.run(f"%%diagnose\n{slow}")
        assert "comm_open" not in {m["msg_type"] for m in answer.messages}
        assert len(answer.of("display_data")) == 1
        drawn = answer.of("update_display_data")
        assert len(drawn) >= 2  # once it was judged while the cell ran, and at its end
        assert len({c["transient"]["display_id"] for c in drawn}) == 1
        kinds = [m["msg_type"] for m in answer.messages]
        assert kinds.index("update_display_data") < len(kinds) - 1 - kinds[::-1].index("stream")
        assert "image/svg+xml" in drawn[0]["data"]
        assert answer.text("stderr") == ""
    finally:
        kernel.close()


@pytest.mark.parametrize("name", ["VSCODE_PID", "VSCODE_CWD", "COLAB_RELEASE_TAG", "KAGGLE_KERNEL_RUN_TYPE", ""])
def test_the_view_follows_the_front_end(name):
    code = "from types import SimpleNamespace as S; import IPython; IPython.get_ipython = lambda: S(kernel=1, user_ns={})\nfrom nbdiag.views import choice; print(choice.fitting())"
    env = {"PATH": "/usr/bin:/bin", "PYTHONPATH": ":".join(sys.path), **({name: "1"} if name else {})}
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ("static" if name else "widget")
