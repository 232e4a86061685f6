"""A run goes in; whether its confidence is worth more or less than its accuracy comes out. D7, D9."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from nbdiag.finding import Cause, Certainty, Check, Finding, Severity, ranked
from nbdiag.rules import arithmetic, evidence, references
from nbdiag.rules.base import rule
from nbdiag.rules.bounds import broken
from nbdiag.rules.needs import classes, needs, pair
from nbdiag.rules.wording import framework, num, pct, place
from nbdiag.run import Run


@rule(severity=Severity.NOTE, needs="accuracy beside a cross-entropy, the number of classes")
def overconfident_wrong(run: Run, *, tolerance: float = 0.1) -> Iterator[Finding]:
    """The model is surer than it is right: its few mistakes are very confident.

    ## What it finds
    A validation loss above that of a model with the same accuracy that is always exactly as sure as it is right.

    ## Why it matters
    A great accuracy with a huge loss means huge errors on a few samples; a low accuracy with a low loss, small errors
    on many; low and huge, huge errors on many; great and low is the best case. Here it is the first: the answers are
    good, the probabilities beside them are not to be believed.

    ## How it decides
    A model with accuracy a that always states the confidence a has a loss of H(a) + (1 − a) ln(K − 1), with
    H(a) = −a ln a − (1 − a) ln(1 − a). A loss above it by more than `tolerance` (10 %) means that replacing all
    confidences by one constant would be better. And the mistakes must cost at least (L − a ln K)/(1 − a) > ln K + 1:
    without that it might as well be too little confidence. Both must hold at the last epoch and the two before.

    ## What to try
    Temperature scaling, label smoothing; look at the worst samples.

    ## Known limits
    A few samples can make this alone: losses of single samples tell.

    ## References
    Guo et al. 2017, On calibration of modern neural networks; The relation of loss and accuracy
    """
    known, p = classes(run), pair(run, "val")
    if known is None or known.value < 2 or p is None or len(p) < 3 or p.accuracy.min() < 0 or p.accuracy.max() > 1:
        return
    need = needs(run, "val", "same-samples", "plain-cross-entropy")
    if need.broken or not evidence.in_nats(run) or broken(run, "val") is not None:
        return
    k = int(known.value)
    fair = arithmetic.calibrated_loss(p.accuracy, k)
    low, high = arithmetic.mistake_cost(p.loss, p.accuracy, k)
    with np.errstate(invalid="ignore", divide="ignore"):
        too_sure = (p.loss - p.loss_error > (1 + tolerance) * fair) & (low > math.log(k) + 1) & (p.accuracy > 1.0 / k)
    if not too_sure[-3:].all():
        return
    start = len(p) if too_sure.all() else int(np.argmin(too_sure[::-1]))
    first = len(p) - start
    ratio = float(p.loss[-1] / fair[-1])
    size = evidence.n_val(run)
    wrong = (
        f"{(1 - p.accuracy[-1]) * size.value:.0f} of {size.value:g} samples are"
        if size
        else f"{pct(float(1 - p.accuracy[-1]))} are"
    )
    loss, accuracy = p.shown(len(p) - 1)
    probability = math.exp(-float(low[-1]))
    yield Finding(
        title=f"Surer than right: the loss is {num(round(ratio, 1))} times that of an honest model",
        message=(
            f"At epoch {place(float(p.x[-1]))} the validation accuracy is {accuracy}, the loss {loss}. **A model that is as often "
            f"right and says so honestly has a loss of {num(round(float(fair[-1]), 4))}.** {wrong} wrong; each mistake costs between "
            f"{num(round(float(low[-1]), 2))} and {num(round(float(high[-1]), 2))} on average, so the truth got a probability of {num(probability)} at most (geometric mean)."
        ),
        certainty=need.certainty(Certainty.EXACT) if known.known else Certainty.LIKELY,
        curves=p.names,
        start=float(p.x[first]),
        evidence={"loss over the honest model's": ratio, "a mistake costs at least": float(low[-1])},
        why=(
            "Accuracy counts a mistake once, however sure it was; cross-entropy charges by how sure. Huge errors on a few "
            "samples give a high loss beside a high accuracy. Training goes on raising confidence after the answers are right."
        ),
        causes=ranked(
            "Overfitting of the confidence: training went on after the answers had settled",
            "A few wrong labels or odd samples in the validation set",
            Cause("Saturated outputs", "inputs not scaled, logits too large"),
            *need.unmet,
        ),
        check=Check(
            "Sort the validation samples by confidence and compare each tenth's accuracy with its confidence. If they agree, this finding is wrong.",
            {
                "keras": "p = model.predict(x_val, verbose=0)\nprint(p.max(), ((p > 0.99) | (p < 0.01)).mean())",
                "torch": "p = model(x_val).softmax(1)\nconfidence, predicted = p.max(1)\nprint(confidence.mean(), (predicted == y_val).float().mean())",
            }.get(framework(run), ""),
        ),
        fixes=(
            "Temperature scaling on a held-out set: the answers stay, the confidence becomes honest.",
            "`label_smoothing=0.05` in the loss.",
            "Stop at the lowest validation loss if you use the probabilities; only at the best accuracy if you use the class alone.",
        ),
        caveat="only the class counts and nobody uses the probabilities.",
        references=(references.CALIBRATION, references.LOSS_AND_ACCURACY, references.LOSS_UP_ACCURACY_UP),
    )
