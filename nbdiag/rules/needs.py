"""What an identity needs to hold, and whether that is known: a run and its training or validation side go in, ``Needs`` come out. D0."""

from __future__ import annotations

import dataclasses
from typing import Literal

import numpy as np

from nbdiag.curve import Curve
from nbdiag.finding import Cause, Certainty
from nbdiag.metrics import loss_family
from nbdiag.rules import evidence
from nbdiag.rules.places import same_places
from nbdiag.rules.wording import at, framework
from nbdiag.run import Run

Need = Literal["same-samples", "unweighted", "plain-cross-entropy", "plain-accuracy"]

_EPOCH_MEANS = {"keras", "xgboost", "lightgbm", "catboost", "sklearn"}
"""Frameworks whose own numbers are means over all samples of an epoch (Keras) or evaluation set."""


@dataclasses.dataclass(frozen=True)
class Needs:
    """Which needs are not known to hold (``unmet``, as causes) and which are known not to (``broken``)."""

    unmet: tuple[Cause, ...] = ()
    broken: tuple[str, ...] = ()

    @property
    def known(self) -> bool:
        """Every need is known to hold: what follows from them is exact."""
        return not self.unmet and not self.broken

    def certainty(self, best: Certainty = Certainty.EXACT) -> Certainty:
        """``best`` where every need is known, otherwise LIKELY."""
        return best if self.known else Certainty.LIKELY


def needs(run: Run, role: evidence.Role, *wanted: Need) -> Needs:
    """What is known of each wanted need, for the loss and accuracy of ``role``'s data."""
    unmet: list[Cause] = []
    broken: list[str] = []
    for need in wanted:
        _CHECKS[need](run, role, unmet, broken)
    return Needs(tuple(dict.fromkeys(unmet)), tuple(broken))


def _same_samples(run: Run, role: evidence.Role, unmet: list[Cause], broken: list[str]) -> None:
    if role == "train" and run.facts.loss_is == "last-batch":
        broken.append("the printed loss is the last batch's, the accuracy the epoch's")
    elif not (averages_epochs(run) or run.facts.loss_is == "epoch-mean"):
        if role == "train":
            unmet.append(Cause("The printed loss is the last batch's, the accuracy the epoch's"))
        unmet.append(
            Cause(
                "The printed loss is divided by something else than the number of samples",
                "accumulation steps, or a mean of batch means",
            )
        )
        unmet.append(Cause("Loss and accuracy count different samples", "padding or masked positions"))


def _unweighted(run: Run, role: evidence.Role, unmet: list[Cause], broken: list[str]) -> None:
    weight = run.facts.class_weight
    if role != "train" and framework(run) == "keras":
        return  # Keras' class_weight and sample_weight of fit never touch validation
    if weight is None:
        unmet.append(
            Cause("The loss is weighted by class or sample", "`class_weight`, `sample_weight` or a weighted criterion")
        )
    elif weight is not False:
        broken.append("the loss is weighted")


def _plain_cross_entropy(run: Run, role: evidence.Role, unmet: list[Cause], broken: list[str]) -> None:
    facts, family = run.facts, loss_family(run.facts.loss)
    if facts.task == "regression":
        broken.append("the task is a regression")
    if family is None:
        unmet.append(Cause("The loss is another function than cross-entropy", "its name is not known"))
    elif "crossentropy" not in family:
        broken.append(f"the loss is {facts.loss}")
    if facts.label_smoothing is None:
        unmet.append(Cause("The labels are smoothed or mixed", "`label_smoothing`, mixup"))
    elif facts.label_smoothing > 0:
        broken.append(f"labels are smoothed by {facts.label_smoothing:g}")
    if facts.has_penalty is None:
        unmet.append(
            Cause("The printed loss contains more than cross-entropy", "a weight penalty or an auxiliary output")
        )
    elif facts.has_penalty:
        broken.append("the printed loss contains a penalty")
    _unweighted(run, role, unmet, broken)


def _plain_accuracy(run: Run, role: evidence.Role, unmet: list[Cause], broken: list[str]) -> None:
    if cuts_logits(run) is not False:
        unmet.append(
            Cause("Accuracy cuts logits at 0.5 instead of 0", "`from_logits=True` with `metrics=['accuracy']`")
        )


def cuts_logits(run: Run) -> bool | None:
    """Whether a single output's logit may be cut at 0.5, as Keras' ``accuracy`` does; None: not known."""
    facts = run.facts
    if facts.from_logits is False or (facts.n_classes or 0) > 2 or loss_family(facts.loss) == "crossentropy":
        return False
    if framework(run) == "keras":
        return True if facts.from_logits else None
    return None if not averages_epochs(run) else False


_CHECKS = {
    "same-samples": _same_samples,
    "unweighted": _unweighted,
    "plain-cross-entropy": _plain_cross_entropy,
    "plain-accuracy": _plain_accuracy,
}


def averages_epochs(run: Run) -> bool:
    """Whether loss and accuracy come from a framework that averages both over the same samples."""
    return framework(run) in _EPOCH_MEANS


@dataclasses.dataclass(frozen=True, eq=False)
class Pair:
    """Loss and plain accuracy of one split where both are finite, at most ``evidence.MOST_POINTS`` values; shapes ``(n,)``.

    ``loss_error`` and ``accuracy_error`` are what rounding leaves open. ``at`` are the indices in the curves.
    """

    role: evidence.Role
    x: np.ndarray
    loss: np.ndarray
    accuracy: np.ndarray
    loss_error: np.ndarray
    accuracy_error: np.ndarray
    curves: tuple[Curve, Curve]
    at: tuple[np.ndarray, np.ndarray]

    @property
    def names(self) -> tuple[str, str]:
        """The two curves, as findings name them."""
        return self.curves[0].name, self.curves[1].name

    def shown(self, i: int) -> tuple[str, str]:
        """Loss and accuracy of point ``i`` as they were printed."""
        return at(self.curves[0], int(self.at[0][i])), at(self.curves[1], int(self.at[1][i]))

    def __len__(self) -> int:
        return len(self.x)


def pair(run: Run, role: evidence.Role) -> Pair | None:
    """Loss beside plain accuracy on training or validation data; None where one is missing."""
    return run.remember(("loss beside accuracy", role), lambda: _pair(run, role))


def _pair(run: Run, role: evidence.Role) -> Pair | None:
    name = evidence.loss_name(run)
    loss, accuracy = (evidence.curve(run, name, role) if name else None), evidence.curve(run, "accuracy", role)
    if loss is None or accuracy is None or loss.per != accuracy.per:
        return None
    if len(loss) == len(accuracy) and same_places(loss, accuracy, len(loss)):
        both = loss.known("values") and accuracy.known("values")
        most = min(len(loss), evidence.MOST_POINTS)
        sampled = np.linspace(0, len(loss) - 1, most).astype(int)
        i = j = sampled if both else np.flatnonzero(loss.finite & accuracy.finite)
    else:
        _, i, j = np.intersect1d(loss.x, accuracy.x, return_indices=True)
        keep = loss.finite[i] & accuracy.finite[j]
        i, j = i[keep], j[keep]
    if not len(i):
        return None
    if len(i) > evidence.MOST_POINTS:  # what holds for every epoch holds for a sample of them
        some = np.linspace(0, len(i) - 1, evidence.MOST_POINTS).astype(int)
        i, j = i[some], j[some]
    values = loss.values[i]
    # A mean of float32 values is good to about one part in a million.
    errors = np.maximum(loss.rounding[i], 1e-6 * np.abs(values)), np.maximum(accuracy.rounding[j], 1e-6)
    return Pair(role, loss.x[i], values, accuracy.values[j], *errors, (loss, accuracy), (i, j))


def classes(run: Run) -> evidence.Known | None:
    """Number of classes; where nothing says it, 2 if two accuracies in a row are exact complements (D3)."""
    said = evidence.n_classes(run)
    if said is not None:
        return said if said.value >= 2 else None
    values, size = evidence.accuracy(run, "val"), evidence.n_val(run)
    if values is None or size is None or not size.value <= 1 / (4 * max(values.rounding, 1e-7)):
        return None
    counts = np.rint(values.y * size.value)
    flips = (counts[1:] + counts[:-1] == size.value) & (counts[1:] != counts[:-1])
    # Two of many accuracies add up to 1 by chance: so only neighbours count, and only where few of them stand on a fine grid.
    if flips.any() and (len(counts) - 1) / size.value < 0.05:
        return evidence.Known(2, False, "two accuracies in a row add up to 1")
    return None
