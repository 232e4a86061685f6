"""A run goes in, findings on the distance between training and validation come out."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from nbdiag import stats
from nbdiag.finding import Certainty, Check, Finding, Severity, ranked
from nbdiag.rules import evidence, references
from nbdiag.rules.base import rule
from nbdiag.rules.evidence import Pair
from nbdiag.rules.wording import early_stopping, framework, num, place
from nbdiag.run import Run

_LARGE = 0.3  # of the loss at the start: a gap that size is most of what there was to learn


@rule(severity=Severity.PROBLEM, needs="the curves; for accuracies, the size of the validation set")
def generalization_gap(run: Run) -> Iterator[Finding]:
    """Validation stalls while training goes on falling: the gap between them is beyond what the sample sizes explain.

    ## What it finds
    A difference between training and validation at the end of the run that is real: larger than noise and than what the
    size of the validation set resolves.

    ## Why it matters
    Some gap is normal. A large one says that most of what is learned now holds for the training set only.

    ## How it decides
    Validation is compared with the mean of training's epoch and the next (training's value is a mean over the epoch).
    NOTE: an accuracy gap above `1.96·SE·√(1 + n_val/n_train)` and 5 points over the last quarter. PROBLEM: a loss gap
    above 0.3 of the loss at the start, at least 12 points of accuracy
    where it is known, and training fell by a quarter after validation had stopped.

    ## What to try
    More data or augmentation, regularisation; compare with a test set.

    ## Known limits
    Curves cannot tell a gap by overfitting from one by different data; `gap-from-first-epoch` looks at when it opened.

    ## References
    CS231n, Learning and evaluation
    """
    both = evidence.pair(run, "loss")
    if both is None or len(both) < 8:
        return
    large = _large_gap(run, both)
    accuracies = evidence.pair(run, "accuracy")
    apart = _accuracy_gap(run, accuracies) if accuracies is not None else None
    if large is None and apart is None:
        return
    unit = evidence.unit(run)
    k = max(2, len(both) // 4)
    gap = stats.median(both.val[-k:] - both.between[-k:])
    names = both.curves if accuracies is None else (*both.curves, *accuracies.curves)
    text = f"Over the last quarter validation loss stands **{num(gap)} above training loss** ({num(float(both.val[-1]))} and {num(float(both.train[-1]))})"
    if apart is not None:
        text += f", validation accuracy {100 * apart[0]:.1f} points below training's"
    yield Finding(
        title=f"Training and validation are {num(gap)} apart"
        if large is not None
        else "Training is ahead of validation",
        headline="Overfitting: validation stalled while training went on" if large is not None else "",
        message=text + (f"; validation has not improved since {unit} {place(large)}." if large is not None else "."),
        certainty=Certainty.STRONG,
        severity=Severity.PROBLEM if large is not None else Severity.NOTE,
        curves=names,
        start=large if large is not None else float(both.x[-k]),
        stop=float(both.x[-1]),
        evidence={"loss gap": gap, **({"accuracy gap": apart[0], "resolved": apart[1]} if apart else {})},
        why="The model fits its training data better than new data. Up to a point that is what fitting means; beyond it, "
        "what is learned are the particulars of the training set.",
        causes=ranked(
            "Too little data for the model's capacity",
            "Weak regularisation" if not run.facts.has_dropout else None,
            "Training and validation data differ in kind or preparation",
            "Augmentation or dropout hides the true training value (the gap is then even larger)"
            if run.facts.has_dropout
            else None,
        ),
        check=Check(
            "Evaluate the model on the training data, in evaluation mode. If the gap closes, the training value was at fault.",
            "model.evaluate(x_train, y_train)" if framework(run) == "keras" else "",
        ),
        fixes=("More training data, or augmentation", "Dropout, weight decay", f"Stop early: {early_stopping(run)}"),
        caveat="A gap is no fault as long as validation itself still improves.",
        references=(references.CS231N,),
    )


def _large_gap(run: Run, both: Pair) -> float | None:
    """The epoch at which validation stopped, if a large gap opened after it."""
    scale = evidence.start_level(run)
    k = max(2, len(both) // 5)
    train, val = stats.median(both.train[-k:]), stats.median(both.val[-k:])
    if not scale or val - train <= _LARGE * scale or train <= 0:
        return None
    # Validation stopped where it first came within 3 % (or its noise) of its final level or better.
    level = max(float(np.min(stats.smooth(both.val, 5))) * 1.03, val)
    stopped = int(np.argmax(both.val <= level))
    fell = 1 - train / max(float(both.train[stopped]), 1e-300)
    accuracies = evidence.pair(run, "accuracy")
    if accuracies is not None and stats.median(accuracies.train[-k:] - accuracies.val[-k:]) < 0.12:
        return None
    if fell < 0.25 or stopped >= len(both) - 4:
        return None
    return float(both.x[stopped])


def _accuracy_gap(run: Run, both: Pair) -> tuple[float, float] | None:
    """Accuracy gap over the last quarter and the least gap the sample sizes resolve; None where it is below that."""
    k = max(2, len(both) // 4)
    gap = stats.median(both.between[-k:] - both.val[-k:])
    size = evidence.n_val(run)
    if size is None:
        return None
    share = size.value / run.facts.n_train if run.facts.n_train else 0.25
    resolved = 1.96 * stats.accuracy_error(stats.median(both.val[-k:]), int(size.value)) * (1 + share) ** 0.5
    jitter = 2 * stats.noise(both.val, both.rounding[1]) / k**0.5
    return (gap, resolved) if gap > max(resolved, jitter, 0.05) else None


@rule(severity=Severity.NOTE)
def val_never_improved(run: Run) -> Iterator[Finding]:
    """The validation loss was never better than in the first two epochs, while training improved.

    ## What it finds
    A validation loss with its minimum at the very beginning, and a training loss that fell clearly.

    ## Why it matters
    Nothing of what is learned carries over. That is more than overfitting, which begins after a real improvement.

    ## How it decides
    The smoothed minimum lies in the first 2 of at least 8 epochs, the end is at or above the first value, and training
    fell by z = 4 and a tenth.

    ## What to try
    Shuffle before splitting; check labels and preprocessing of both sets; look for identifiers among the features.

    ## Known limits
    A pretrained model, or a very large first epoch, may be at its best after one epoch.

    ## References
    Karpathy, A recipe for training neural networks
    """
    both = evidence.pair(run, "loss")
    if both is None or len(both) < 8:
        return
    val = stats.smooth(both.val, 3)
    fall = stats.trend(both.x, both.train)
    if (
        int(np.argmin(val)) > 1
        or stats.median(both.val[-3:]) < both.val[0]
        or fall.z > -4
        or both.train[-1] > 0.9 * both.train[0]
    ):
        return
    unit = evidence.unit(run)
    yield Finding(
        title=f"Validation never got better than at {unit} {place(float(both.x[int(np.argmin(val))]))}",
        message=f"Training loss fell from {num(float(both.train[0]))} to {num(float(both.train[-1]))}; **validation loss began "
        f"at {num(float(both.val[0]))} and stands at {num(float(both.val[-1]))}**.",
        certainty=Certainty.STRONG,
        curves=both.curves,
        evidence={"validation, first": float(both.val[0]), "validation, last": float(both.val[-1])},
        why="What helps on the training data does not help on the validation data, from the first epoch on: the two do not "
        "hold the same rule, or there is too little data to find it.",
        causes=ranked(
            "Training and validation data differ (sorted before the split, other preprocessing, other labels)",
            "Features that identify samples instead of describing them",
            "Far too few samples",
        ),
        check=Check("Split again after shuffling. If validation now improves, the split was at fault."),
        fixes=("Shuffle before splitting", "Compare class shares and feature means of both sets"),
        caveat="A pretrained model may be at its best after one epoch.",
        references=(references.KARPATHY,),
    )
