"""Who may end a training, and which: a finding, or the reader's hand."""

from __future__ import annotations

import time

from nbdiag.brake import Brake
from nbdiag.events import Record
from nbdiag.run import Run


def test_a_training_stopped_by_hand_ends_and_says_so() -> None:
    brake, began = Brake(()), time.perf_counter()
    assert not brake.listens
    assert brake.reason(began) == ""
    assert brake.listens  # from now on a view may offer the button
    brake.pull(2)
    assert brake.reason(began) == "stopped by hand"
    runs = [Run([Record("loss", "train", 1.0, epoch=1.0)]) for _ in range(2)]
    brake.mark(runs)
    assert [run.status for run in runs] == ["finished", "stopped"]
    assert runs[1].notes == ["The training was stopped by hand."]


def test_a_training_that_begins_afterwards_goes_on() -> None:
    brake = Brake(())
    brake.pull(1)
    assert brake.reason(time.perf_counter()) == ""


def test_a_hand_that_nothing_heard_marks_nothing() -> None:
    brake, run = Brake(()), Run([Record("loss", "train", 1.0, epoch=1.0)])
    brake.pull(1)
    brake.mark([run])
    assert run.status == "finished" and run.notes == []
