"""A training goes in as a function; a named trial with its truth goes out, in the order of definition."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Callable


@dataclasses.dataclass(frozen=True)
class Trial:
    """One training. ``faults`` are the rules of which one has to lead; none: the run is healthy.

    ``true`` are further rules whose alarm is true of this run. ``printed`` are the faults that its printed lines alone can show.
    """

    name: str
    train: Callable[[], None]
    faults: tuple[str, ...] = ()
    true: tuple[str, ...] = ()
    printed: tuple[str, ...] | None = None

    @property
    def aside(self) -> bool:
        """Whether it belongs to the third that nobody looks at while rules are written."""
        return int(hashlib.sha1(self.name.encode()).hexdigest(), 16) % 3 == 0


TRIALS: list[Trial] = []


def healthy(name: str, train: Callable[[], None], true: tuple[str, ...] = ()) -> None:
    """A run without a fault; ``true`` are alarms that may be defended all the same."""
    TRIALS.append(Trial(name, train, (), true))


def fault(
    name: str,
    train: Callable[[], None],
    *faults: str,
    true: tuple[str, ...] = (),
    printed: tuple[str, ...] | None = None,
) -> None:
    """A run with a fault put in on purpose."""
    TRIALS.append(Trial(name, train, faults, true, printed))


OVER = ("overfitting", "val-loss-up-accuracy-holding", "generalization-gap")
OVER_TRUE = (*OVER, "overconfident-wrong", "val-never-improved", "label-noise")
STUCK = ("stuck-at-chance", "frozen-metrics", "constant-prediction")
WILD = (
    "divergence",
    "oscillating-loss",
    "stuck-at-chance",
    "noisy-training",
    "loss-spike",
    "collapse-after-success",
    "initial-loss-off",
    "non-finite",
    "learning-rate-out-of-range",
    "constant-prediction",
)
"""What an expert may name first where the model memorises, learns nothing, or is thrown about."""
