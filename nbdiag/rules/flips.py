"""A run goes in; whether the predictions flip from one class to the other comes out. D3."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from nbdiag import stats
from nbdiag.finding import Cause, Certainty, Check, Finding, Severity, ranked
from nbdiag.rules import evidence, references
from nbdiag.rules.base import rule
from nbdiag.rules.constant import NOTHING_MORE
from nbdiag.rules.needs import classes
from nbdiag.rules.wording import framework, label, lower_rate, num, place
from nbdiag.run import Run


@rule(
    severity=Severity.BROKEN,
    explains=(*NOTHING_MORE, "stuck-at-chance", "constant-prediction", "accuracy-below-chance", "initial-loss-off"),
    needs="two classes, the size of the validation set",
)
def prediction_flips_class(run: Run) -> Iterator[Finding]:
    """The predictions flip from one class to the other between epochs.

    ## What it finds
    Two neighbouring epochs of a two-class problem whose validation accuracies add up to 1.

    ## Why it matters
    Right on 94 of 128 and then on 34 of 128: the second model gives the opposite answers. Two models that learned
    something do not do that; a model that answers one class for all, first one class and then the other, does.

    ## How it decides
    With n samples, a₁ + a₂ = 1 (from 100 samples on within one sample), each at least 3 standard errors (1.5/√n) away from 1/2. With known
    class counts the accuracies must be class shares instead: then it is strong; otherwise one pair is likely, several
    are strong. A flip in the first tenth of a run that learns afterwards is silent.

    ## What to try
    Count the predicted classes after each epoch; lower the learning rate; look for BatchNorm and tiny epochs.

    ## Known limits
    Two accuracies can add up to 1 by chance: about 1 pair in n.

    ## References
    Why both accuracies fluctuate wildly
    """
    accuracy, size, known = evidence.accuracy(run, "val"), evidence.n_val(run), classes(run)
    if accuracy is None or size is None or known is None or known.value != 2 or len(accuracy) < 2:
        return
    n, y = size.value, accuracy.y
    shares = evidence.shares(run, "val")
    coarse = accuracy.rounding * n > 0.5  # printed too coarsely to count samples
    if coarse and shares is None:
        return
    # One sample may have changed its mind, where one is little.
    slack = (1.001 if n >= 100 else 0.01) + 2 * accuracy.rounding * n
    # Known shares need no distance beyond one standard error: equality with them is the evidence.
    far = np.abs(y - 0.5) > (1.5 if shares is None else 0.5) / math.sqrt(n)
    opposite = np.abs((y[:-1] + y[1:]) * n - n) <= slack
    pairs = np.flatnonzero(opposite & far[:-1] & far[1:] & (np.sign(y[:-1] - 0.5) != np.sign(y[1:] - 0.5)))
    if shares is not None and len(pairs):
        near = np.abs(y[:, None] - shares[None, :]).min(axis=1) * n <= slack
        pairs = pairs[near[pairs] | near[pairs + 1]]
    if not len(pairs) or (len(pairs) < 2 and (n < 40 or coarse)):
        return
    later = y[pairs[-1] + 2 :]
    if (
        len(y) >= 10
        and pairs[-1] < 0.1 * len(y)
        and len(later)
        and stats.median(later) > max(y[pairs[0]], y[pairs[0] + 1])
    ):
        return
    strong = shares is not None or len(pairs) > 1
    i = int(pairs[0])
    a, b = round(y[i] * n), round(y[i + 1] * n)
    total, first, last = round(a + b), float(accuracy.x[i]), float(accuracy.x[int(pairs[-1]) + 1])
    unit = evidence.unit(run)
    often = f" It happens {len(pairs)} times up to {unit} {place(last)}." if len(pairs) > 1 else ""
    yield Finding(
        title=f"Predictions flip between the classes: {a} + {b} = {total} right",
        headline="The model answers one class, then the other",
        message=(
            f"{label(accuracy.raw)} goes from {num(float(y[i]))} to {num(float(y[i + 1]))} between {unit}s {place(first)} and {place(float(accuracy.x[i + 1]))}: "
            f"{a} of {n:g} right, then {b}. **Together that is every sample once{', give or take one' if total != n else ''}: one class was predicted for all, "
            f"then the other.** At least {abs(a - b)} predictions changed; sampling error is no explanation, the samples are the same.{often}"
        ),
        certainty=Certainty.STRONG if strong else Certainty.LIKELY,
        severity=Severity.BROKEN if strong else Severity.PROBLEM,
        curves=(accuracy.name,),
        start=first,
        stop=last,
        evidence={"right before": float(a), "right after": float(b), "samples": n, "flips": float(len(pairs))},
        why=(
            "A model that answers one class for every sample is right on that class and wrong on the other. When its "
            "bias crosses the threshold all answers change at once, and right and wrong swap."
        ),
        causes=ranked(
            Cause("Evaluation uses cold BatchNorm averages", "a shift of all outputs at once")
            if run.facts.has_batchnorm is not False
            else None,
            Cause("An epoch is only a few steps", f"{run.facts.steps_per_epoch} steps")
            if (run.facts.steps_per_epoch or 10**9) < 50
            else None,
            Cause(
                "Learning rate too high: each update moves all outputs",
                f"it is {num(run.facts.learning_rate)}" if run.facts.learning_rate else "",
            ),
            "Batches of one class after the other: the data are not shuffled",
        ),
        ruled_out=("noise of a small validation set: both accuracies are of the same samples",),
        check=Check(
            "Count the predicted classes after an epoch. If both classes are predicted in numbers like the data's, this finding is wrong.",
            {
                "keras": "import numpy as np\np = model.predict(x_val, verbose=0)\nprint(np.unique(p.argmax(1) if p.shape[-1] > 1 else p > 0.5, return_counts=True))",
                "torch": "model.eval()\nprint(torch.bincount(model(x_val).argmax(1)))",
            }.get(framework(run), ""),
        ),
        fixes=(
            lower_rate(run)[0].upper() + lower_rate(run)[1:] + ".",
            "`BatchNormalization(momentum=0.9)`, or more steps before the first evaluation."
            if framework(run) == "keras"
            else "Give BatchNorm more steps before the first evaluation.",
            "Shuffle the training data, so that every batch holds both classes.",
        ),
        caveat="the two accuracies add up to 1 by chance."
        if not strong
        else "the labels themselves were swapped between the two epochs.",
        references=(references.WILD_ACCURACY,),
    )
