"""A run goes in, findings on what is learned when come out: wrong training labels, and validation that follows late."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from nbdiag import stats
from nbdiag.finding import Certainty, Check, Finding, Severity, ranked
from nbdiag.rules import evidence, references
from nbdiag.rules.base import rule
from nbdiag.rules.wording import framework, num, pct, place
from nbdiag.run import Run


@rule(
    severity=Severity.PROBLEM,
    needs="dropout and augmentation known to be off",
    explains=("val-better-than-train", "plateau", "underfitting"),
)
def label_noise(run: Run, *, points: float = 0.05) -> Iterator[Finding]:
    """Training stays clearly worse than validation, and nothing in the training explains it: its labels may be wrong.

    ## What it finds
    A classifier whose training accuracy stays well below its validation accuracy to the end, without dropout,
    augmentation or penalty.

    ## Why it matters
    Wrong labels in the training set cap training accuracy at about 1 minus their share, and a long training learns them by
    heart. Clean validation labels show what the model has really learned.

    ## How it decides
    Dropout and augmentation are known to be off. Over the last third validation accuracy is above the training accuracy
    (mean of the epoch and the next) by `points` (5 points) and 3 standard errors, validation loss is below training loss by a tenth, and training
    accuracy lies between chance and 95 %.

    ## What to try
    Look at the training samples with the largest losses; correct or drop them; a robust loss.

    ## Known limits
    LIKELY at best: an easier validation set, or a penalty in the printed training loss, look alike.

    ## References
    Zhang et al. 2016, Rethinking generalization; Liu et al. 2020, Early-learning regularization
    """
    facts, loss, accuracy = run.facts, evidence.pair(run, "loss"), evidence.pair(run, "accuracy")
    if facts.has_dropout is not False or facts.augmentation is not False or facts.has_penalty:
        return
    if loss is None or accuracy is None or len(accuracy) < 6:
        return
    k = max(3, len(accuracy) // 3)
    train, val = stats.median(accuracy.between[-k:]), stats.median(accuracy.val[-k:])
    size, chance = evidence.n_val(run), evidence.chance(run, "train")
    n_val, n_train = int(size.value) if size else 200, facts.n_train or 200
    error = (stats.accuracy_error(val, n_val) ** 2 + stats.accuracy_error(train, n_train) ** 2) ** 0.5
    if val - train < max(points, 3 * error) or train > 0.95:
        return
    if chance is not None and train < chance.accuracy + 0.02:
        return
    lower, higher = stats.median(loss.val[-k:]), stats.median(loss.between[-k:])
    if lower > 0.9 * higher:
        return
    unit, noise = evidence.unit(run), max(0.0, 1 - train)
    yield Finding(
        title=f"Training is {100 * (val - train):.0f} points below validation, with nothing to explain it",
        headline=f"Wrong training labels? Training stays at {pct(train)}, validation at {pct(val)}",
        message=f"Over the last {k} {unit}s **training accuracy is {pct(train)}, validation accuracy {pct(val)}**, without dropout or "
        f"augmentation. If validation's labels are right, up to {pct(noise)} of the training labels may be wrong.",
        certainty=Certainty.LIKELY,
        curves=(*accuracy.curves, *loss.curves),
        evidence={"training accuracy": train, "validation accuracy": val, "standard error": error},
        why="A model learns the rule before it learns exceptions. On samples with wrong labels the rule counts as a mistake, "
        "so training accuracy sticks near one minus their share while validation, with right labels, goes higher.",
        causes=ranked(
            "A share of the training labels is wrong",
            "The validation set is easier, or selected",
            "Copies of training samples in the validation set",
            "The training value is measured in another way (masks, weights)",
        ),
        check=Check(
            "List the training samples with the largest losses. If their labels are right, this finding is wrong.",
            "import numpy as np\np = model.predict(x_train, verbose=0)\n"
            "print(np.argsort(p[np.arange(len(p)), y_train])[:20])"
            if framework(run) == "keras"
            else "",
        ),
        fixes=(
            "Correct or drop the labels of the worst samples",
            "Stop before the wrong labels are learned by heart",
            "A robust loss or label smoothing",
        ),
        caveat="An easier validation set gives the same picture.",
        references=(references.NOISY_LABELS, references.EARLY_LEARNING),
    )


@rule(
    severity=Severity.GOOD,
    explains=("generalization-gap", "gap-from-first-epoch", "overfitting", "val-loss-up-accuracy-holding", "val-never-improved",
              "loss-bump-recovered", "best-epoch-passed", "plateau", "divergence", "initial-loss-off",
              "saturated-outputs", "overconfident-wrong"),
)  # fmt: skip
def delayed_generalization(run: Run) -> Iterator[Finding]:
    """Validation improves long after training has nothing left to learn, or rises and falls again.

    ## What it finds
    Two patterns: training accuracy reaches 99 % early and validation accuracy gains ten points and more after that
    (grokking); or validation loss rises early, turns and falls steadily while training falls all along (double descent).

    ## Why it matters
    It is the exception to "stop when validation rises": here patience pays.

    ## How it decides
    Grokking: training accuracy ≥ 0.99 before half of the run, to stay; validation accuracy then gains at least 10 points, and half
    of what was missing or a z = 4 trend. Double descent: after the early peak the validation loss falls with z ≤ −4 to the end, by a tenth
    of the peak and beyond its noise, the training loss falling too.

    ## What to try
    Train on while validation still improves; weight decay makes the change come sooner.

    ## Known limits
    Most rises of a validation loss do not come back: this is said only once it has.

    ## References
    Power et al. 2022, Grokking; Nakkiran et al. 2019, Deep double descent
    """
    found = _grokking(run) or _double_descent(run)
    if found is None:
        return
    text, start, curves, numbers = found
    unit = evidence.unit(run)
    yield Finding(
        title="Validation follows late",
        headline=f"Generalisation comes late: validation improves since {unit} {place(start)}",
        message=text,
        certainty=Certainty.STRONG,
        curves=curves,
        start=start,
        evidence=numbers,
        why="A network with enough capacity first fits the training data by heart. Weight decay and the noise of the updates "
        "then move it, slowly and at a training loss near zero, towards simpler solutions that hold on new data too.",
        check=Check(
            "Evaluate a set of its own after each of the next epochs. If that does not improve, validation does so by chance."
        ),
        fixes=("Train on while validation improves", "Weight decay, or more data, makes the change come sooner"),
        caveat="Most rises of a validation loss never come back.",
        references=(references.GROKKING, references.DOUBLE_DESCENT),
    )


def _grokking(run: Run) -> tuple[str, float, tuple[str, ...], dict[str, float | str]] | None:
    both = evidence.pair(run, "accuracy")
    if both is None or len(both) < 20:
        return None
    full = both.train >= 0.99
    if not full[-len(full) // 2 :].all():
        return None
    begin = len(full) - int(np.argmin(full[::-1])) if not full.all() else 0
    k = max(3, len(both) // 20)
    if begin + k >= len(both) // 2:
        return None
    then, now = stats.median(both.val[begin : begin + k]), stats.median(both.val[-k:])
    rising = stats.trend(both.x[begin:], both.val[begin:])
    if now - then < 0.1 or (now - then < 0.5 * (1 - then) and rising.z < 4):
        return None
    unit = evidence.unit(run)
    text = (
        f"Training accuracy was complete at {unit} {place(float(both.x[begin]))}, with validation at {num(then)}. **Validation accuracy "
        f"then rose to {num(now)}**, long after training had nothing left to learn."
    )
    return text, float(both.x[begin]), both.curves, {"validation then": then, "validation now": now}


def _double_descent(run: Run) -> tuple[str, float, tuple[str, ...], dict[str, float | str]] | None:
    both = evidence.pair(run, "loss")
    if both is None or len(both) < 30:
        return None
    y = stats.smooth(both.val, 5)
    peak = int(np.argmax(y[3:])) + 3
    if not 3 <= peak <= len(y) // 2:
        return None
    low, high, end = float(y[:peak].min()), float(y[peak]), stats.median(y[-5:])
    noise = stats.noise(both.val, both.rounding[1])
    if high - low < max(0.1 * abs(low), 4 * noise) or high - end < max(0.1 * abs(high), 6 * noise, 0.5 * (high - low)):
        return None
    falling, training = stats.trend(both.x[peak:], both.val[peak:]), stats.trend(both.x[peak:], both.train[peak:])
    if falling.z > -4 or training.z > -2 or stats.trend(both.x[-len(y) // 4 :], both.val[-len(y) // 4 :]).slope > 0:
        return None
    unit = evidence.unit(run)
    text = (
        f"Validation loss rose from {num(low)} to {num(high)} at {unit} {place(float(both.x[peak]))} and **has fallen since, to {num(end)}**, "
        "while training loss fell all along: a second descent."
    )
    return text, float(both.x[peak]), both.curves, {"first minimum": low, "peak": high, "level at the end": end}
