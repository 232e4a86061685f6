"""A run goes in, findings on rises that passed come out: spikes of the training loss, bumps of the validation loss."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from nbdiag import stats
from nbdiag.finding import Certainty, Check, Finding, Severity, ranked
from nbdiag.rules import evidence, references
from nbdiag.rules.base import rule
from nbdiag.rules.evidence import Series
from nbdiag.rules.needs import averages_epochs
from nbdiag.rules.wording import clip, lower_rate, num, place
from nbdiag.run import Run


@rule(severity=Severity.PROBLEM, explains=("loss-bump-recovered",))
def loss_spike(run: Run, *, sigmas: float = 6.0, least: float = 2.0) -> Iterator[Finding]:
    """Isolated epochs whose training loss jumps to a multiple of its surroundings and recovers.

    ## What it finds
    One or a few epochs that stand out of the training loss, with calm before and after.

    ## Why it matters
    Most often one bad batch, or a step that was too large. Recovered, it is harmless; the next one may not recover.

    ## How it decides
    In logs (own units where values are not positive), a value above the running median of 7 by `sigmas` (6) times the
    noise and by a factor of `least` (2), back within three epochs; at most every seventh epoch. Where the learning rate rises at
    the spike it is a restart, not a spike. It is a note where it stays below a tenth of the loss at the start, and where the
    values may be those of single batches (not known to be means, and nearly as irregular: 1/(3·√batch size) per epoch) and validation shows nothing of it.

    ## What to try
    Look at the batches of that epoch; clip gradients; lower the learning rate if it happens again.

    ## Known limits
    With an epoch's mean as the value, a single bad batch is diluted by all the others.

    ## References
    Lewkowycz et al. 2020, The large learning rate phase; Deep Learning Tuning Playbook
    """
    train = evidence.loss(run, "train")
    if train is None or len(train) < 8 or not train.lower_is_better or train.raw.per == "step":
        return
    places = spikes(train, sigmas, least)
    restarts = restart_epochs(run)
    places = [i for i in places if not any(abs(train.x[i] - r) <= 1.5 for r in restarts)]
    # One spike may span two epochs; what comes more often than every seventh epoch is no exception any more.
    count = sum(i - 1 not in places for i in places)
    if not places or count > max(3, len(train) // 7):
        return
    unit = evidence.unit(run)
    base = np.interp(np.array(places), *_calm(train, places))
    worst = max(places, key=lambda i: train.y[i] / base[places.index(i)])
    usual = float(base[places.index(worst)])
    where = ", ".join(place(float(train.x[i])) for i in places if i - 1 not in places)
    many = count > 1
    # A spike that is a fraction of the loss at the start did no harm that could be seen.
    mild = float(train.y[worst]) < 0.1 * (evidence.start_level(run) or 0.0)
    lone = _of_single_batches(run, train) and not _felt(run, float(train.x[worst]))
    yield Finding(
        title=f"{train.label} jumps at {unit}{'s' if many else ''} {where}",
        headline=f"{count} spike{'s' if many else ''} in the training loss, recovered",
        message=f"At {unit} {place(float(train.x[worst]))} `{train.label}` **jumped to {num(float(train.y[worst]))}, "
        f"{train.y[worst] / usual:.1f} times its surroundings ({num(usual)})**, and came back"
        + (f"; {count} such {unit}s in all." if many else "."),
        certainty=Certainty.STRONG,
        severity=Severity.NOTE if mild or lone else None,
        curves=(train.name,),
        start=float(train.x[places[0]]),
        stop=float(train.x[places[-1]]),
        evidence={"spikes": float(count), "worst value": float(train.y[worst]), "surroundings": usual},
        why="A few updates went far off: a batch with extreme or wrong values gave a huge gradient, or the step was "
        "larger than the valley is wide. The updates after it found the way back.",
        causes=ranked(
            "The value is the last batch's alone, and that batch is a hard one" if lone else None,
            "A bad batch: outliers, wrong labels, a value on the wrong scale",
            "A learning rate at the edge of stability",
            "Too small a batch for the learning rate",
        ),
        check=Check(
            "Log the loss of every step in that epoch. One step far above the rest is a bad batch; many are the rate."
        ),
        fixes=("Look at the batches of that epoch", clip(run), lower_rate(run, "2 to 3")),
        caveat="At the start of training with a large learning rate a single spike is normal (catapult phase).",
        references=(references.CATAPULT, references.TUNING_PLAYBOOK),
    )


def _of_single_batches(run: Run, train: Series) -> bool:
    """Whether the values may be those of one batch each: not known to be means, and as irregular as that.

    Losses of single samples scatter about as far as their mean, so a batch of b by 1/√b; a third of that is too smooth.
    """
    if averages_epochs(run) or run.facts.loss_is == "epoch-mean":
        return False
    scatter = 1 / math.sqrt(run.facts.batch_size or 32)
    return not train.positive or stats.noise(train.logs) > scatter / 3


def _felt(run: Run, epoch: float) -> bool:
    """Whether the validation loss after a spike is above what it was before, by a tenth and by twice its noise.

    True without one: nothing then speaks against the spike.
    """
    val = evidence.loss(run, "val")
    if val is None:
        return True
    before, after = val.y[val.x < epoch], val.y[val.x >= epoch]
    if not len(before) or not len(after):
        return True
    usual = stats.median(before[-3:])
    return float(after[:2].max()) > usual + max(0.1 * abs(usual), 2 * val.noise)


def spikes(series: Series, sigmas: float, least: float) -> list[int]:
    """Indices of isolated high points of a curve."""
    y = series.logs if series.positive else series.y
    calm = stats.smooth(y, 7)
    away = y - calm
    sigma = max(stats.noise(y), stats.MAD_TO_SIGMA * stats.median(np.abs(away)))
    jump = np.log(least) if series.positive else least * max(abs(stats.median(series.y)), 1e-300)
    high = away > max(sigmas * sigma, float(jump))
    high[:2] = False
    found: list[int] = []
    for i in np.flatnonzero(high):
        # A jump up, not a steep fall seen late; and back within three epochs: a spike has an end.
        up = y[i] - stats.median(y[max(0, i - 3) : i]) > 0.5 * away[i] or i - 1 in found
        back = i < len(y) - 1 and bool((y[i + 1 : i + 4] - calm[i] < 0.5 * away[i]).any())
        if up and back:
            found.append(int(i))
    return found


def restart_epochs(run: Run) -> list[float]:
    """Epochs at which the learning rate steps up by half or more."""
    rate = evidence.learning_rate(run)
    if rate is None or len(rate) < 3 or rate.y.min() < 0:
        return []
    ups = np.flatnonzero(rate.y[1:] > 1.5 * np.maximum(rate.y[:-1], 1e-300)) + 1
    return [float(rate.x[i]) for i in ups]


def _calm(train: Series, places: list[int]) -> tuple[np.ndarray, np.ndarray]:
    """The curve without its spikes, to read the level around them from."""
    keep = np.setdiff1d(np.arange(len(train)), places)
    return keep, train.y[keep]


@rule(severity=Severity.GOOD)
def loss_bump_recovered(run: Run, *, z: float = 4.0) -> Iterator[Finding]:
    """The validation loss rose for a while and then fell below its old minimum.

    ## What it finds
    A bump in the middle of the validation loss that is over.

    ## Why it matters
    Loss and accuracy can both rise for a while because regularisation is at work: that is only good news if the loss
    then falls again. It did.

    ## How it decides
    Between the minimum of the first two thirds and the end the smoothed loss rose by `z` (4) standard errors and a tenth,
    for 3 epochs at least, and its last level is below that earlier minimum.

    ## What to try
    Nothing. With early stopping, use a patience longer than the bump.

    ## Known limits
    A second rise may follow.

    ## References
    How to interpret increase in both loss and accuracy
    """
    val = evidence.loss(run, "val")
    start = evidence.start_level(run)
    if val is None or start is None or len(val) < 12 or not val.lower_is_better:
        return
    y = val.smoothed
    lows = np.minimum.accumulate(y)
    height = y - lows
    top = int(np.argmax(height))
    low = float(lows[top])
    before = int(np.argmin(y[: top + 1]))
    end = stats.median(y[-max(2, len(y) // 10) :])
    if top - before < 2 or height[top] < max(z * val.noise, 0.1 * abs(low), 0.02 * abs(start)) or end >= low:
        return
    over = np.flatnonzero(y[top:] < low)
    stop = float(val.x[top + int(over[0])])
    unit = evidence.unit(run)
    yield Finding(
        title=f"A bump in {val.label}, over by {unit} {place(stop)}",
        headline=f"A bump in the validation loss, recovered by {unit} {place(stop)}",
        message=f"`{val.label}` rose from {num(low)} to {num(float(y[top]))} around {unit} {place(float(val.x[top]))} and "
        f"**then fell below its old minimum, to {num(end)}**.",
        certainty=Certainty.STRONG,
        curves=(val.name,),
        start=float(val.x[before]),
        stop=stop,
        evidence={"height": float(height[top]), "old minimum": low, "level at the end": end},
        why="Loss and accuracy may rise together for a while when regularisation reshapes the model, when the learning "
        "rate is still high, or when the model first memorises and then finds the rule. What counts is that it fell again.",
        check=Check(
            "Look at the learning rate at the bump, and at another split. A bump that comes without the first and in both is no chance."
        ),
        fixes=(
            "Nothing needs to be done",
            f"With early stopping, use a patience above {place(stop - float(val.x[before]))} {unit}s",
        ),
        caveat="A rise that does not come back would be overfitting or divergence.",
        references=(references.BOTH_UP, references.DOUBLE_DESCENT),
    )
