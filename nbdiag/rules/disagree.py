"""A run goes in, findings on a loss and an accuracy that part ways come out."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from nbdiag import stats
from nbdiag.finding import Certainty, Check, Finding, Severity, ranked
from nbdiag.rules import evidence, references
from nbdiag.rules.base import rule
from nbdiag.rules.wording import num, place
from nbdiag.run import Run


@rule(severity=Severity.NOTE)
def loss_and_accuracy_both_fall(run: Run, *, z: float = 4.0) -> Iterator[Finding]:
    """Validation loss and validation accuracy fall together.

    ## What it finds
    A stretch from the best accuracy to the end over which validation loss got better and validation accuracy got worse.

    ## Why it matters
    One common answer calls this overfitting. The loss says the opposite: answers came closer to the truth on average while more of
    them fell on the wrong side of the threshold. Accuracy alone misleads here. Low accuracy with a low loss means small errors on
    many samples.

    ## How it decides
    Both smoothed. From the epoch of the highest accuracy on, the loss falls with a Mann-Kendall z ≤ −`z` (4) and by a tenth; accuracy
    falls with the same z, by more than `1.96·√(a(1−a)/n)` where n is known and 2 points in any case.

    ## What to try
    Look at the confusion matrix; choose the threshold on the validation set; weigh the classes.

    ## Known limits
    With class weights or noisy labels it may be intended.

    ## References
    How to interpret increase in both loss and accuracy
    """
    loss, accuracy = evidence.loss(run, "val"), evidence.accuracy(run, "val")
    if loss is None or accuracy is None or len(accuracy) < 8 or not loss.lower_is_better:
        return
    top = int(np.argmax(accuracy.smoothed))
    if len(accuracy) - top < 8:
        return
    begin = float(accuracy.x[top])
    after = loss.x >= begin
    if not after.any():
        return
    a, b = stats.trend(loss.x[after], loss.y[after]), accuracy.trend(top)
    high, low = float(accuracy.smoothed[top]), stats.median(accuracy.y[-3:])
    size = evidence.n_val(run)
    least = max(0.02, 1.96 * stats.accuracy_error(high, int(size.value)) if size else 0.0)
    fell = -a.change / max(abs(float(loss.y[after][0])), 1e-300)
    if a.z > -z or b.z > -z or high - low < least or fell < 0.1:
        return
    unit = evidence.unit(run)
    yield Finding(
        title="Validation loss and accuracy fall together",
        message=f"Since {unit} {place(begin)} `{loss.label}` fell to {num(loss.last)}, and **`{accuracy.label}` fell as well, from {num(high)} to "
        f"{num(low)}**.",
        certainty=Certainty.STRONG,
        curves=(loss.name, accuracy.name),
        start=begin,
        stop=float(accuracy.x[-1]),
        evidence={"accuracy then": high, "accuracy now": low, "fall of the loss": fell},
        why="The loss measures the distance to the truth, accuracy counts on which side of a threshold the answer lies. Many answers can "
        "come closer on average while some near the threshold cross it. That low accuracy with a low loss means small errors on many samples.",
        causes=ranked(
            "Samples near the threshold change sides (threshold effect)",
            "Imbalanced classes: the loss gains on the large one, accuracy loses on the small ones",
            "Noisy labels",
            "The beginning of overfitting, as it is often called: doubtful while the loss still falls",
        ),
        check=Check("Print the confusion matrix at both epochs: the class that lost tells which of the causes it is."),
        fixes=(
            "Choose the threshold on validation data",
            "Judge by the loss, or by a metric that needs no threshold (AUC)",
        ),
        caveat="A fall of accuracy is a matter of the threshold as long as the loss gets better.",
        references=(references.BOTH_UP, references.LOSS_AND_ACCURACY),
    )


@rule(severity=Severity.NOTE)
def train_loss_accuracy_decoupled(run: Run, *, z: float = 4.0) -> Iterator[Finding]:
    """The training loss is flat while training accuracy still rises.

    ## What it finds
    A last part of the run, 30 % or more, in which the loss that training minimises does not move and accuracy climbs.

    ## Why it matters
    The loss that is minimised is then not what accuracy measures: a weighted loss, or a penalty that grows as the fit improves.

    ## How it decides
    Over the last third (3 points at least) the training loss changes by less than `2·σ·√(2/k)` or a twentieth of its whole range, while accuracy rises with a Mann-Kendall `z` of 4, or over the last
    three points of a sparse log, by 5 points at least.

    ## What to try
    Plot the unweighted loss; print penalty and loss apart.

    ## Known limits
    Accuracy is a step function: a slow move of many samples over the threshold does this too.

    ## References
    Large gap between training and validation loss
    """
    loss, accuracy = evidence.loss(run, "train"), evidence.accuracy(run, "train")
    if loss is None or accuracy is None or len(accuracy) < 6:
        return
    k = max(3, len(accuracy) // 3)
    part = accuracy.trend(len(accuracy) - k)
    gained = float(accuracy.y[-1] - accuracy.y[-k])
    sparse = len(accuracy) < 10 and bool((np.diff(accuracy.y[-k:]) > 0).all())
    # Over the same stretch the loss moves by a twentieth of its whole fall, or by its noise, at most.
    moved = abs(loss.trend(len(loss) - k).change)
    flat = moved <= max(0.05 * loss.span, 2 * loss.noise * (2 / k) ** 0.5)
    if not flat or gained < 0.05 or not (part.z >= z or sparse):
        return
    unit, begin = evidence.unit(run), float(accuracy.x[-k])
    yield Finding(
        title="Training loss is flat while training accuracy climbs",
        message=f"Since {unit} {place(begin)} `{loss.label}` has stayed at about {num(stats.median(loss.y[-k:]))} while **`{accuracy.label}` rose "
        f"from {num(float(accuracy.y[-k]))} to {num(accuracy.last)}**.",
        certainty=Certainty.STRONG,
        curves=(loss.name, accuracy.name),
        start=begin,
        stop=float(accuracy.x[-1]),
        evidence={"gain of accuracy": gained, "loss": stats.median(loss.y[-k:])},
        why="Training lowers the loss, and accuracy follows where both look at the same samples in the same way. Where they part, "
        "samples that count little in the loss are being put right.",
        causes=ranked(
            (
                "The loss is weighted: the class that is being put right has a tiny weight",
                "`class_weight` or `sample_weight`",
            )
            if run.facts.class_weight is not False
            else None,
            "Many samples cross the threshold without their loss changing much",
            "A penalty that grows as the fit improves",
        ),
        check=Check(
            "Evaluate the training data without weights. If that loss falls where accuracy rises, it is the weights."
        ),
        fixes=("Plot the unweighted loss, or a weighted accuracy (`weighted_metrics`)", "Judge by validation"),
        caveat="A slow move of many samples over the threshold looks the same.",
        references=(references.WEIGHTED_GAP, references.LOSS_AND_ACCURACY),
    )
