"""A run goes in; whether the model gives every sample the same class, or flips from one class to the other, comes out."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TypedDict

import numpy as np

from nbdiag import stats
from nbdiag.finding import Cause, Certainty, Check, Finding, Reference, Severity, ranked
from nbdiag.rules import evidence, references
from nbdiag.rules.base import rule
from nbdiag.rules.frequencies import OneAnswer, one_answer
from nbdiag.rules.needs import classes
from nbdiag.rules.wording import framework, label, lower_rate, num, pct, place, span
from nbdiag.run import Run

NOTHING_MORE = (
    "plateau",
    "underfitting",
    "overfitting",
    "val-loss-up-accuracy-holding",
    "generalization-gap",
    "gap-from-first-epoch",
    "val-never-improved",
    "best-epoch-passed",
    "noisy-training",
    "noisy-validation",
    "oscillating-loss",
    "slow-progress",
    "still-improving",
    "overconfident-wrong",
    "loss-and-accuracy-both-fall",
    "small-validation-set",
    "uninformative-metric",
    "too-short-to-judge",
)
"""What the curves of a model do that answers without looking at its input says nothing more."""


def constant_share(run: Run) -> tuple[int, float, int] | None:
    """Validation accuracy constant at one class's share to the end: (first index, share, class); None otherwise."""
    return run.remember("constant share", lambda: _constant_share(run))


def _constant_share(run: Run) -> tuple[int, float, int] | None:
    accuracy, counts = evidence.accuracy(run, "val"), run.facts.class_counts_val
    if accuracy is None or len(accuracy) < 3:
        return None
    last = accuracy.y[-1]
    within = max(2 * accuracy.rounding, 1e-6)
    same = np.abs(accuracy.y - last) <= within
    start = 0 if same.all() else len(same) - int(np.argmin(same[::-1]))
    # Three epochs and a quarter of those planned: a converged model on a small set repeats its accuracy for a while too.
    if len(same) - start < max(3, 0.25 * max(len(same), run.facts.epochs or 0)):
        return None
    if counts is not None and sum(counts) > 0:
        shares = evidence.shares(run, "val")
    else:
        known = classes(run)
        shares = np.full(int(known.value), 1 / known.value) if known is not None and known.value <= 1000 else None
    if shares is None or shares.max() >= 1:
        return None
    which = int(np.argmin(np.abs(shares - last)))
    if abs(float(shares[which]) - last) > max(accuracy.rounding, 1e-6) * 1.001:
        return None
    return start, float(last), which


def always_the_big_class(run: Run) -> bool:
    """Whether the accuracy stays at the share of the most frequent of clearly unequal classes."""
    found, shares = constant_share(run), evidence.shares(run, "val")
    if found is None and one_answer(run) is not None:
        return True
    return found is not None and shares is not None and _unequal(run) and found[2] == int(np.argmax(shares))


def _unequal(run: Run) -> bool:
    """Whether the classes are known to be clearly unequal: beyond what sampling an equal split gives."""
    shares, size = evidence.shares(run, "val"), evidence.n_val(run)
    if shares is None or size is None:
        return False
    even = 1 / len(shares)
    return float(shares.max()) > even + max(0.05, 1.96 * stats.accuracy_error(even, int(size.value)))


@rule(severity=Severity.BROKEN, explains=(*NOTHING_MORE, "converged"), needs="class counts, or the number of classes")
def constant_prediction(run: Run) -> Iterator[Finding]:
    """The model gives every validation sample the same class.

    ## What it finds
    A validation accuracy that stays, to the last digit, at the share of one class, with a loss that is no better than
    stating the classes' frequencies.

    ## Why it matters
    Such an accuracy can look good: 94 % where one class makes 94 % of the data. The model tells nothing apart.

    ## How it decides
    In the last quarter of the run (of its planned epochs where known), at least 3 epochs, the accuracy does not change and equals a known class share (or
    1/K) within its rounding. And the loss is not below 0.9 of the shares' entropy H(p): a model that always gives one
    class may still rank samples, but one whose loss is far below H(p) has learned more than frequencies. A constant
    accuracy alone proves nothing: most converged runs on small sets have one. Without class counts it is LIKELY, and a problem,
    if training and validation accuracy both stand still for a third of the run and their losses are H(a) of these
    accuracies within 3 % and 10 %: what naming the larger of two classes and its share costs.

    ## What to try
    Look at the confusion matrix; weigh the classes or choose another threshold and another measure.

    ## Known limits
    Without class counts only 1/K and two classes can be tested.

    ## References
    Google, Imbalanced data sets
    """
    found, loss = constant_share(run), evidence.loss(run, "val")
    if found is None and (answer := one_answer(run)) is not None:
        yield _uncounted(run, answer)
    if found is None or loss is None:
        return
    start, share, which = found
    shares, known = evidence.shares(run, "val"), evidence.n_classes(run)
    accuracy = evidence.accuracy(run, "val")
    assert accuracy is not None
    counted = shares is not None
    floor = stats.entropy(shares) if shares is not None else math.log(known.value) if known else None
    if evidence.in_nats(run) and floor is not None and loss.last < 0.9 * floor:
        return
    if not evidence.in_nats(run) and not counted:
        return
    if counted and not _unequal(run) and evidence.in_nats(run) and loss.last < 0.97 * (floor or 0.0):
        return
    train = evidence.accuracy(run, "train")
    base = evidence.chance(run, "train")
    if train is not None and base is not None and len(train) and base.shares_known:
        margin = 1.96 * stats.accuracy_error(base.accuracy, run.facts.n_train or 100)
        if train.last > base.accuracy + max(margin, 0.02):
            return  # on the training data it does tell classes apart
    size, n = evidence.n_val(run), ""
    if size is not None:
        n = f", {round(share * size.value):g} of {size.value:g}"
    frequencies = (
        f" Stating the class frequencies costs {num(floor)}; {label(loss.raw)} is {num(loss.last)}."
        if floor is not None and evidence.in_nats(run)
        else ""
    )
    yield Finding(
        title=f"One class for every sample: accuracy stays at {pct(share)}, that class's share",
        headline="The model always gives the same answer",
        message=(
            f"From {span(float(accuracy.x[start]), float(accuracy.x[-1]), evidence.unit(run))} {label(accuracy.raw)} is "
            f"{num(share)}{n}, in every epoch. **That is the share of class {which} in the validation data"
            f"{'' if counted else ' if its classes are equal'}.**{frequencies}"
        ),
        certainty=Certainty.STRONG if counted else Certainty.LIKELY,
        curves=(accuracy.name, loss.name),
        start=float(accuracy.x[start]),
        evidence={"accuracy": share, "share of the class": share, "epochs": float(len(accuracy) - start)},
        **_advice(run, share if _unequal(run) else None),
    )


def _uncounted(run: Run, answer: OneAnswer) -> Finding:
    """The same where nobody has counted the classes: both losses say no more than how often both accuracies are right."""
    names = [c for role in ("train", "val") if (c := evidence.accuracy(run, role)) is not None]
    right, loss, costs = answer.train
    return Finding(
        title="One class for every sample: accuracy stands still, the loss only states it",
        headline="The model seems to give always the same answer",
        message=(
            f"Since {evidence.unit(run)} {place(answer.start)} training is right on {num(right)}, validation on {num(answer.val[0])}, in every one. "
            f"**Naming one class always, and stating that it makes {pct(right)} of the data, costs {num(costs)}; the training loss is "
            f"{num(loss)}.**"
        ),
        certainty=Certainty.LIKELY,
        severity=Severity.PROBLEM,
        curves=tuple(c.name for c in names),
        start=answer.start,
        evidence={"training accuracy": right, "training loss": loss, "loss of one answer": costs},
        **_advice(run, right),
    )


class _Advice(TypedDict):
    why: str
    causes: tuple[Cause, ...]
    check: Check
    fixes: tuple[str, ...]
    caveat: str
    references: tuple[Reference, ...]


def _advice(run: Run, large: float | None) -> _Advice:
    """Why, and what to do; ``large`` is the share of a class that is much more frequent than others."""
    return _Advice(
        why=(
            "A model that always answers one class is right exactly as often as that class occurs. The loss can still fall "
            "while it does: it learns how frequent the classes are, nothing about the samples."
        ),
        causes=ranked(
            Cause("One class is much more frequent", f"it makes {pct(large)} of the data") if large else None,
            "Outputs saturated or units dead: the output does not depend on the input",
            Cause("The inputs carry no usable signal", "not scaled, or all alike"),
            "Learning rate too high early on, which pushed the bias to one side",
        ),
        check=Check(
            "Count the predicted classes. More than one refutes this.",
            {
                "keras": "import numpy as np\np = model.predict(x_val, verbose=0)\nprint(np.unique(p.argmax(1) if p.shape[-1] > 1 else p > 0.5, return_counts=True))",
                "torch": "print(torch.bincount(model(x_val).argmax(1)))",
            }.get(framework(run), ""),
        ),
        fixes=(
            "Judge by a measure that a constant answer cannot win: balanced accuracy, AUC, F1 of the rare class.",
            "Weigh the classes: `class_weight=` in `fit`, or `weight=` of the criterion."
            if framework(run) in ("keras", "torch")
            else "Weigh the classes, or sample the rare one more often.",
            "Start the output's bias at the log-odds of the classes, so that training need not learn the frequencies first.",
            *(() if large else (lower_rate(run)[0].upper() + lower_rate(run)[1:] + ".",)),
        ),
        caveat="the model ranks the samples well and only the threshold is wrong: look at the AUC.",
        references=(references.IMBALANCE, references.KARPATHY),
    )
