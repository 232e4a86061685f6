"""Output that a notebook clears and prints once more is one run, whatever is displayed in between."""

import pytest

from nbdiag.collect import Collector
from nbdiag.events import Displayed

LINES = [f"Epoch {e}: loss {1 / e:.4f}, val loss {2 / e:.4f}\n" for e in range(1, 6)]
TABLE = "<table><tr><th></th><th>epoch</th><th>train_loss</th></tr>{}</table>"
ROWS = [f"<tr><th>{e - 1}</th><td>{e}</td><td>{1 / e:.4f}</td></tr>" for e in range(1, 6)]


FORMS = [
    "Epoch {e}: loss {a:.4f}, val loss {b:.4f}\n",
    "[{e}]\ttrain-loss:{a:.4f}\teval-loss:{b:.4f}\n",
    "Epoch {e}/50\n9/9 - 0s - loss: {a:.4f} - val_loss: {b:.4f}\n",
]


@pytest.mark.parametrize("epochs", [5, 50])
@pytest.mark.parametrize("form", FORMS)
def test_all_lines_printed_again_after_each_epoch(form, epochs):
    """Fifty of them are lines that would be read many at once."""
    lines = [form.format(e=e, a=1 / e, b=2 / e) for e in range(1, epochs + 1)]
    c = Collector()
    for count in range(1, epochs + 1):
        c.event(Displayed(again=True))
        c.chunk("stdout", "".join(lines[:count]))
    c.close()
    (run,) = c.runs
    assert run.curve("val_loss", "train") is None
    assert run.curve("loss", "val").values.tolist() == [round(2 / e, 4) for e in range(1, epochs + 1)]


def test_the_last_line_alone():
    c = Collector()
    for line in LINES:
        c.event(Displayed(again=True))
        c.chunk("stdout", line)
    c.close()
    (run,) = c.runs
    assert run.curve("loss", "train").epochs.tolist() == [1, 2, 3, 4, 5]


def test_another_training_after_a_clearing_is_a_run_of_its_own():
    c = Collector()
    c.chunk("stdout", "".join(LINES))
    c.event(Displayed(again=True))
    c.chunk("stdout", "".join(line.replace("loss 0", "loss 3") for line in LINES))
    c.close()
    assert [len(run) for run in c.runs] == [10, 10]


def test_the_same_training_twice_without_a_clearing_is_two_runs():
    c = Collector()
    c.chunk("stdout", "".join(LINES[:3] + LINES))
    c.close()
    assert [len(run) for run in c.runs] == [6, 10]


def test_a_displayed_table_that_grows():
    c = Collector()
    for count in range(1, 6):
        c.event(Displayed(html=TABLE.format("".join(ROWS[:count])), again=count > 1))
    c.close()
    (run,) = c.runs
    assert run.curve("loss", "train").values.tolist() == [1.0, 0.5, 0.3333, 0.25, 0.2]


def test_what_is_displayed_and_no_training_gives_nothing():
    c = Collector()
    c.event(Displayed(text="<Figure size 640x480 with 1 Axes>"))
    c.event(Displayed(html="<table><tr><th>name</th><th>loss</th></tr><tr><td>A</td><td>0.5</td></tr></table>"))
    c.close()
    assert c.runs == []
