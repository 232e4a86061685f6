"""A run goes in whose classes nobody has counted; whether its loss and accuracy are those of a guess comes out. D3, D10."""

from __future__ import annotations

import dataclasses
import math

import numpy as np

from nbdiag import stats
from nbdiag.metrics import loss_family
from nbdiag.rules import evidence
from nbdiag.run import Run

CLOSE = 0.02
"""How near a loss must come to that of a guess: what a bias and noise give, as in ``stuck-at-chance``."""
_SAMPLES = 400
"""Of an accuracy whose sample is not known: the scatter allowed is then ±5 points at a half, ±3 at a tenth."""
_FEW_RIGHT = 0.2
"""Accuracies below are taken for a guess among five classes or more where the loss is above what that costs."""


def classes_of_a_guess(run: Run) -> evidence.Known | None:
    """The number of classes K for which the loss is ln K, or more, while the accuracy is 1/K, to the end.

    Both together are no coincidence: a model that tells something apart has a loss below, or an accuracy above. None
    where something else tells the number of classes.
    """
    if evidence.n_classes(run) is not None or not may_be_cross_entropy(run):
        return None
    roles: tuple[evidence.Role, ...] = ("train", "val")
    for role in roles:
        loss, accuracy = evidence.loss(run, role), evidence.accuracy(run, role)
        if loss is None or accuracy is None or min(len(loss), len(accuracy)) < 3:
            continue
        costs, right = stats.median(loss.y[len(loss) // 2 :]), stats.median(accuracy.y[len(accuracy) // 2 :])
        if not 0 < right <= 0.6 or not 0 < costs < 700:  # e^700 is the largest a float holds
            return None
        n = evidence.n_val(run)
        size = int(n.value) if role == "val" and n is not None else run.facts.n_train or _SAMPLES
        k = round(1 / right)
        flat = float(np.ptp(accuracy.y)) <= 6 * stats.accuracy_error(right, size)  # three errors either way
        if right <= _FEW_RIGHT and flat and costs >= math.log(k):
            return evidence.Known(k, False, "the accuracy is a guess's")
        k = round(math.exp(costs)) if costs < 7 else 0
        if k >= 2 and abs(costs - math.log(k)) <= CLOSE * costs and _right_by_chance(right, 1 / k, size):
            return evidence.Known(k, False, "loss and accuracy are a guess's")
        return None
    return None


def _right_by_chance(right: float, share: float, size: int) -> bool:
    return abs(right - share) <= 1.96 * stats.accuracy_error(share, size)


def may_be_cross_entropy(run: Run) -> bool:
    """Whether nothing says that the main loss is another function."""
    name = evidence.loss_name(run)
    family = loss_family(run.facts.loss) or (None if name == "loss" else loss_family(name))
    told = run.facts.task == "regression" or family not in (None, "crossentropy", "binary-crossentropy")
    return name is not None and not told


@dataclasses.dataclass(frozen=True, slots=True)
class OneAnswer:
    """Accuracies that do not move, since ``start``, beside losses that state how often they are right, and no more."""

    start: float
    train: tuple[float, float, float]
    """Accuracy, loss, and what stating that accuracy costs."""
    val: tuple[float, float, float]


_NEAR: tuple[tuple[evidence.Role, float], ...] = (("train", 0.03), ("val", 0.1))


def one_answer(run: Run) -> OneAnswer | None:
    """Training and validation accuracy stand still, and both losses are what stating these two shares costs.

    A model that always names the larger of two classes ends there: its accuracy is that class's share p, its loss
    H(p). Training's loss is lowered until it is there, so it is held to 3 %; validation's shares differ a little, so
    its loss is held to 10 %. Either alone happens to good models; four numbers at once do not.
    """
    return run.remember("one answer", lambda: _one_answer(run))


def _one_answer(run: Run) -> OneAnswer | None:
    known = evidence.n_classes(run)
    if not may_be_cross_entropy(run) or (known is not None and known.value != 2) or run.facts.class_weight:
        return None
    since = 0.0
    seen: list[tuple[float, float, float]] = []
    for role, near in _NEAR:
        accuracy, loss = evidence.accuracy(run, role), evidence.loss(run, role)
        if accuracy is None or loss is None or len(accuracy) < 4 or accuracy.rounding > 1e-3:
            return None
        same = np.abs(accuracy.y - accuracy.last) <= max(2 * accuracy.rounding, 1e-9)
        start = 0 if same.all() else len(same) - int(np.argmin(same[::-1]))
        # Four epochs and a third of the run: a good model's accuracy stands still for a while as well.
        if len(same) - start < max(4, len(same) / 3) or not 0.5 < accuracy.last < 0.995:
            return None
        cost = stats.entropy(np.array([accuracy.last, 1 - accuracy.last]))
        if abs(loss.last - cost) > near * cost + loss.rounding:
            return None
        since = max(since, float(accuracy.x[start]))
        seen.append((accuracy.last, loss.last, cost))
    return OneAnswer(since, *seen)
