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


def test_a_run_at_an_even_pace_is_a_straight_line() -> None:
    assert translations(run(times=True, n=5000), "epoch")["time"] == {"at": [1.0, 5000.0], "to": [2.0, 10000.0]}


def test_a_long_run_is_sent_in_few_points() -> None:
    uneven = run(times=True, n=5000)
    uneven.append(Record("loss", "train", 0.1, epoch=5001.0, time=90_000.0))  # a machine that slept
    found = translations(uneven, "epoch")["time"]
    assert 2 < len(found["at"]) == len(found["to"]) <= 200
    assert found["at"][-1] == 5001.0 and found["to"][-1] == 90_000.0


def test_time_counts_from_the_beginning_of_the_run() -> None:
    second = run(times=True)
    second.began = 2.0
    assert translations(second, "epoch")["time"]["to"] == [0.0, 18.0]


def test_an_axis_in_steps_translates_too() -> None:
    steps = Run([Record("loss", "train", 1 / i, epoch=i / 4, step=i, time=2.0 * i) for i in range(1, 9)])
    assert translations(steps, "step") == {
        "epoch": {"at": [1.0, 8.0], "to": [0.25, 2.0]},
        "time": {"at": [1.0, 8.0], "to": [2.0, 16.0]},
    }
    assert translations(run(times=True), "step") == {}
