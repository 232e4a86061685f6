"""Epochs translate to steps and to time where the run knows them, and to nothing else."""

from __future__ import annotations

from nbdiag.events import Record
from nbdiag.facts import Facts
from nbdiag.run import Run
from nbdiag.views.widget.units import translations


def run(times: bool = False, facts: Facts | None = None, n: int = 10) -> Run:
    made = Run(facts=facts)
    for i in range(1, n + 1):
        made.append(Record("loss", "train", 1 / i, epoch=float(i), time=2.0 * i if times else None))
    return made


def test_nothing_where_nothing_is_known() -> None:
    assert translations(run(), "epoch") == {}


def test_steps_from_the_number_of_steps_in_an_epoch() -> None:
    assert translations(run(facts=Facts(steps_per_epoch=13)), "epoch") == {
        "step": {"at": [0.0, 10.0], "to": [0.0, 130.0]}
    }


def test_times_as_they_were_measured() -> None:
    found = translations(run(times=True), "epoch")
    assert list(found) == ["time"]
    assert found["time"]["at"][-1] == 10.0 and found["time"]["to"][-1] == 20.0


def test_a_long_run_is_sent_in_few_points() -> None:
    found = translations(run(times=True, n=5000), "epoch")["time"]
    assert len(found["at"]) == len(found["to"]) <= 200
    assert found["at"][-1] == 5000.0


def test_an_axis_in_steps_is_left_alone() -> None:
    assert translations(run(times=True), "step") == {}
