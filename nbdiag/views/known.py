"""The facts of a run go in, the words that tell them in one line go out: what was known beside the curves."""

from __future__ import annotations

from numbers import Integral, Real
from typing import Any

from nbdiag.facts import Facts
from nbdiag.views.markup import short

_LONGEST = 60  # letters of a name: a function of the reader's own may stand there as Python prints it


def known(facts: Facts) -> str:
    """``800 training samples, batch size 8, Adam, learning rate 0.001``; empty where nothing is known."""
    parts = (
        _counted(facts.n_train, "training sample"),
        _counted(facts.n_val, "validation sample"),
        _counted(facts.n_classes, "class", "es"),
        _named("batch size", facts.batch_size),
        _named("", facts.optimizer),
        _named("learning rate", facts.learning_rate),
        _named("loss", facts.loss),
    )
    return ", ".join(part for part in parts if part)


def _counted(count: Any, what: str, more: str = "s") -> str:
    return "" if count is None else f"{_value(count)} {what}{'' if count == 1 else more}"


def _named(name: str, value: Any) -> str:
    return "" if value is None else f"{name} {_value(value)}".strip()


def _value(value: Any) -> str:
    """Whatever the reader or an object gave: a number is written as such, anything else as it prints itself."""
    if isinstance(value, Integral):
        return f"{value:,}"
    return f"{value:g}" if isinstance(value, Real) else short(str(value), _LONGEST)
