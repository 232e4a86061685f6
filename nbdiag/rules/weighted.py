"""A run goes in; whether its training loss is weighted and its validation loss is not comes out."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from nbdiag import stats
from nbdiag.finding import Cause, Certainty, Check, Finding, Severity, Table, ranked
from nbdiag.rules import arithmetic, evidence, references
from nbdiag.rules.base import rule
from nbdiag.rules.bounds import READ_BY_BOTH, broken, standing
from nbdiag.rules.needs import Pair, averages_epochs, pair
from nbdiag.rules.wording import framework, num, place, span
from nbdiag.run import Run


@rule(
    severity=Severity.PROBLEM,
    explains=(
        "loss-metric-mismatch",
        "gap-from-first-epoch",
        "train-loss-accuracy-decoupled",
        "noisy-validation",
        "generalization-gap",
        "val-never-improved",
        "train-eval-mode-mismatch",
        "plateau",
        "underfitting",
        "overfitting",
        "val-loss-up-accuracy-holding",
        *READ_BY_BOTH,
    ),
)
def train_loss_weighted(run: Run) -> Iterator[Finding]:
    """The training loss is weighted: it is not on the scale of the validation loss.

    ## What it finds
    A training loss that is too low for its accuracy while the validation loss fits its own.

    ## Why it matters
    Class and sample weights change the training loss, not the validation loss and not the accuracy. The two losses
    then measure different things: their gap says nothing about overfitting, and a flat training loss nothing about
    progress.

    ## How it decides
    Unweighted, the loss L at accuracy a is at least (1 − a) · ln 2. Training breaks that bound, validation holds it
    at the same epochs. The wrong training samples then weigh at most L / ((1 − a) ln 2) on average. The arithmetic is
    certain, the cause is the likeliest of several.

    ## What to try
    Evaluate the training data without weights and compare that with the validation loss.

    ## Known limits
    In a printed loop the training loss is often the last batch's, or divided by accumulation steps: it takes 4 of 5
    epochs and a factor 2.

    ## References
    Keras, fit: class_weight, shuffle, steps_per_epoch; Large gap between training and validation loss
    """
    worst, val, facts = broken(run, "train"), pair(run, "val"), run.facts
    if worst is None or val is None or broken(run, "val") is not None or facts.class_weight is False:
        return
    intended = bool(facts.class_weight)
    if not intended and (standing(run, worst, val)[1] is False):
        return
    p, hits = worst.pair, np.flatnonzero(worst.where)
    first, last = int(hits[0]), int(hits[-1])
    weight = p.loss / np.maximum((1 - p.accuracy) * arithmetic.LN2, 1e-12)
    loss, accuracy = p.shown(first)
    rows = []
    for i in dict.fromkeys((first, last)):
        j = int(np.argmin(np.abs(val.x - p.x[i])))
        rows.append((place(float(p.x[i])), *p.shown(i), num(float(worst.least[i])), *val.shown(j)))
    until = f", {num(float(weight[last]))} at epoch {place(float(p.x[last]))}" if last > first else ""
    yield Finding(
        title="The training loss is weighted, the validation loss is not",
        headline="Training and validation loss are not the same measure",
        summary=f"At epoch {place(float(p.x[first]))} a training accuracy of {accuracy} cannot go with a loss of {loss} in plain "
        "cross-entropy; validation's numbers can.",
        message=(
            f"At epoch {place(float(p.x[first]))} training is right on {accuracy} with a loss of {loss}; unweighted "
            f"cross-entropy would be at least {num(float(worst.least[first]))}. Validation's loss fits its accuracy. "
            f"**The wrong training samples weigh at most {num(float(weight[first]))} on average{until}.** "
            "So the two losses cannot be compared."
            + (
                ""
                if intended
                else " That weights are the reason is likely; that the numbers disagree is certain."
                if averages_epochs(run)
                else ""
            )
        ),
        certainty=Certainty.STRONG if intended else Certainty.LIKELY,
        severity=Severity.NOTE if intended else Severity.PROBLEM,
        curves=(*p.names, *val.names),
        start=float(p.x[first]),
        stop=None,
        evidence={
            "weight of the wrong samples, at most": float(weight[first]),
            "epochs that break the bound": span(float(p.x[first]), float(p.x[last])),
        },
        why=(
            "Weights on a big class make its mistakes cheap: the training loss starts low and has little left to lose, "
            "the model at first answers the rare class, accuracy climbs while the loss hardly moves, and validation, "
            "which has no weights, shows the full price and jumps as many samples cross the threshold together."
        ),
        causes=ranked(
            Cause(
                "`class_weight` or `sample_weight` in `fit`, or a weighted criterion for training only",
                "known of this run" if intended else "explains all of these curves at once",
            ),
            None if intended else Cause("The training loss is divided by something else than the number of samples"),
            None if intended else Cause("Training averages over more outputs or masked positions than accuracy counts"),
        ),
        ruled_out=_ruled_out(run, val, first),
        check=_unweighted_check(run),
        fixes=(
            "Compare like with like: plot the unweighted training loss beside the validation loss.",
            "Keep weights moderate, or none, and move the decision threshold instead.",
            "Judge by measures that do not depend on the class balance: AUC, balanced accuracy, a confusion matrix.",
        ),
        caveat="nothing is weighted. Then the training loss is averaged over something else than samples.",
        references=(references.KERAS_FIT, references.WEIGHTED_GAP, references.IMBALANCE),
        table=Table(("epoch", "loss", "accuracy", "least possible", "val_loss", "val_accuracy"), tuple(rows)),
    )


def _ruled_out(run: Run, val: Pair, first: int) -> tuple[str, ...]:
    out = ["overfitting: the gap is there from the start"] if first == 0 else []
    size, moved = evidence.n_val(run), float(np.abs(np.diff(val.accuracy)).max(initial=0.0))
    if size is not None:
        error = 1.96 * stats.accuracy_error(stats.median(val.accuracy), int(size.value))
        if moved > 5 * error:
            points = num(round(100 * error, 1))
            out.append(
                f"sampling error: {size.value:,g} validation samples are good for ±{points} points, the accuracy jumps by {num(round(100 * moved, 1))}"
            )
    return tuple(out)


def _unweighted_check(run: Run) -> Check:
    text = "Evaluate the training data without weights. A loss near the validation loss confirms the weights; one near the training loss refutes them."
    code = {
        "keras": 'model.evaluate(x_train, y_train)  # no class_weight here\n# during training: model.compile(..., weighted_metrics=["accuracy"])',
        "torch": "criterion = torch.nn.CrossEntropyLoss()  # no weight=\nprint(criterion(model(x_train), y_train))",
    }.get(framework(run), "")
    return Check(text, code)
