"""Short runs for the rules' tests: named columns and facts go in, a ``Run`` comes out."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from nbdiag.events import Record
from nbdiag.facts import Facts
from nbdiag.finding import Finding
from nbdiag.rules.base import Rule
from nbdiag.run import Run


def curves(*, digits: int | None = None, framework: str = "keras", start: int = 1, **given: object) -> Run:
    """A run from columns named ``loss``, ``accuracy``, ``val_loss`` …; every other keyword is a fact."""
    columns = {k: v for k, v in given.items() if isinstance(v, (list, np.ndarray)) and not k.startswith("class_")}
    facts = {k: v for k, v in given.items() if k not in columns}
    run = Run(framework=framework, facts=Facts(**facts))
    for name, values in columns.items():
        split, metric = ("val", name[4:]) if name.startswith("val_") else ("train", name)
        for i, value in enumerate(np.asarray(values, float).tolist()):
            shown = value if digits is None or not np.isfinite(value) else round(value, digits)
            rounding = 0.0 if digits is None else 0.5 * 10**-digits
            run.append(Record(metric, split, shown, epoch=start + i, label=name, rounding=rounding))
    return run


def one(rule: Rule, run: Run) -> Finding:
    """The rule's only finding."""
    found = rule(run)
    assert len(found) == 1, found
    return found[0]


def falling(n: int, first: float = 0.69, last: float = 0.05) -> np.ndarray:
    """A loss that falls steadily. Shape ``(n,)``."""
    return np.geomspace(first, last, n)


def rising(n: int, first: float = 0.5, last: float = 0.98) -> np.ndarray:
    """An accuracy that rises and settles. Shape ``(n,)``."""
    return last - (last - first) * np.exp(-np.arange(n) * 5 / n)


def bernoulli(p: Sequence[float]) -> float:
    """Mean loss of samples whose truths got these probabilities."""
    return float(-np.log(p).mean())
