"""A run goes in, findings on curves that stopped moving come out: converged, plateau, underfitting."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import numpy as np

from nbdiag import stats
from nbdiag.finding import Certainty, Check, Finding, Severity, ranked
from nbdiag.rules import evidence, references
from nbdiag.rules.base import rule
from nbdiag.rules.evaluation import margin_of
from nbdiag.rules.rise import measure
from nbdiag.rules.settling import TREND_POINTS, TURN_POINTS, forecast, settled, settled_since
from nbdiag.rules.wording import num, pct, place, reduce_on_plateau
from nbdiag.run import Run


@rule(severity=Severity.GOOD)
def converged(run: Run) -> Iterator[Finding]:
    """Training and validation have settled, at their best and close to each other.

    ## What it finds
    A healthy end: the loss fell, has flattened, stands at its best, and validation is not far from training.

    ## Why it matters
    More epochs would change little. What is left to gain lies in data, model or task.

    ## How it decides
    The last 30 % of the loss move by no more than noise, 2 % of its range, or 1 %, or as many epochs again would gain
    less than 6 % (see `still-improving`). It fell by a quarter, or validation accuracy is more than half-way from
    guessing to perfect. Its end is within noise of its lowest level. The gap to training is under a tenth of the loss
    at the start (a fifth where the accuracies are within 4 points). Any problem found takes its place. Silent where an accuracy
    has never risen, is below three quarters, and nothing tells what a guess gets. While a run goes on, it is said of what has
    been seen so far: a flat stretch is no end.

    ## What to try
    Stop here. Keep the best weights.

    ## Known limits
    Curves cannot see what training and validation data have in common: leaks, duplicates, wrong labels.

    ## References
    Google, Interpreting loss curves
    """
    main = evidence.loss(run, "val") or evidence.loss(run, "train")
    if main is None or len(main) < TREND_POINTS or not main.lower_is_better or not evidence.complete(run):
        return
    start = evidence.start_level(run) or main.first
    level = stats.median(main.y[-max(3, len(main) // 10) :])
    tiny = 0.01 * abs(start)
    ahead = forecast(main)
    little = ahead is not None and ahead.gain < 0.06
    flat = settled(main) or little or float(np.ptp(main.y[-max(3, len(main) // 4) :])) < tiny
    lowest = float(main.smoothed.min())
    at_best = level <= lowest + max(0.06 * abs(lowest), 2 * main.noise, tiny)
    going = ahead is not None and ahead.falling and ahead.gain > 0.12 and ahead.now > 0.02 * abs(start)
    if not (flat or level < 0.02 * abs(start)) or not at_best or going:
        return
    accuracy, chance = evidence.accuracy(run, "val"), evidence.chance(run)
    floor = chance.accuracy if chance is not None else 0.5
    # Half-way from guessing to perfect is learned, however little the loss fell after an already good first epoch.
    skilled = accuracy is not None and accuracy.last > (1 + floor) / 2
    if level > (0.98 if skilled else 0.75) * start:
        return
    if accuracy is not None and chance is not None and accuracy.last < chance.accuracy + 0.02:
        return
    # Where nothing tells what a guess gets, an accuracy that is low and never rose shows no success to speak of.
    if accuracy is not None and chance is None and not skilled and accuracy.last < accuracy.first + 0.02:
        return
    both = evidence.pair(run, "loss")
    gap = None
    if both is not None:
        k = max(3, len(both) // 5)
        gap = stats.median(both.val[-k:] - both.between[-k:])
        if gap > (0.2 if skilled and _accuracies_agree(run) else 0.1) * abs(start):
            return
    unit, since = evidence.unit(run), settled_since(main)
    message = f"`{main.label}` fell to {num(main.last)} and **has been flat since {unit} {place(since)}**."
    if accuracy is not None:
        size = evidence.n_val(run)
        known = (
            f", known to ±{margin_of(accuracy.last, size.value):.1f} points by {size.value:,g} samples" if size else ""
        )
        message += f" `{accuracy.label}` is {num(accuracy.last)}{known}."
    if gap is not None:
        message += f" Validation loss is {num(abs(gap))} {'above' if gap > 0 else 'below'} training's" + (
            ": no gap to speak of." if abs(gap) <= 0.1 * abs(start) else "."
        )
    found = Finding(
        title="Training and validation have settled" if both is not None else f"{main.label} has settled",
        headline=f"Healthy: converged by {unit} {place(since)}",
        message=message,
        certainty=Certainty.STRONG,
        curves=(main.name,) if both is None else both.curves,
        start=since,
        stop=float(main.x[-1]),
        evidence={"level": level, **({"gap": gap} if gap is not None else {})},
        why="Both losses stopped moving, at their lowest level and close together: the model learned what it can from "
        "this data, and that holds on data it was not trained on.",
        check=Check("Evaluate a set that no decision was made on. A level far below this one refutes it."),
        fixes=("Stop here, keep these weights", "To go further, change data or model rather than train longer"),
        caveat="Curves do not show a leak between training and validation data.",
        references=(references.GOOGLE_CURVES,),
    )
    yield _so_far(found, f"{unit} {place(since)}") if run.status == "running" else found


def _so_far(found: Finding, since: str) -> Finding:
    """The same of a run that goes on: what is flat now may fall again, or rise."""
    return dataclasses.replace(
        found,
        title=found.title.replace("have settled", "are flat so far").replace("has settled", "is flat so far"),
        headline=f"Healthy so far: flat since {since}",
        why="The losses hardly move now, at their lowest level. Some runs stay there; others fall again, or turn.",
        fixes=("Let it go on, or stop where this level is enough",),
    )


def _accuracies_agree(run: Run) -> bool:
    """Whether validation accuracy is within 4 points of training accuracy."""
    both = evidence.pair(run, "accuracy")
    if both is None:
        return False
    k = max(3, len(both) // 5)
    return abs(stats.median(both.between[-k:] - both.val[-k:])) < 0.04


@rule(severity=Severity.NOTE)
def plateau(run: Run) -> Iterator[Finding]:
    """Training stopped improving at a level that is not its floor.

    ## What it finds
    A training loss that has been flat for the last 30 % of the run or more, well above zero, after a real fall.

    ## Why it matters
    Epochs on a plateau cost time and change nothing; the reason for it decides what would.

    ## How it decides
    Theil-Sen change over the last 30 % below `2·σ·√(2/k)` or 1 %; at least 8 epochs; the level is above a fifth of the
    loss at the start. At a good level and beside validation this is `converged`.

    ## What to try
    Lower the learning rate once; if nothing moves, a larger model or better features.

    ## Known limits
    A plateau may end by itself (`late-start`), and the floor of a task with random labels is a plateau too.

    ## References
    Keras, ReduceLROnPlateau
    """
    train = evidence.loss(run, "train")
    start = evidence.start_level(run)
    if (
        train is None
        or start is None
        or len(train) < TURN_POINTS
        or not train.lower_is_better
        or not settled(train, flat=0.01)
    ):
        return
    level = stats.median(train.y[-max(3, len(train) // 10) :])
    if not 0.2 * start < level < 0.98 * start:
        return
    if not evidence.complete(run) or next(converged.function(run), None) is not None:
        return
    unit, since = evidence.unit(run), settled_since(train)
    flat = float((train.x[-1] - since) / max(train.x[-1] - train.x[0], 1e-9))
    yield Finding(
        title=f"{train.label} has been flat since {unit} {place(since)}",
        headline=f"No progress since {unit} {place(since)}: {train.label} is flat at {pct(level / start)} of the start",
        message=f"`{train.label}` has stayed at about {num(level)} since {unit} {place(since)}, **for {pct(flat)} of the run**.",
        certainty=Certainty.STRONG,
        curves=(train.name,),
        start=since,
        stop=float(train.x[-1]),
        evidence={"level": level, "share of the loss at the start": level / start},
        why="The updates no longer lower the loss: they jump across the valley (learning rate too high), hardly move (too "
        "low), or the model cannot express more of the data than it does.",
        causes=ranked(
            "The learning rate is too high for this stage, or has decayed to almost nothing",
            "The model is too small, or the features do not hold the answer",
            "What is left is noise in the labels",
            "Strong regularisation",
        ),
        check=Check("Lower the learning rate by 10 for 3 epochs. If the loss drops at once, it was too high."),
        fixes=(reduce_on_plateau(run), "If that does nothing: a larger model, better features, less regularisation"),
        caveat="If accuracy is where you want it, a plateau is where training should end.",
        references=(references.KERAS_PLATEAU,),
    )


@rule(severity=Severity.PROBLEM, explains=("plateau",), needs="classes")
def underfitting(run: Run) -> Iterator[Finding]:
    """Training and validation are flat and close together, at a level far from good.

    ## What it finds
    A model better than chance, but that cannot fit even its training data: both curves flat, no gap, loss still more
    than half of what it was at the start.

    ## Why it matters
    More epochs and more data will not help; capacity, features or less regularisation will.

    ## How it decides
    Both losses flat over their last 30 %, validation within 15 % of training, training loss above half of the loss
    at the start, training accuracy above chance, but not by six tenths of what there is to gain. It is a problem only
    where less than 45 % of what there is to gain was gained, in loss and accuracy; a note above that, where chance and
    the task are unknown, and for a regression that explains more than a third of its target's spread.

    ## What to try
    A larger model, better features, less regularisation; first see whether it can overfit one batch.

    ## Known limits
    A task whose answers are partly random looks the same, so this is LIKELY at best.

    ## References
    CS231n, Learning and evaluation; Karpathy, A recipe for training neural networks
    """
    train, val, both = evidence.loss(run, "train"), evidence.loss(run, "val"), evidence.pair(run, "loss")
    if train is None or val is None or both is None or len(both) < 10 or not evidence.complete(run):
        return
    k = max(4, len(both) // 5)
    chance, start = evidence.chance(run, "train"), evidence.start_level(run)
    if not start or not (settled(train, flat=0.03, level=0.02) and settled(val, flat=0.03, level=0.02)):
        return
    level, other = stats.median(both.train[-k:]), stats.median(both.val[-k:])
    if not 0.5 < level / start < 0.97 or abs(other - level) > 0.15 * level:
        return
    accuracy = evidence.accuracy(run, "train")
    if accuracy is not None:
        floor = chance.accuracy if chance is not None else 0.0
        # Six tenths of the way from guessing to perfect is a model that fits, whatever its loss.
        if accuracy.last < floor + 0.02 or accuracy.last > floor + 0.6 * (1 - floor):
            return
    rise = measure(run)
    if rise is not None and rise.z > 4 and rise.share > 0.1:
        return
    # A first epoch may already be half-way to the floor: the loss alone is no proof where accuracy could give one.
    if accuracy is not None and chance is not None:
        # Above, irreducible noise is as good an explanation: the answers may simply be that random.
        sure = accuracy.last < chance.accuracy + 0.45 * (1 - chance.accuracy)
        sure &= chance.loss is None or level > 0.55 * chance.loss
    else:
        sure = evidence.task(run) == "regression" and level > start / 1.5
    unit, since = evidence.unit(run), max(settled_since(train), settled_since(val))
    yield Finding(
        title=f"Both losses are flat at {pct(level / start)} of the start",
        headline=f"Underfitting: both losses flat since {unit} {place(since)}, far from good",
        message=f"Training and validation loss have been flat since {unit} {place(since)}, at {num(level)} and "
        f"{num(other)}: **{pct(level / start)} of where they began**"
        + (f", with {pct(accuracy.last)} of the training data right." if accuracy is not None else "."),
        certainty=Certainty.LIKELY,
        severity=None if sure else Severity.NOTE,
        curves=both.curves,
        start=since,
        stop=float(both.x[-1]),
        evidence={"training loss": level, "validation loss": other, "share of the start": level / start},
        why="A model that could fit the data would bring the training loss down further, whatever validation does. This "
        "one stopped on both at the same level: it lacks the means, not the time.",
        causes=ranked(
            "The model is too small or too simple for the task",
            "The features do not hold enough of the answer",
            "Regularisation is too strong (dropout, weight decay, augmentation)",
            "The learning rate is too high to settle, or decayed too early",
            "The answers are partly random: then this is the floor",
        ),
        check=Check(
            "Train on 20 samples only. A model that cannot bring their loss near 0 is too small, or its code is wrong."
        ),
        fixes=(
            "A larger model, or better features",
            "Less dropout, weight decay or augmentation",
            "Another learning rate",
        ),
        caveat="If a good model of this data gets no further either, what is left is noise.",
        references=(references.CS231N, references.KARPATHY),
    )
