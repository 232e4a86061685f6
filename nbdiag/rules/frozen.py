"""A run goes in; what does not move although it should comes out. D20."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from nbdiag import stats
from nbdiag.curve import Curve
from nbdiag.finding import Cause, Certainty, Check, Finding, Severity, ranked
from nbdiag.metrics import is_fraction, is_setting
from nbdiag.rules import evidence, references
from nbdiag.rules.base import rule
from nbdiag.rules.wording import at, framework, label, num, span
from nbdiag.run import Run


@rule(
    severity=Severity.BROKEN,
    explains=(
        "plateau",
        "slow-progress",
        "underfitting",
        "converged",
        "still-improving",
        "val-never-improved",
        "learning-rate-out-of-range",
    ),
)
def frozen_metrics(run: Run, *, epochs: int = 5, share: float = 1e-3) -> Iterator[Finding]:
    """Nothing moves: the weights are not being changed.

    ## What it finds
    A training loss that from the first epoch on changes by less than `share` (0.1 %) of itself, over at least
    `epochs` (5) epochs, while no other metric moves either.

    ## Why it matters
    A model that trains moves, if only by noise. This one is evaluated again and again.

    ## How it decides
    All values of the training loss lie within 0.1 % of their level, printed with at least four significant digits; the
    level is not 0; and no accuracy changes by more than one sample in a hundred. A run that was resumed where nothing
    is left to learn looks the same. So it is a note where the level is below 0.9 of a guess's, or where that is not
    known, a single digit moves, and the learning rate is not known to be below 1e-5.

    ## What to try
    Print one weight before and after an epoch.

    ## Known limits
    A learning rate far too small is not told apart from no update at all: the cure begins alike.

    ## References
    Wardat et al. 2022, DeepDiagnosis; Karpathy, A recipe for training neural networks
    """
    loss = evidence.loss(run, "train")
    if loss is None or len(loss) < epochs or not loss.raw.known("values"):
        return
    level = stats.median(np.abs(loss.y))
    if level < 1e-6 or loss.rounding > 5e-4 * level or loss.span > share * level + 2 * loss.rounding:
        return
    for role in ("train", "val"):
        accuracy, other = evidence.accuracy(run, role), evidence.loss(run, role)
        if accuracy is not None and accuracy.span > 0.01 + 2 * accuracy.rounding:
            return
        if other is not None and other.span > 2 * share * level + 2 * other.rounding:
            return
        if accuracy is not None and role == "train" and accuracy.last > 0.99:
            return  # at its goal: nothing is left to learn
    exact = loss.span <= 2 * loss.rounding + 1e-7 * level
    rate, guess = run.facts.learning_rate, evidence.undecided(run)
    never = loss.span <= 1e-7 * level or (rate is not None and rate < 1e-5)
    untaught = never if guess is None else level >= 0.9 * guess
    yield Finding(
        title="The training loss does not move",
        headline="The weights are not being changed",
        message=(
            f"In {span(float(loss.x[0]), float(loss.x[-1]), evidence.unit(run))} {label(loss.raw)} stays at {at(loss.raw, 0)}: "
            f"it changes by {num(loss.span)}, **{'nothing at all' if exact else f'{num(100 * loss.span / level)} % of itself'}.**"
        ),
        certainty=Certainty.STRONG,
        severity=Severity.BROKEN if untaught else Severity.NOTE,
        curves=(loss.name,),
        start=float(loss.x[0]),
        evidence={"level": level, "total change": loss.span},
        why="Every update moves the loss a little, up or down. If it stays where it was, the updates are zero or do not reach the weights.",
        causes=ranked(
            Cause("Learning rate far too small or 0", f"it is {num(rate)}")
            if rate is not None and rate < 1e-5
            else None,
            Cause("The optimizer does not step", "no `optimizer.step()`, or it holds another model's parameters")
            if framework(run) != "keras"
            else None,
            "All layers are frozen: `trainable = False`, `requires_grad = False`",
            "Every unit is dead or saturated, so all gradients are 0",
            "The inputs are all alike",
            None if rate is not None and rate >= 1e-5 else "Learning rate far too small or 0",
        ),
        check=Check(
            "Print one weight before and after an epoch. If it changes, this finding is wrong.",
            {
                "keras": "w = model.trainable_weights[0].numpy().copy() if model.trainable_weights else None\nmodel.fit(x_train, y_train, epochs=1)\nprint(abs(model.trainable_weights[0].numpy() - w).max())",
                "torch": "p = next(model.parameters())\nw = p.detach().clone()\n# one epoch\nprint((p - w).abs().max(), p.requires_grad, p.grad)",
            }.get(framework(run), ""),
        ),
        fixes=(
            "Give the optimizer the parameters of the model that is trained.",
            "Unfreeze the layers that should learn.",
            f"Raise the learning rate{f' from {num(rate)}' if rate else ''} tenfold until the loss moves.",
        ),
        caveat="training was resumed at a point where nothing was left to learn.",
        references=(references.DEEPDIAGNOSIS, references.KARPATHY),
    )


@rule(severity=Severity.NOTE)
def uninformative_metric(run: Run, *, epochs: int = 5) -> Iterator[Finding]:
    """A metric that says nothing: it is 0 or 1 in every epoch.

    ## What it finds
    A share (precision, recall, top-k accuracy …) of exactly 0 or exactly 1 from the first epoch to the last.

    ## Why it matters
    It will not tell when the model gets better or worse.

    ## How it decides
    All values are equal and 0 or 1, over at least `epochs` (5) epochs, while the loss of the same side moves. Plain
    accuracy is left to other rules.

    ## What to try
    Take k smaller than the number of classes; look at the threshold.

    ## Known limits
    On an easy task a true 1.0 is possible.

    ## References
    Keras, Accuracy metrics
    """
    for curve in run.curves():
        if not _says_nothing(run, curve, epochs):
            continue
        value = float(curve.values[0])
        yield Finding(
            title=f"{label(curve)} is {num(value)} in every epoch",
            message=f"{label(curve)} is {num(value)} in all {len(curve):,} epochs while the loss moves: **it cannot tell a better model from a worse one.**",
            certainty=Certainty.STRONG,
            curves=(curve.name,),
            evidence={"value": value, "epochs": float(len(curve))},
            why="A share that is 0 or 1 for every model measures the way it is computed, not the model.",
            causes=ranked(
                "k of a top-k accuracy is as large as the number of classes"
                if value == 1
                else "No sample passes the threshold",
                "The metric expects another kind of output: classes instead of probabilities, or logits",
            ),
            check=Check("Compute it by hand for random predictions. Another value than this refutes the finding."),
            fixes=("Choose a metric that differs between a guess and a good model.",),
            caveat="the task is so easy that every model is perfect at it.",
            references=(references.KERAS_ACCURACY,),
        )


def _says_nothing(run: Run, curve: Curve, epochs: int) -> bool:
    if curve.metric == "accuracy" or is_setting(curve.metric) or not is_fraction(curve.metric) or len(curve) < epochs:
        return False
    value = float(curve.values[0])
    if value not in (0.0, 1.0) or not curve.known("values") or curve.summary().low != curve.summary().high:
        return False
    loss = evidence.loss(run, "train") or evidence.loss(run, "val")
    return loss is not None and loss.span > 0.05 * abs(loss.first)
