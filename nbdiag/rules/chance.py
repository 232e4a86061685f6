"""A run goes in; whether the model is no better than a guess, or always gives the same answer, comes out."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from nbdiag import stats
from nbdiag.finding import Cause, Certainty, Check, Finding, Severity, ranked
from nbdiag.rules import evidence, references, suspects
from nbdiag.rules.base import rule
from nbdiag.rules.constant import NOTHING_MORE, always_the_big_class
from nbdiag.rules.frequencies import classes_of_a_guess
from nbdiag.rules.wording import at, framework, label, num, span
from nbdiag.run import Run


@rule(
    severity=Severity.BROKEN,
    explains=(
        *NOTHING_MORE,
        "constant-prediction",
        "frozen-metrics",
        "loss-floor",
        "inputs-not-normalised",
        "learning-rate-out-of-range",
        "saturated-outputs",
        "accuracy-below-chance",
    ),
    needs="the number of classes",
)
def stuck_at_chance(run: Run, *, least_share: float = 0.2, tolerance: float = 0.02) -> Iterator[Finding]:
    """The model is no better than a guess, to the end.

    ## What it finds
    A training loss that never falls below that of a guess, and an accuracy no better than a guess, up to the last
    epoch.

    ## Why it matters
    Nothing has been learned from the inputs. More epochs of the same will not change that.

    ## How it decides
    A uniform guess over K classes costs ln K (0.6931 for two, 2.3026 for ten); a guess in the classes' frequencies
    costs their entropy, which is less. In at least 3 epochs, and `least_share` (a fifth) of the epochs planned, up to the last, the
    training loss stays within `tolerance` (2 %: what noise and a bias give) of that or above it; or the validation loss
    does, where training's may be one batch's and jumps. Accuracy must be
    within 1.96 standard errors of a guess, or the loss must not have moved. Where nothing tells the number of classes, it
    is taken to be K if loss and accuracy both fit a guess among K (ln K or more, and 1/K): then it is LIKELY.

    ## What to try
    Overfit 20 samples first: a model that cannot is wired wrongly.

    ## Known limits
    Some models leave such a plateau late by themselves; a loss with penalty terms lies above ln K for another reason.

    ## References
    Karpathy, A recipe for training neural networks; CS231n, Learning and evaluation
    """
    told, taken = evidence.n_classes(run), classes_of_a_guess(run)
    train, known = evidence.loss(run, "train"), told or taken
    if train is None or known is None or not (taken or evidence.in_nats(run)) or len(train) < 3 or known.value < 2:
        return
    if always_the_big_class(run):
        return  # constant-prediction tells it better
    guess = evidence.chance(run, "train") or evidence.chance(run, "val")
    if taken is not None:
        guess = evidence.Chance(math.log(taken.value), 1 / taken.value, False)
    if guess is None or guess.loss is None:
        return
    level = guess.loss
    judged, shown = _never_below(train, level, tolerance), train
    val = evidence.loss(run, "val")
    if (
        judged is None
        and not run.facts.class_weight
        and val is not None
        and len(val) == len(train)
        and stats.median(train.y) >= 0.9 * level
    ):
        # A last batch's loss jumps below by chance, and a little of random labels can be memorised; validation shows neither.
        judged, shown = _never_below(val, level, tolerance), val
    if judged is None:
        return
    start = judged
    stuck = len(train) - start
    if stuck < max(3, least_share * max(len(train), run.facts.epochs or 0)):
        return
    if stuck < 10 and train.y[start] - train.last > 0.005 * level:
        return  # it is on its way down, and has not had the time to arrive
    if val is not None and val.y[-stuck:].min() < 0.95 * level:
        return  # validation does better: training's number is no plain cross-entropy
    moved = float(np.ptp(train.y[start:])) > 1e-3 * level
    shown_accuracy = _at_chance(run, guess, start, ("train", "val") if shown is train else ("val",))
    if shown_accuracy is None and moved:
        return
    i = int(np.flatnonzero(shown.raw.finite)[-1])
    frozen = "" if moved else " and it does not move"
    far = train.y[start:].min() > 1.5 * level
    words = "the classes' own frequencies" if guess.shares_known else f"{known.value:g} equal classes"
    yield Finding(
        title=f"Not learning: the {'' if shown is train else 'validation '}loss stays at {num(shown.last)}, a guess costs {num(level)}",
        headline="The model has learned nothing yet",
        message=(
            f"From {span(float(shown.x[start]), float(shown.x[-1]), evidence.unit(run))} {label(shown.raw)} never falls "
            f"below {num(float(shown.y[start:].min()))} and ends at {at(shown.raw, i)}{frozen}. "
            f"**Guessing from {words} costs {num(level)}.**{shown_accuracy or ''}"
            + (" How many classes there are is not known here: the accuracy tells." if taken else "")
        ),
        certainty=Certainty.LIKELY if taken else Certainty.STRONG,
        curves=(shown.name, *((a.name,) if (a := evidence.accuracy(run, "train")) is not None else ())),
        start=float(train.x[start]),
        evidence={"loss of a guess": level, "last loss": train.last, "classes": known.value, "epochs": float(stuck)},
        why=(
            "A model that ignores its input does best by stating how frequent each class is. This one is not better than "
            "that, so no information about the single sample reaches its output, or the updates do not reach its weights."
        ),
        causes=_causes(run, moved, far),
        check=_overfit_few(run),
        fixes=(
            "Scale the inputs to mean 0 and standard deviation 1.",
            f"Try learning rates a factor 10 apart{_rate(run)}.",
            "Match output and loss: logits where the loss wants logits, one unit with sigmoid for two classes, K units for K.",
            "Check that labels still belong to their inputs after shuffling and batching.",
        ),
        caveat="the task has a long plateau at its start (small initial weights, a saddle); then the loss drops by itself.",
        references=(references.KARPATHY, references.CS231N),
    )


def _never_below(loss: evidence.Series, level: float, tolerance: float) -> int | None:
    """From where to the end the loss is never better than a guess; None where it is now, or has been clearly."""
    above = loss.y >= (1 - tolerance) * level
    if not above[-1]:
        return None
    start = 0 if above.all() else len(above) - int(np.argmin(above[::-1]))
    return None if start and loss.y[:start].min() < 0.9 * level else start


def _at_chance(run: Run, guess: evidence.Chance, start: int, roles: tuple[evidence.Role, ...]) -> str | None:
    """A sentence if the accuracies since ``start`` are those of a guess; empty where there are none; None if better."""
    said = ""
    for role in roles:
        accuracy, size = evidence.accuracy(run, role), run.facts.n_train
        if role == "val":
            found = evidence.n_val(run)
            size = int(found.value) if found else None
        if accuracy is None or not len(accuracy.y[start:]):
            continue
        here = evidence.chance(run, role) or guess
        top = max(here.accuracy, guess.accuracy)
        middle = stats.median(accuracy.y[start:])
        # Without a size: 100 samples, the least that people validate on.
        if middle > top + 1.96 * stats.accuracy_error(top, size or 100):
            return None
        said = f" Accuracy ends at {num(accuracy.last)}; the same guess is right on {num(top)}."
    return said


def _rate(run: Run) -> str:
    rate = run.facts.learning_rate
    return f", from {num(rate / 100)} to {num(rate * 10)}" if rate else ""


def _causes(run: Run, moved: bool, far: bool) -> tuple[Cause, ...]:
    facts = run.facts
    rate = facts.learning_rate
    tiny = rate is not None and rate < 1e-6
    return ranked(
        *suspects.ahead(suspects.unscaled(run), suspects.mostly_frozen(run)),
        Cause("Learning rate far too low", f"it is {num(rate)}" if rate else "") if tiny else None,
        Cause("The weights are not updated", "the loss does not move: no `optimizer.step()`, frozen layers, rate 0")
        if not moved
        else None,
        Cause("Learning rate too high: the units died or saturated", f"it is {num(rate)}" if rate else "")
        if moved and not tiny
        else None,
        Cause("Dead or saturated units", "a deep network of sigmoids, or ReLUs below 0 for every sample"),
        "Inputs not scaled, or all alike" if facts.input_range is None else "Inputs that hold nothing of the answer",
        "Labels do not belong to their inputs",
        "Output and loss do not match" if facts.output_activation is None else None,
        None if moved or tiny else Cause("Learning rate far too low", f"it is {num(rate)}" if rate else ""),
    )


def _overfit_few(run: Run) -> Check:
    text = "Train on 20 samples for 200 epochs. A loss near 0 refutes a wiring fault: then it is the data or the learning rate."
    code = {
        "keras": "model.fit(x_train[:20], y_train[:20], epochs=200, verbose=0)\nprint(model.evaluate(x_train[:20], y_train[:20]))",
        "torch": (
            "x, y = next(iter(train_loader))\nx, y = x[:20], y[:20]\nfor _ in range(200):\n    optimizer.zero_grad()\n"
            "    loss = criterion(model(x), y)\n    loss.backward()\n    optimizer.step()\nprint(loss.item())"
        ),
    }.get(framework(run), "")
    return Check(text, code)
