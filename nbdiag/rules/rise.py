"""A run goes in; the rise of its validation loss after its best epoch, measured once for every rule on it, comes out."""

from __future__ import annotations

import dataclasses

import numpy as np

from nbdiag import stats
from nbdiag.finding import Table
from nbdiag.rules import evidence
from nbdiag.rules.evidence import Series
from nbdiag.rules.wording import num, pct, place
from nbdiag.run import Run

LEAST_SHARE = 0.10  # labelled histories: rises below a tenth were as often noise of the split as a loss on new data
BATCHNORM = 2.0  # times that with BatchNorm: running averages that lag behind the weights move evaluation alone
LEAST_WEIGHT = 0.012  # of the loss at the start: smaller rises are of no consequence, however many times the minimum
ACCURACY_HELD = -0.006  # validation accuracy that lost less than this has held; its resolution is seldom finer


@dataclasses.dataclass(frozen=True, eq=False)
class Rise:
    """How the validation loss rose after its turning point.

    ``best`` is the epoch of the lowest value near the turn, ``best_value``, and ``begin`` the first after it. ``low`` and ``high`` are the
    levels there and at the end, ``z`` the rise in standard errors, ``share`` the rise as a share of ``low``, ``weight``
    as a share of the loss at the start. ``lasting`` tells that it is no passing bump. ``accuracy`` is the change of
    validation accuracy over the same stretch, ``accuracy_error`` its uncertainty from epoch to epoch.
    ``learning`` tells whether training is lower at the end than at the turn, ``train`` by what ratio; None where unknown.
    """

    val: Series
    index: int
    best: float
    best_value: float
    begin: float
    low: float
    high: float
    z: float
    share: float
    weight: float
    lasting: bool
    learning: bool | None
    train: float | None
    accuracy: float | None
    accuracy_error: float

    @property
    def now(self) -> float:
        """The last value; the level at the end where the last value happens to dip."""
        return self.val.last if self.val.last > (self.low + self.high) / 2 else self.high

    @property
    def growth(self) -> str:
        """``63.4 %``: from ``best_value`` to ``now``, for a reader who does the sum. Empty where a share means nothing."""
        return pct(self.now / self.best_value - 1) if self.val.positive else ""


def measure(run: Run) -> Rise | None:
    """The rise after the turning point of the validation loss; None below 8 points or without a validation loss."""
    return run.remember("rise", lambda: _measure(run))


def _measure(run: Run) -> Rise | None:
    val, turn, start = evidence.loss(run, "val"), evidence.turn(run), evidence.start_level(run)
    # Below 8 points two isotonic fits always find some turn.
    if val is None or turn is None or start is None or len(val) < 8 or not val.lower_is_better:
        return None
    k = max(1, len(val) // 20)
    near = slice(max(0, turn.index - k), turn.index + k + 1)
    index = near.start + int(np.argmin(val.y[near]))
    if index >= len(val) - 1:
        return None
    after = val.smoothed[turn.index + 1 :]
    second = after[len(after) // 2 :]
    # Smoothed, four fifths of the later half stay above a seventh of the rise: a slow rise that speeds up passes a
    # quarter of its height only halfway, a bump at the very end does not reach that far back.
    lasting = bool(len(second)) and float(np.mean(second > turn.low + 0.15 * turn.rise)) >= 0.8
    best, value, begin = _lowest(val, near, index)
    change, error = _accuracy_change(run, best)
    learning, ratio = _train_change(run, best)
    return Rise(
        val=val,
        index=index,
        best=best,
        best_value=value,
        begin=begin,
        low=turn.low,
        high=turn.high,
        z=turn.z,
        share=turn.rise / _level(val, turn.low, start),
        weight=turn.rise / abs(start) if start else 0.0,
        lasting=lasting,
        learning=learning,
        train=ratio,
        accuracy=change,
        accuracy_error=error,
    )


def _lowest(val: Series, near: slice, index: int) -> tuple[float, float, float]:
    """The lowest value near the turn: its place, itself, and the place after it.

    Of thousands of epochs the series holds means, which no reader finds among the values.
    """
    if len(val) == len(val.raw):
        return float(val.x[index]), float(val.y[index]), float(val.x[index + 1])
    places = evidence.places(val.raw)
    first = int(np.searchsorted(places, val.x[near][0]))
    last = int(np.searchsorted(places, val.x[near][-1], "right"))
    values = np.where(val.raw.finite[first:last], val.raw.values[first:last], np.inf)
    i = first + int(values.argmin())
    return float(places[i]), float(val.raw.values[i]), float(places[min(i + 1, len(places) - 1)])


def _level(val: Series, low: float, start: float) -> float:
    """What a rise is measured by: the lowest level; what was gained before, where a loss has no natural zero."""
    return low if val.positive else max(start - low, 1e-300)


def _train_change(run: Run, best: float) -> tuple[bool | None, float | None]:
    """Whether training is lower at the end than at the epoch ``best``, and the ratio of the two levels."""
    train = evidence.loss(run, "train")
    if train is None or train.raw.per == "step":
        return None, None
    k = max(1, min(7, len(train) // 10))
    near = train.y[np.abs(train.x - best) <= max(k // 2, 0.5)]
    if not len(near):
        return None, None
    then = stats.median(near)
    end = stats.median(train.y[-k:])
    return end < then, end / then if train.positive else None


def _accuracy_change(run: Run, best: float) -> tuple[float | None, float]:
    """Change of validation accuracy from around ``best`` to the end, and its standard error from the jitter alone."""
    accuracy = evidence.accuracy(run, "val")
    if accuracy is None:
        return None, 0.0
    at, k = int(np.argmin(np.abs(accuracy.x - best))), max(1, min(7, len(accuracy) // 3))
    around, end = accuracy.y[max(0, at - k // 2) : at + k // 2 + 1], accuracy.y[-k:]
    error = stats.noise(accuracy.y, accuracy.rounding) * (1 / len(around) + 1 / len(end)) ** 0.5
    return stats.median(end) - stats.median(around), error


def large_rise(run: Run, z: float, rise: float, weight: float) -> Rise | None:
    """The rise, where it is beyond noise, large enough to matter, and lasting."""
    found = measure(run)
    rise *= BATCHNORM if run.facts.has_batchnorm else 1.0
    if found is None or found.z < z or found.share < rise or found.weight < weight or not found.lasting:
        return None
    return found


def ruled_out(found: Rise) -> tuple[str, ...]:
    """What a training loss that goes on falling rules out."""
    return () if not found.learning else ("divergence, a learning rate too high: the training loss still falls",)


def curves(run: Run, found: Rise) -> tuple[str, ...]:
    train = evidence.loss(run, "train")
    return (found.val.name,) if train is None else (found.val.name, train.name)


def numbers(found: Rise) -> dict[str, float | str]:
    numbers: dict[str, float | str] = {
        "best epoch": found.best,
        "lowest value": found.best_value,
        "last value": found.val.last,
        "rise": found.share,
        "rise in standard errors": found.z,
    }
    if found.train is not None:
        numbers["training loss, end over turn"] = found.train
    if found.accuracy is not None:
        numbers["change of validation accuracy"] = found.accuracy
    return numbers


def table(run: Run, found: Rise) -> Table:
    """Every main curve at the best epoch and at the last."""
    rows = []
    series = [s for s in (found.val, evidence.loss(run, "train"), evidence.accuracy(run, "val")) if s is not None]
    for s in series:
        at = s.raw.values[s.raw.finite][int(abs(s.raw.x[s.raw.finite] - found.best).argmin())]
        rows.append((s.label, num(float(at)), num(s.last), f"{s.last - at:+.3g}".replace("-", "−")))
    unit = evidence.unit(run)
    return Table(
        ("", f"{unit} {place(found.best)}", f"{unit} {place(float(found.val.raw.x[-1]))}", "change"), tuple(rows)
    )
