"""A curve goes in, how much it jitters from epoch to epoch comes out, and whether that matters."""

from __future__ import annotations

import dataclasses

import numpy as np

from nbdiag import stats
from nbdiag.rules import evidence
from nbdiag.rules.evidence import Series
from nbdiag.run import Run

_LEAST = 10  # epochs: below, a zigzag cannot be told from two bad epochs


@dataclasses.dataclass(frozen=True, slots=True)
class Jitter:
    """How a curve jitters after its first third: all in logs, so as shares of the level.

    ``step`` is the robust noise of one epoch, ``spread`` the root mean square about the smoothed curve, ``path`` how
    often the curve walks up and down its own range (0.5: straight down), ``turns`` the correlation of neighbouring
    steps (−0.5: pure noise).
    """

    step: float
    spread: float
    path: float
    turns: float


def jitter(series: Series | None) -> Jitter | None:
    """The jitter of a curve; None below 10 points or at values that are not positive."""
    if series is None or len(series) < _LEAST or not series.positive:
        return None
    third = len(series) // 3
    y = series.logs[third:]
    steps = np.diff(y)
    smoothed = np.convolve(np.pad(y, 2, mode="edge"), np.ones(5) / 5, "valid")
    travelled = abs(float(y[-1] - y[0])) + float(np.ptp(y))
    return Jitter(
        step=stats.noise(y, series.rounding / max(stats.median(series.y), 1e-300)),
        spread=float(np.sqrt(np.mean((y - smoothed) ** 2))),
        path=float(np.abs(steps).sum()) / travelled if travelled > 0 else 0.0,
        turns=stats.lag1(steps),
    )


def batch_size(run: Run) -> float | None:
    """Samples an update, as known or as the sizes of the training set and the epoch tell."""
    facts = run.facts
    if facts.batch_size:
        return float(facts.batch_size)
    return facts.n_train / facts.steps_per_epoch if facts.n_train and facts.steps_per_epoch else None


def matters(run: Run) -> bool:
    """Whether the jitter is worth an alarm: the loss strays by 2 % of where it began, or accuracy by a point.

    At the bottom of its fall a loss may jitter by a fifth of its level while no answer changes.
    """
    start, val = abs(evidence.start_level(run) or 0.0), evidence.loss(run, "val") or evidence.loss(run, "train")
    strays = [(s, least) for s, least in ((val, 0.02 * start), (evidence.accuracy(run, "val"), 0.01)) if s is not None]
    for s, least in strays:
        y = s.y[len(s) // 3 :]
        if len(y) >= 5:
            smoothed = np.convolve(np.pad(y, 2, mode="edge"), np.ones(5) / 5, "valid")
            if float(np.sqrt(np.mean((y - smoothed) ** 2))) > least:
                return True
    return False
