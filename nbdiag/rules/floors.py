"""A run goes in; a loss that cannot fall further, however right the model is, comes out. D14."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from nbdiag.finding import Cause, Certainty, Check, Finding, Severity, ranked
from nbdiag.metrics import loss_family
from nbdiag.rules import arithmetic, evidence, references
from nbdiag.rules.base import rule
from nbdiag.rules.bounds import broken
from nbdiag.rules.needs import Pair, needs, pair
from nbdiag.rules.wording import framework, num, place
from nbdiag.run import Run


@rule(
    severity=Severity.BROKEN,
    explains=("loss-floor", "plateau", "underfitting", "slow-progress", "converged", "overconfident-wrong"),
    needs="loss and accuracy; better with the number of classes",
)
def double_softmax(run: Run, *, tolerance: float = 0.02) -> Iterator[Finding]:
    """Softmax is applied twice.

    ## What it finds
    A cross-entropy that follows its accuracy as only a softmax of a softmax can.

    ## Why it matters
    Probabilities are between 0 and 1; taken for logits they are all nearly equal. The loss cannot fall below a floor,
    gradients are small, and training is slow where it works at all.

    ## How it decides
    As the inner softmax saturates, a right sample costs ln(e + K − 1) − 1 and a wrong one ln(e + K − 1): so the loss
    plus the accuracy is ln(e + K − 1). In the last fifth of the run, at least 5 epochs, it must be that within `tolerance` (0.02) and
    stay so, on both sides, with every loss inside ln(1 + (K − 1)/e) … ln(e + K − 1), and an accuracy high enough that a
    plain loss this high would be absurd: three times that of a model as sure as it is right.

    Where the number of classes or the kind of loss is not known, the sum itself must tell both: within a quarter of
    `tolerance` of ln(e + K − 1) for one K up to 10, on training and on validation data, with accuracies a point or more
    apart that the losses make up for: a plain loss of mistakes differs by several times as much as the accuracy. Losses
    begin below ln K, and are printed to 3 decimals or more. It is a problem then, not a broken run: very strong label
    smoothing, or outputs held between −1 and 1 in another way, has a sum that stays too, and may meet this one by chance.

    ## What to try
    Take the last softmax away, or say that the loss gets probabilities.

    ## Known limits
    For two classes and middling accuracies a healthy loss can lie at the same place: the rule waits for high ones.

    ## References
    PyTorch, CrossEntropyLoss takes logits
    """
    known, train, val = evidence.n_classes(run), pair(run, "train"), pair(run, "val")
    if train is None or len(train) < 5:
        return
    k = int(known.value) if known is not None else _classes_told_by(train)
    told = known is not None and evidence.in_nats(run)
    if k < 2 or not (told or _speak_for_themselves(run, train, val, k, tolerance)):
        return
    low, high = arithmetic.double_softmax_range(k)
    last = slice(-max(5, len(train) // 5), None)
    for p in filter(None, (train, val)):
        if p.loss[last].min() < low - tolerance or p.loss.max() > high + tolerance:
            return
        apart = p.loss[last] + p.accuracy[last] - high
        error = float(p.loss_error[-1] + p.accuracy_error[-1])
        # A healthy loss passes through this place on its way down: a saturated one stays.
        if np.abs(apart).max() > tolerance + error or abs(apart[-1] - apart[0]) > tolerance / 4 + 2 * error:
            return
    if (train.loss[last] < 3 * arithmetic.calibrated_loss(train.accuracy[last], k)).any():
        return
    loss, accuracy = train.shown(len(train) - 1)
    yield Finding(
        title=f"Softmax twice: loss plus accuracy is {num(round(high, 3))}, as only then",
        headline="Softmax is applied twice",
        message=(
            f"At epoch {place(float(train.x[-1]))} training is right on {accuracy} with a loss of {loss}. **Together that is "
            f"{num(round(float(train.loss[-1] + train.accuracy[-1]), 3))}; probabilities fed in as logits give ln(e + {k - 1}) = {num(round(high, 3))}.** The loss cannot fall below {num(round(low, 3))}."
        ),
        severity=None if told else Severity.PROBLEM,
        certainty=Certainty.STRONG if told and needs(run, "train", "same-samples").known else Certainty.LIKELY,
        curves=train.names,
        start=float(train.x[0]),
        evidence={"loss + accuracy": float(train.loss[-1] + train.accuracy[-1]), "ln(e + K − 1)": high, "floor": low},
        why="The model ends with a softmax and the loss applies another one. The second sees numbers between 0 and 1 and makes them nearly equal, so even a perfect answer gets a low probability.",
        causes=ranked(
            "`CrossEntropyLoss` on outputs that went through softmax"
            if framework(run) != "keras"
            else "`from_logits=True` on outputs that went through softmax",
            "A softmax layer inside the model and another in the loss",
            None if told else "Another layer that holds the outputs between 0 and 1: a sigmoid, a normalisation",
            None if told else "Labels smoothed by 0.2 or more",
        ),
        check=Check(
            "Print one output's sum. If it is not 1, this finding is wrong.",
            {
                "keras": "print(model.predict(x_train[:1], verbose=0).sum(), model.layers[-1].activation)",
                "torch": "print(model(x[:1]).sum())",
            }.get(framework(run), ""),
        ),
        fixes=(
            "Take the last softmax out, or leave `from_logits` away."
            if framework(run) == "keras"
            else "Take the softmax out of the model: `CrossEntropyLoss` applies it. For probabilities use `softmax` at prediction only.",
        ),
        caveat="loss and accuracy add up to that number by chance.",
        references=(references.TORCH_CE,),
    )


def _classes_told_by(p: Pair) -> int:
    """The number of classes whose ln(e + K − 1) is nearest to the sum of loss and accuracy at the end; 0 for none."""
    total = float(np.median(p.loss[-5:] + p.accuracy[-5:]))
    return round(math.exp(total) - math.e + 1) if total < 5 else 0


def _speak_for_themselves(run: Run, train: Pair, val: Pair | None, k: int, tolerance: float) -> bool:
    """Whether the numbers alone tell that these are cross-entropies of a softmax over ``k`` classes.

    A constant added to a loss may lie anywhere; that training and validation have the same sum, although one is right
    more often, it gives them only where a mistake costs 1 exactly.
    """
    family = loss_family(run.facts.loss)
    other = family is not None and "crossentropy" not in family
    # Beyond 10 classes the sums of neighbours lie so close together that one in eight losses meets one of them.
    if val is None or len(val) < 5 or other or evidence.task(run) == "regression" or k > 10:
        return False
    if max(train.loss[0], val.loss[0]) > math.log(k) + tolerance:
        return False
    sums, right = [], []
    for p in (train, val):
        last = slice(-max(5, len(p) // 5), None)
        total, error = p.loss[last] + p.accuracy[last], float(p.loss_error[-1] + p.accuracy_error[-1])
        if error > tolerance / 4 or np.abs(total - math.log(math.e + k - 1)).max() > tolerance / 4 + error:
            return False
        sums.append((float(np.median(total)), error))
        right.append(float(np.median(p.accuracy[last])))
    apart = abs(right[0] - right[1])
    return apart >= 0.01 and abs(sums[0][0] - sums[1][0]) + sums[0][1] + sums[1][1] < apart / 2


@rule(severity=Severity.NOTE, needs="a cross-entropy")
def loss_floor(run: Run) -> Iterator[Finding]:
    """The training loss rests on a floor although nearly every answer is right.

    ## What it finds
    A training accuracy above 99 % beside a training loss that no longer falls and is far above what that accuracy costs.

    ## Why it matters
    What is left of the loss is not mistakes. It should not be read as something to train away.

    ## How it decides
    In the last third of the run, at least 5 epochs, accuracy is above 0.99, the loss changes by less than 2 %, and it
    is at least 5 times that of a model as sure as it is right, and above 0.05. It is then compared with the floors of label
    smoothing: the entropy of the smoothed labels.

    ## What to try
    Print the loss's parts: cross-entropy, penalty, smoothing.

    ## Known limits
    A model kept from being sure (strong dropout in the running mean) looks the same.

    ## References
    Szegedy et al. 2016, Rethinking the Inception architecture; CS231n, Learning and evaluation
    """
    p, known = pair(run, "train"), evidence.n_classes(run)
    if p is None or known is None or known.value < 2 or not evidence.in_nats(run) or broken(run, "train") is not None:
        return
    last = slice(-max(5, len(p) // 3), None)
    loss, accuracy = p.loss[last], p.accuracy[last]
    if (
        len(loss) < 5
        or accuracy.min() <= 0.99
        or accuracy.max() > 1
        or np.ptp(loss) > 0.02 * loss.mean() + 2 * float(p.loss_error[-1])
    ):
        return
    level, k = float(loss.mean()), int(known.value)
    fair = float(arithmetic.calibrated_loss(accuracy, k).mean())
    if level < max(0.05, 5 * fair):
        return
    floors = {e: arithmetic.smoothing_floor(k, e) for e in (0.05, 0.1, 0.2)}
    near = min(floors, key=lambda e: abs(math.log(floors[e] / level)))
    smoothing = run.facts.label_smoothing
    told = (
        f" Label smoothing of {near:g} has its floor at {num(round(floors[near], 4))}."
        if abs(math.log(floors[near] / level)) < 0.1
        else ""
    )
    yield Finding(
        title=f"The training loss rests at {num(round(level, 4))} with nearly every answer right",
        message=(
            f"Training accuracy is {num(float(accuracy[-1]))}, the loss stays at {num(round(level, 4))}. **Mistakes explain {num(round(fair, 4))} of it;** "
            f"the rest is built into the loss.{told}"
        ),
        certainty=Certainty.STRONG if smoothing or run.facts.has_penalty else Certainty.LIKELY,
        curves=p.names,
        start=float(p.x[last][0]),
        evidence={"loss": level, "explained by mistakes": fair},
        why="With smoothed labels no prediction costs 0, and a weight penalty is added whatever the answers are. The loss then has a floor above 0.",
        causes=ranked(
            Cause(
                "Label smoothing",
                f"{smoothing:g} has its floor at {num(round(arithmetic.smoothing_floor(k, smoothing), 4))}"
                if smoothing
                else told.strip(),
            )
            if smoothing != 0
            else None,
            Cause("A weight penalty in the printed loss") if run.facts.has_penalty is not False else None,
            "Soft or noisy labels",
            "Dropout or augmentation in the running training loss" if run.facts.has_dropout is not False else None,
        ),
        check=Check(
            "Compute the plain cross-entropy of the same predictions. If it is as high, the model really is unsure."
        ),
        fixes=("Nothing needs fixing. Compare losses only with runs of the same floor.",),
        caveat="the model is kept unsure by something else, such as a high temperature.",
        references=(references.LABEL_SMOOTHING, references.CS231N),
    )
