"""Under ``%%diagnose`` a cell behaves as without it: the table of what running a body from a cell magic breaks."""

from __future__ import annotations

import re

import pytest

from tests.kernel.talk import Answer, Kernel

pytestmark = pytest.mark.kernel

TRAINING = (
    "for epoch in range(1, 6):\n    print(f'Epoch {epoch}/5 - loss: {1 / epoch:.4f} - val_loss: {2 / epoch:.4f}')\n"
)
ANSI = re.compile(r"\x1b\[[\d;]*m")


def twice(kernel: Kernel, body: str, **options) -> tuple[Answer, Answer]:
    """The answers without and with us; line 1 is a comment without us, so that line numbers agree."""
    bare = kernel.run(f"# a comment\n{body}", **options)
    watched = kernel.run(f"%%diagnose\n{body}", **options)
    assert kernel.run("__import__('nbdiag.live').live.active()").result is None
    return bare, watched


def seen(answer: Answer) -> tuple:
    """What must be the same: status, error, both streams, the cell's value."""
    message = re.sub(r"\d+\.py", "", answer.evalue)  # 8.x names each cell's own temporary file
    return (answer.status, answer.ename, message, answer.text(), answer.text("stderr"), answer.result)


def frames(answer: Answer) -> list[str]:
    """The tracebacks without what differs between any two cells: their numbers, and the source of line 1."""
    text = [ANSI.sub("", t) for t in answer.tracebacks]
    text = [re.sub(r"In ?\[\d+\]|ipython-input-\d+-\w+|\d+\.py", "", t) for t in text]
    return [re.sub(r"(?m)^(?:-+>)? *1 .*\n", "", t) for t in text]


@pytest.mark.parametrize(
    "body",
    [
        TRAINING,
        TRAINING + "42",
        TRAINING + "42;",
        "x = 3\nx",
        "import asyncio\nawait asyncio.sleep(0.01)\n'slept'",
        "from __future__ import annotations\nprint(1)",
        "# only a comment",
        "",
        "!echo from the shell",
        "names = !echo a\nnames[0]",
        "%timeit -n1 -r1 -q 1",
        "import sys\nprint('a', end='', file=sys.stderr); sys.stdout.write('b\\r'); sys.stdout.writelines(['c', 'd\\n'])",
        "import os\nn = os.write(1, b'from the file descriptor\\n'); import time; time.sleep(0.3)",
        "import threading\nt = threading.Thread(target=print, args=('from a thread',)); t.start(); t.join()",
    ],
)
def test_output_and_value_are_the_same(every_kernel, body):
    bare, watched = twice(every_kernel, body)
    assert bare.status == "ok"
    assert seen(watched) == seen(bare)


@pytest.mark.parametrize(
    "body",
    [
        "x = 1\ny = 2\n1 / 0",
        TRAINING + "raise ValueError('boom')",
        "def f(n):\n    return 1 / n\nf(1)\nf(0)",
        "import asyncio\nawait asyncio.sleep(0.01)\nundefined",
        "raise KeyboardInterrupt",
        "import warnings\nwarnings.simplefilter('always')\nraise SystemExit",
        "x = = 1",
    ],
)
def test_an_error_looks_the_same_in_every_line(every_kernel, body):
    bare, watched = twice(every_kernel, body)
    assert bare.status == "error"
    assert seen(watched) == seen(bare)
    assert frames(watched) == frames(bare)
    assert len(watched.tracebacks) == len(bare.tracebacks)


def test_the_error_names_the_line_of_the_visible_cell(every_kernel):
    watched = every_kernel.run("%%diagnose\nx = 1\ny = 2\n1 / 0")
    assert re.search(r"-> *4 1 ?/ ?0", ANSI.sub("", watched.tracebacks[0]))
    assert "nbdiag/" not in watched.tracebacks[0]


def test_last_value_is_kept(every_kernel):
    every_kernel.run("%%diagnose\n6 * 7")
    assert every_kernel.run("_").result == "42"
    number = every_kernel.run("%%diagnose\n'kept'").reply["execution_count"]
    assert every_kernel.run(f"Out[{number}], _{number}").result == "('kept', 'kept')"


def test_history_shows_the_cell_as_written(every_kernel):
    every_kernel.run("%%diagnose -n 'my run'\nx = 'in history'")
    assert "%%diagnose -n 'my run'\nx = 'in history'" in every_kernel.run("%history -l 2").text()


def test_names_are_left_behind_only_by_the_body_and_o(every_kernel):
    every_kernel.run("%reset -f")
    every_kernel.run("before = {*globals(), 'before'}")
    every_kernel.run(f"%%diagnose -o found\n{TRAINING}")
    new = every_kernel.value("sorted(n for n in set(globals()) - before if not n.startswith('_'))")
    assert new == ["epoch", "found"]
    assert every_kernel.value("[type(d).__name__ for d in found]") == ["Diagnosis"]


@pytest.mark.parametrize("body", ["import time\nprint('go', flush=True)\ntime.sleep(30)"])
def test_an_interrupt_ends_the_cell_as_always(every_kernel, body):
    bare, watched = twice(every_kernel, body, interrupt_at="go")
    assert (watched.ename, watched.text()) == ("KeyboardInterrupt", bare.text())
    assert frames(watched) == frames(bare)


@pytest.mark.parametrize("cell", ["%%time\n%%diagnose\n", "%%diagnose\n%%time\n", "%%diagnose\n# why\n\n%%time\n"])
def test_stacked_with_time(every_kernel, cell):
    answer = every_kernel.run(f"{cell}{TRAINING}")
    assert answer.status == "ok", answer.tracebacks
    assert answer.text().startswith("Epoch 1/5 - loss: 1.0000")
    assert "Wall time" in answer.text()
    assert len(every_kernel.value("list(__import__('nbdiag').last().run.curve('loss', 'val').values)")) == 5


def test_stacked_with_capture(every_kernel):
    assert every_kernel.run(f"%%capture got\n%%diagnose\n{TRAINING}").text() == ""
    assert every_kernel.value("got.stdout").startswith("Epoch 1/5 - loss: 1.0000")


@pytest.mark.parametrize("cell", ["%%time\n%%diagnose\n1 / 0", "%%diagnose\n%%time\n1 / 0"])
def test_stacked_an_error_ends_as_it_does_without_us(every_kernel, cell):
    bare = every_kernel.run("%%time\n1 / 0")  # on IPython 8, %%time shows the error and swallows it
    answer = every_kernel.run(cell)
    assert (answer.status, answer.ename) == (bare.status, bare.ename)
    assert "ZeroDivisionError" in str(answer.messages)


def test_a_cell_run_inside_the_body_does_not_end_the_watch(every_kernel):
    first, rest = "print('loss: 1.0, epoch 1')", TRAINING
    every_kernel.run(f"%%diagnose -o found\nget_ipython().run_cell({first!r})\n{rest}")
    assert every_kernel.value("found[-1].run.curve('loss', 'train').values[-1]") == 0.2


def test_an_option_that_cannot_be_used_stops_the_cell_before_its_body(every_kernel):
    for line in ("--bogus", "--select no-such-rule", "--view plotly"):
        answer = every_kernel.run(f"%%diagnose {line}\nran = True")
        assert (answer.status, answer.ename, answer.tracebacks) == ("error", "UsageError", [])
        assert answer.text("stderr").count("\n") == 1
    assert every_kernel.run("'ran' in globals()").result == "False"


def test_below_the_first_line_it_says_what_to_do(every_kernel):
    answer = every_kernel.run("%load_ext nbdiag\n%%diagnose\nx = 1")
    assert answer.ename == "UsageError"
    assert "cell of its own" in answer.text("stderr")


def test_reloaded_and_unloaded_it_leaves_nothing(every_kernel):
    every_kernel.run("%reload_ext nbdiag")
    every_kernel.run("%reload_ext nbdiag")
    ours = "[f.__module__ for f in get_ipython().input_transformers_cleanup if 'nbdiag' in f.__module__]"
    assert len(every_kernel.value(ours)) == 1
    try:
        every_kernel.run("%unload_ext nbdiag")
        assert every_kernel.value(ours) == []
        assert "not found" in every_kernel.run("%%diagnose\n1").text("stderr")
        events = "[str(f) for fs in get_ipython().events.callbacks.values() for f in fs if 'nbdiag' in str(f)]"
        assert every_kernel.value(events) == []
    finally:
        every_kernel.run("%load_ext nbdiag")


def test_the_help_lists_the_options(every_kernel):
    shown = str(every_kernel.run("%%diagnose?").reply)
    assert "--facts" in shown
    assert "--no-hooks" in shown
