"""CatBoost: the lines it prints while training, and what a fitted model remembers."""

from __future__ import annotations

import re

from nbdiag.capture.pairs import NUMBER
from nbdiag.frameworks.base import Framework
from nbdiag.frameworks.evals_result import keeps_results, run_of
from nbdiag.frameworks.rounds import Round, RoundReader

_ROUND = re.compile(r"(\d{1,7}):(?=\t)")
_VALUE = re.compile(rf"\t(learn|test\d?): ({NUMBER})(?=\s|\Z)")


def parse(text: str) -> Round | None:
    """``3:<tab>learn: 0.68<tab>test: 0.69<tab>best: 0.69 (3)<tab>total: 57ms``; rounds are shown from 0.

    The text does not name the metric: it is the loss. ``test`` is what was given as ``eval_set``.
    """
    start = _ROUND.match(text)
    if start is None or "\ttotal: " not in text:
        return None
    found = _VALUE.findall(text, start.end())
    if not found:
        return None
    return Round(int(start[1]) + 1, [(name, _split(name), "loss", token) for name, token in found])


def _split(name: str) -> str:
    return (
        "train"
        if name in ("learn", "learn_set")
        else "val"
        if name in ("test", "test0", "validation", "validation_0")
        else name
    )


CATBOOST = Framework(
    "catboost",
    modules=("catboost",),
    reader=lambda: RoundReader("catboost", parse),
    reads=lambda source: keeps_results(source, "catboost"),
    read=lambda source: run_of("catboost", source, lambda names: {name: _split(name) for name in names}, "{} {}"),
)
