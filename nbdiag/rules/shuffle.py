"""A run goes in, a loss that repeats with every epoch comes out: training data that is not shuffled."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from nbdiag import stats
from nbdiag.curve import Curve
from nbdiag.finding import Certainty, Check, Finding, Severity, ranked
from nbdiag.rules import evidence, references
from nbdiag.rules.base import rule
from nbdiag.rules.wording import framework, num
from nbdiag.run import Run

_ENOUGH = 1 << 16
"""Of a longer run, the last so many steps, or six epochs: what comes back in every epoch comes back in those."""


@rule(
    severity=Severity.PROBLEM,
    needs="steps within epochs",
    explains=("shuffle-off", "noisy-training", "oscillating-loss"),
)
def missing_shuffle(run: Run, *, least: float = 0.5, z: float = 6.0) -> Iterator[Finding]:
    """The loss of the steps repeats with the epoch: each epoch visits the samples in the same order.

    ## What it finds
    A pattern within the epoch that comes back in the next one, step for step.

    ## Why it matters
    Sorted data makes the network unlearn one class while it sees the other; the running training value then looks better
    than the model is, and batch statistics are those of single classes.

    ## How it decides
    The logs of the steps' losses, less their mean over one epoch, are correlated with themselves one epoch later:
    r ≥ `least` (0.5) and r·√n ≥ `z` (6), n the number of steps compared. Shuffled data gives r near 0. The one step of an epoch that
    stands out most is left out: a last batch of a few samples does so by itself, with BatchNorm above all. Silent where the
    data is known to be shuffled. Of a long run the last 65,536 steps are compared, or six epochs.

    ## What to try
    Shuffle before each epoch.

    ## Known limits
    Needs the loss of single steps (not its running mean within the epoch) over three epochs at least.

    ## References
    Deep Learning Tuning Playbook
    """
    steps = run.curve(evidence.loss_name(run) or "loss", "train", "step")
    if run.facts.shuffle or steps is None or len(steps) < 12 or not steps.known("epochs"):
        return
    found = _repeats(steps)
    if found is None:
        return
    r, n, period = found
    if r < least or r * n**0.5 < z:
        return
    yield Finding(
        title="The loss repeats with every epoch, step for step",
        headline="Training data is not shuffled: the loss repeats every epoch",
        message=f"The losses of the {period} steps of one epoch **come back in the next one (correlation {num(r)} over {n:,} "
        "steps)**. Shuffled data shows none.",
        certainty=Certainty.STRONG,
        curves=(steps.name,),
        evidence={"correlation": r, "steps compared": float(n), "steps per epoch": float(period)},
        why="With the samples always in the same order, most of all sorted by class, the network adapts to one part of the "
        "data and unlearns it during the next. Its loss swings with the order of the data, not with what was learned.",
        causes=ranked(
            ("The data is sorted and not shuffled", "`shuffle=False`")
            if run.facts.shuffle is False
            else "The data is sorted and not shuffled",
            "A generator that yields one class after the other",
            "A few hard batches, always the same",
        ),
        check=Check("Shuffle the training data once and train again. If the pattern stays, it is not the order."),
        fixes=(
            {
                "keras": "`model.fit(..., shuffle=True)`; for a `tf.data.Dataset`: `.shuffle(buffer_size)`",
                "torch": "`DataLoader(..., shuffle=True)`",
                "lightning": "`DataLoader(..., shuffle=True)`",
            }.get(framework(run), "Shuffle the training data before each epoch"),
        ),
        caveat="A loss printed as a running mean within the epoch falls in every epoch and repeats for that reason.",
        references=(references.TUNING_PLAYBOOK,),
    )


def _repeats(steps: Curve) -> tuple[float, int, int] | None:
    """Correlation with the epoch before, steps compared and steps an epoch; over stretches without a gap."""
    usual = stats.median(np.diff(steps.epochs[-_ENOUGH:]))
    if usual <= 0:
        return None
    period = round(1 / usual)
    if period < 4:
        return None
    recent = max(_ENOUGH, 6 * period)
    ahead, values = np.diff(steps.epochs[-recent:]), steps.values[-recent:]
    breaks = np.flatnonzero((ahead > 1.5 * usual) | (ahead <= 0)) + 1
    top = sum_left = sum_right = 0.0
    n = 0
    for part in np.split(values, breaks):
        part = part[np.isfinite(part)]
        if len(part) < 3 * period or part.min() <= 0:
            continue
        logs = np.log(part)
        total = np.concatenate(([0.0], np.cumsum(logs)))
        mean = (total[period:] - total[:-period]) / period
        rest = _without_loudest(logs[period // 2 :][: len(mean)] - mean, period)
        left, right = rest[period:], rest[:-period]
        top += float(left @ right)
        sum_left, sum_right, n = sum_left + float(left @ left), sum_right + float(right @ right), n + len(left)
    if n < 2 * period or sum_left <= 0 or sum_right <= 0:
        return None
    return top / (sum_left * sum_right) ** 0.5, n, period


def _without_loudest(rest: np.ndarray, period: int) -> np.ndarray:
    """0 at the place within the epoch that is farthest from the mean: one batch, most often a last one with few samples."""
    place = np.arange(len(rest)) % period
    loudest = int(np.argmax(np.bincount(place, rest**2)))
    return np.where(place == loudest, 0.0, rest)
