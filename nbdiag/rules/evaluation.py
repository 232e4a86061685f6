"""A run goes in; how much its validation set can show, and whether its epochs are passes over the data, come out."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from nbdiag import stats
from nbdiag.finding import BandPicture, Cause, Certainty, Check, Finding, Severity, ranked
from nbdiag.rules import arithmetic, evidence, references
from nbdiag.rules.base import rule
from nbdiag.rules.noise import noisy_validation
from nbdiag.rules.rise import measure
from nbdiag.rules.settling import TURN_POINTS
from nbdiag.rules.wording import framework, label, num, pct, place
from nbdiag.run import Run


@rule(
    severity=Severity.PROBLEM,
    explains=("noisy-validation",),
    needs="the size of the validation set, or accuracies that tell it",
)
def small_validation_set(run: Run, *, points: float = 3.0, tiny: int = 40) -> Iterator[Finding]:
    """The validation set is too small for the differences one would like to read from it.

    ## What it finds
    A validation set whose accuracy is known to no better than ± `points` (3) percentage points.

    ## Why it matters
    The best of several epochs, or of several models, is then chosen by luck, and its accuracy looks better than it is.

    ## How it decides
    An accuracy a on n samples has a standard error of √(a(1 − a)/n); 1.96 of them are the ± of a claim about unseen
    data. n is a fact, or follows from the accuracies themselves: all are whole multiples of 1/n (then n or a multiple
    of it; the chance that other values would fit as well is given). It is a note. It is a problem below `tiny` (40)
    samples, where one sample is 2.5 points, if the curve shows it: validation accuracy moves by half a sample or more
    per epoch, or validation loss is three times as noisy as training's. From `tiny` samples on it is silent where
    nothing rests on the difference: the validation loss has no best epoch behind it and no noise beyond training's, and
    the accuracy is known to ±10 points. `converged` gives the ± then.

    ## What to try
    A larger validation set, or k-fold cross-validation; decide by more than one epoch.

    ## Known limits
    Epochs of one run share their samples: a difference between two epochs is surer than the ± says.

    ## References
    Deep Learning Tuning Playbook; Why validation accuracy fluctuates
    """
    size, accuracy = evidence.n_val(run), evidence.accuracy(run, "val")
    if size is None or (not size.known and accuracy is None):
        return
    n = size.value
    level = stats.median(accuracy.y) if accuracy is not None else 0.5
    margin = margin_of(level, n)
    shown_in_curve = _moves(run, n)
    if accuracy is not None and margin <= points:
        return
    if accuracy is None and not (n < tiny and shown_in_curve):
        return
    if n >= tiny and not _depended_on(run, margin):
        return
    severe = n < tiny and size.known and shown_in_curve
    many = f"{n:g} samples" if size.known else f"{n:g} samples (or a multiple of it)"
    if accuracy is None:
        message = (
            f"The validation set has {many}. **A mean over so few moves with every single one of them:** "
            "the noise of the validation loss is mostly theirs."
        )
    else:
        counted = "" if size.known else _counted(accuracy, int(n))
        resolution = num(round(100 * arithmetic.smallest_difference(min(max(level, 0.05), 0.95), n), 1))
        message = (
            f"The validation set has {many}, so one sample is {num(round(100 / n, 1))} points, and an accuracy of "
            f"{pct(level)} is known to ±{num(round(margin, 1))} points. **To tell two models apart takes a difference "
            f"of {resolution} points.**{counted}"
        )
    series = accuracy or evidence.loss(run, "val")
    yield Finding(
        title=f"Only {n:g} validation samples"
        + (f": accuracy is known to ±{num(round(margin, 1))} points" if accuracy is not None else ""),
        headline="The validation set is too small to choose by",
        message=message,
        certainty=Certainty.STRONG if size.known or n < 2000 else Certainty.LIKELY,
        severity=Severity.PROBLEM if severe else Severity.NOTE,
        curves=(series.name,) if series is not None else (),
        evidence={"samples": n, "± points": margin, "source": size.source},
        why=(
            "Each validation sample is one throw of a coin that lands right with the model's true accuracy. The share of "
            "right ones scatters around it, the more the fewer samples there are: halving the scatter takes four times as many."
        ),
        causes=ranked(
            Cause("Few samples were set aside", f"{many}"),
            Cause("Only a few validation batches are evaluated", "`validation_steps`") if not size.known else None,
        ),
        check=Check(
            "Evaluate the same weights on another set of the same size. A result within the ± agrees with this finding."
        ),
        fixes=(
            "Set more samples aside, or use k-fold cross-validation and the mean of its folds.",
            "Choose the epoch by a smoothed curve, not by its single best value.",
            "Report the ± beside the accuracy.",
        ),
        caveat="only this set matters, not unseen data. Then its accuracy is exact.",
        references=(references.TUNING_PLAYBOOK, references.FLUCTUATING_ACCURACY),
        picture=_band(accuracy, int(n)) if accuracy is not None else None,
    )


def margin_of(accuracy: float, n: float) -> float:
    """The ± of an accuracy on ``n`` samples, in percentage points: 1.96 standard errors."""
    return 196 * stats.accuracy_error(accuracy, int(n))


def _depended_on(run: Run, margin: float) -> bool:
    """Whether something that is or could be read from the run hangs on what the validation set resolves."""
    points = len(evidence.loss(run, "val") or evidence.accuracy(run, "val") or ())
    if margin > 10 or points < TURN_POINTS:
        return True  # no better than a guess of the level; or the accuracies are most of what there is to read
    found = measure(run)
    passed = found is not None and found.z >= 4 and found.share >= 0.05 and found.lasting
    return passed or any(True for _ in noisy_validation.function(run))


def _counted(accuracy: evidence.Series, n: int) -> str:
    """How the size was found: the counts it gives, and the chance that other values would give one as well."""
    grid = stats.accuracy_grid(evidence.distinct(accuracy.raw), accuracy.rounding)
    if grid is None:
        return ""
    right = [f"{round(a * n):g}" for a in accuracy.y[:6]]
    counts = f"{', '.join(right[:-1])} and {right[-1]}" if len(right) > 1 else right[0]
    first = "" if len(accuracy) <= 6 else " in the first epochs"
    return f" The size follows from the accuracies: {counts} of {n} right{first}; that they fit so well by chance has a probability of {num(grid.chance)}."


def _moves(run: Run, n: float) -> bool:
    accuracy, pair = evidence.accuracy(run, "val"), evidence.pair(run, "loss")
    if accuracy is not None and len(accuracy) > 2 and float(np.abs(np.diff(accuracy.y)).mean()) * n >= 0.5:
        return True
    if pair is None or len(pair) < 5 or min(pair.train.min(), pair.val.min()) <= 0:
        return False
    return stats.noise(np.log(pair.val)) > 3 * stats.noise(np.log(pair.train))


def _band(accuracy: evidence.Series, n: int) -> BandPicture:
    some = np.unique(np.linspace(0, len(accuracy) - 1, min(len(accuracy), 100)).astype(int))
    points = []
    for i in some:
        a = float(accuracy.y[i])
        half = 1.96 * stats.accuracy_error(a, n)
        points.append((float(accuracy.x[i]), max(a - half, 0.0), a, min(a + half, 1.0)))
    return BandPicture(
        f"{label(accuracy.raw).strip('`')} with what {n} samples leave open",
        tuple(points),
        percent=True,
        caption="The band holds the accuracy on unseen data of the same kind, 95 times in 100.",
    )


@rule(severity=Severity.NOTE, explains=(), needs="steps of an epoch, batch size, size of the training set")
def incomplete_epochs(run: Run, *, least: float = 0.9) -> Iterator[Finding]:
    """What is called an epoch is not a pass over the training data.

    ## What it finds
    `steps_per_epoch` times the batch size is less than `least` (90 %) of the training set.

    ## Why it matters
    Each epoch then sees another part of the data, and its training numbers are means over that part only: they
    fluctuate, and 40 such epochs may be 3 passes.

    ## How it decides
    By the product, where steps, batch size and training set's size are known.

    ## What to try
    Leave out `steps_per_epoch`, or set it to the number of batches.

    ## Known limits
    For endless or very large data sets short epochs are meant.

    ## References
    Keras, fit: class_weight, shuffle, steps_per_epoch
    """
    facts = run.facts
    if not (facts.steps_per_epoch and facts.batch_size and facts.n_train):
        return
    seen = facts.steps_per_epoch * facts.batch_size
    if seen >= least * facts.n_train:
        return
    share = seen / facts.n_train
    error = 196 * stats.accuracy_error(0.5, seen)
    planned = f" {facts.epochs} epochs are {num(facts.epochs * share)} passes." if facts.epochs else ""
    train = evidence.loss(run, "train")
    yield Finding(
        title=f"An epoch is {pct(share)} of the training data",
        message=(
            f"{facts.steps_per_epoch} steps of {facts.batch_size} are {seen} of {facts.n_train:,} samples. **One epoch sees "
            f"{pct(share)} of the training data.**{planned} A training accuracy over so few is known to ±{num(round(error, 1))} points at best."
        ),
        certainty=Certainty.EXACT,
        curves=(train.name,) if train is not None else (),
        evidence={"samples per epoch": float(seen), "training samples": float(facts.n_train)},
        why="Epoch ends when the steps are done, not when the data are. Part of the movement from epoch to epoch is then only that other samples were seen.",
        causes=ranked(
            Cause(
                "`steps_per_epoch` is smaller than the number of batches",
                f"{facts.steps_per_epoch} against {math.ceil(facts.n_train / facts.batch_size)}",
            )
        ),
        check=Check(
            "Print the number of batches.",
            "print(len(train_data))" if framework(run) == "keras" else "print(len(train_loader))",
        ),
        fixes=(f"`steps_per_epoch={math.ceil(facts.n_train / facts.batch_size)}`, or leave it out.",),
        caveat=f"short epochs are meant, to see progress more often. Then read {place(math.ceil(1 / share))} of them as one.",
        references=(references.KERAS_FIT, references.WILD_ACCURACY),
    )
