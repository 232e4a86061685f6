"""A run with facts of its model and data goes in; usual causes come out where the facts speak for them or leave them open."""

from __future__ import annotations

from nbdiag.finding import Cause
from nbdiag.rules import evidence
from nbdiag.rules.wording import num, pct
from nbdiag.run import Run

LARGE_INPUT, USUAL_INPUT = 30.0, 10.0
"""Standardised features hardly ever pass 10; three times that is no outlier any more."""
MOSTLY_FROZEN = 0.9
"""Below this share the part that learns is as large as many whole models."""


def struggling(run: Run) -> bool:
    """Whether the training loss begins far above an undecided model's, or ends no better than a guess's."""
    train, guess, undecided = evidence.loss(run, "train"), evidence.chance(run, "train"), evidence.undecided(run)
    if train is None:
        return False
    far = undecided is not None and train.first > 1.5 * undecided
    return far or (guess is not None and guess.loss is not None and len(train) > 1 and train.last >= 0.98 * guess.loss)


def large_inputs(run: Run) -> tuple[float, float] | None:
    """The inputs' span where it is known to be large."""
    span = run.facts.input_range
    return span if span is not None and max(abs(span[0]), abs(span[1])) > LARGE_INPUT else None


def unscaled(run: Run, text: str = "Inputs not scaled: values in the hundreds or thousands") -> Cause | None:
    """Inputs that are not scaled; None where they are known to be of usual size."""
    span = run.facts.input_range
    if span is None:
        return Cause(text)
    usual = max(abs(span[0]), abs(span[1])) <= USUAL_INPUT
    return None if usual else Cause("Inputs not scaled", f"they range from {num(span[0])} to {num(span[1])}")


def mostly_frozen(run: Run) -> Cause | None:
    """Parameters that are kept from training, where these are nearly all."""
    share = run.facts.frozen
    if share is None or share < MOSTLY_FROZEN:
        return None
    return Cause("Most of the model is frozen", f"{pct(share)} of its parameters are not trained")


def ahead(*causes: Cause | None) -> tuple[Cause, ...]:
    """Those of ``causes`` that the run's facts speak for: they come before what is only usual."""
    return tuple(c for c in causes if c is not None and c.why)
