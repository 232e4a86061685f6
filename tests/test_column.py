"""A curve that is looked at while it grows: what was looked at stays, and the last value of a place wins."""

from __future__ import annotations

import numpy as np
import pytest

from nbdiag.curve import Curve
from nbdiag.diagnosis import examine
from nbdiag.events import Record, Steps
from nbdiag.run import Run
from nbdiag.views.chart import Chart, draw


def the(run: Run) -> Curve:
    """Its training loss."""
    curve = run.curve("loss", "train")
    assert curve is not None
    return curve


def test_a_curve_that_was_given_out_does_not_change() -> None:
    run = Run(Record("loss", "train", float(e), epoch=e) for e in range(1, 41))
    before = the(run)
    low = before.summary().low
    run.append(Record("loss", "train", -5.0, epoch=3))
    run.append(Record("loss", "train", -9.0, epoch=41))
    assert before.values.tolist() == [float(e) for e in range(1, 41)] and before.summary().low == low == 1
    assert the(run).values[2] == -5 and the(run).summary().low == -9 and len(the(run)) == 41


@pytest.mark.parametrize("looked", [False, True])
def test_places_told_again_replace_also_within_what_was_looked_at(looked: bool) -> None:
    run = Run()
    for step in [*range(1, 200), 5, 5, 120, 199, 200, 2]:
        run.append(Record("loss", "train", float(np.sin(len(run)) + step), step=step))
        if looked:
            assert the(run).summary().high == the(run).values.max()
    run.append(Record("loss", "train", 1e6, step=7))
    curve = the(run)
    assert curve.steps.tolist() == list(range(1, 201)) and curve.summary().high_at == 6
    assert curve.summary().low == curve.values.min()


def test_the_run_until_an_epoch_is_the_run_as_it_was() -> None:
    rng = np.random.default_rng(0)
    records = [Record("loss", "train", float(rng.normal()), epoch=1 + i // 100, step=1 + i % 100) for i in range(1000)]
    run, short = Run(records), Run(records[:700])
    assert the(run).summary("counted").high == 1000
    then, same = the(run.until(7)), the(short)
    for name in ("values", "epochs", "steps", "times", "rounding", "x", "counted"):
        assert np.array_equal(getattr(then, name), getattr(same, name), equal_nan=True), name
    assert then.summary().means(256).tolist() == same.summary().means(256).tolist()
    later = run.until(7)
    later.append(Record("loss", "train", 0.5, epoch=8, step=1))
    assert the(later).values[-1] == 0.5 and the(run).values[700] == records[700].value


def test_columns_of_steps_are_what_their_records_are() -> None:
    one, other = Run(), Run()
    for first in (1, 501):
        steps = range(first, first + 500)
        values = [1 / s for s in steps]
        one.append_steps(Steps("loss", "train", values, [float("nan")] * 500, steps))
        other.extend(Record("loss", "train", v, step=s) for v, s in zip(values, steps, strict=True))
        assert the(one).values.tolist() == the(other).values.tolist()
    assert the(one).counted.tolist() == the(other).counted.tolist() and np.isnan(the(one).epochs).all()


def drawing(chart: Chart) -> list[object]:
    """All of a chart that can be seen."""
    lines = [(line.curve, line.x.tolist(), repr(line.y.tolist())) for panel in chart.panels for line in panel.lines]
    return [chart.pins, chart.x_ticks, chart.description, lines, [(p.ticks, repr(p.marks)) for p in chart.panels]]


@pytest.mark.parametrize("places", ["steps", "steps that begin again", "parts of epochs", "epochs named by steps"])
@pytest.mark.parametrize("broken", [False, True])
def test_a_long_run_that_was_watched_ends_as_one_read_at_once(places: str, broken: bool) -> None:
    n, each, rng = 70_000, 1000, np.random.default_rng(0)
    steps, loss = np.arange(1, n + 1), 2 * np.exp(-np.arange(n) / 2e4) + 0.3 + 0.05 * rng.normal(size=n)
    if broken:
        loss[[41_234, 55_555]] = np.nan, np.inf
    within = places in ("steps that begin again", "epochs named by steps")
    shown = (steps - 1) % each + 1 if within else steps
    epochs = {"parts of epochs": steps / each, "epochs named by steps": np.ceil(steps / each)}.get(
        places, steps * np.nan
    )
    columns = {"loss": loss, "accuracy": 1 - loss / 3}

    def tell(run: Run, first: int, last: int) -> None:
        part = slice(first, last)
        for metric, values in columns.items():
            run.append_steps(Steps(metric, "train", values[part], epochs[part], shown[part]))
            run.append_steps(Steps(metric, "val", values[part] + 0.1, epochs[part], shown[part]))

    watched, whole = Run(), Run()
    begin = 0
    for end in (1, 700, 33_333, 41_235, 69_999, n):
        tell(watched, begin, end)
        watched.status, begin = "running", end
        draw(examine(watched))
    watched.status = "finished"
    tell(whole, 0, n)
    live, once = examine(watched), examine(whole)
    assert repr(live.findings) == repr(once.findings) and live.summary == once.summary
    assert drawing(draw(live)) == drawing(draw(once))
