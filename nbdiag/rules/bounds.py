"""A run goes in; where its loss lies below the least that its accuracy allows, and how sure that is, come out. D5."""

from __future__ import annotations

import dataclasses

import numpy as np

from nbdiag import stats
from nbdiag.finding import Certainty
from nbdiag.metrics import loss_family
from nbdiag.rules import arithmetic, evidence
from nbdiag.rules.needs import Needs, Pair, averages_epochs, cuts_logits, needs, pair
from nbdiag.run import Run

READ_BY_BOTH = (
    "stuck-at-chance",
    "constant-prediction",
    "accuracy-below-chance",
    "overconfident-wrong",
    "saturated-outputs",
    "loss-floor",
    "double-softmax",
    "initial-loss-off",
    "suspiciously-good",
    "uninformative-metric",
)
"""Rules that read the loss against the accuracy: meaningless where the two do not belong together."""


@dataclasses.dataclass(frozen=True, eq=False)
class Broken:
    """Where the loss of one side lies below the least that its accuracy allows; ``share`` of the epochs."""

    pair: Pair
    least: np.ndarray
    where: np.ndarray
    needs: Needs

    @property
    def share(self) -> float:
        """Share of the epochs at which the bound is broken."""
        return float(self.where.mean())

    @property
    def factor(self) -> float:
        """By how much, in the middle of them: least loss over the loss found."""
        loss = np.maximum(self.pair.loss[self.where], 1e-12)
        return stats.median(self.least[self.where] / loss)

    @property
    def blatant(self) -> bool:
        """In at least 80 % of the epochs and by more than 2: no last batch of an epoch does that by its noise."""
        return self.share >= 0.8 and self.factor > 2


def broken(run: Run, role: evidence.Role) -> Broken | None:
    """The loss-accuracy bound on one side, where it is broken at two epochs or more."""
    return run.remember(("bound", role), lambda: _broken(run, role))


def _broken(run: Run, role: evidence.Role) -> Broken | None:
    p, family = pair(run, role), loss_family(run.facts.loss)
    if p is None or run.facts.task == "regression" or family in ("mae", "other"):
        return None
    if p.loss.min() < 0 or p.accuracy.min() < 0 or p.accuracy.max() > 1 + 1e-6:
        return None  # not a cross-entropy, or not a fraction: other rules speak of these
    known = needs(run, role, "same-samples", "unweighted", "plain-accuracy")
    if any("last batch" in reason for reason in known.broken):
        return None
    best = np.minimum(p.accuracy + p.accuracy_error, 1.0)
    if family == "mse":
        classes = evidence.n_classes(run)
        if classes is None:
            return None
        least = arithmetic.least_squared_error(best, int(classes.value))
    else:
        cut = arithmetic.LOGIT_CUT_COST if cuts_logits(run) else arithmetic.LN2
        least = arithmetic.least_loss(best, cut)
    where = p.loss + p.loss_error < least
    if where.sum() < 2:
        return None
    return Broken(p, least, where, known)


def standing(run: Run, worst: Broken, other: Pair | None) -> tuple[Certainty, bool]:
    """How sure, and whether it is more than a note."""
    family = loss_family(run.facts.loss)
    # No mean squared error of probabilities is above 1; and where the other side fits cross-entropy, the loss is one.
    other_fits = other is not None and float(other.loss.max()) > 1
    if family is None and not other_fits:
        return Certainty.LIKELY, False
    if not averages_epochs(run) and run.facts.loss_is != "epoch-mean":
        return Certainty.LIKELY, worst.blatant
    return (Certainty.EXACT, True) if family == "mse" or beyond_logit_cut(run, worst) else (Certainty.LIKELY, False)


def beyond_logit_cut(run: Run, worst: Broken) -> bool:
    """Whether an accuracy that cuts logits at 0.5 instead of 0 cannot be the reason: the loss is below that, too."""
    least = worst.least * (arithmetic.LOGIT_CUT_COST / arithmetic.LN2)
    return cuts_logits(run) is False or bool((worst.pair.loss < least)[worst.where].any())
