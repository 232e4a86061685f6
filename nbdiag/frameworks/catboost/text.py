"""Lines that CatBoost prints for its rounds go in, rounds go out."""

from __future__ import annotations

import re

from nbdiag.capture.pairs import NUMBER, without_prefix
from nbdiag.frameworks.rounds import INDENT, Round

_ROUND = re.compile(rf"{INDENT}(\d{{1,7}}):(?=[\t ])")
_VALUE = re.compile(rf"[\t ](learn|test\d?): ({NUMBER})(?=\s|\Z)")
_TOTAL = re.compile(r"[\t ]total: \d")


def parse(text: str) -> Round | None:
    """``3:<tab>learn: 0.68<tab>test: 0.69<tab>best: 0.69 (3)<tab>total: 57ms``; rounds are shown from 0.

    The text does not name the metric: it is the loss. ``test`` is what was given as ``eval_set``.
    """
    if "total: " not in text:
        return None
    text = without_prefix(text)
    start = _ROUND.match(text)
    if start is None or not _TOTAL.search(text, start.end()):
        return None
    found = _VALUE.findall(text, start.end())
    if not found:
        return None
    return Round(int(start[1]) + 1, [(name, split_of(name), "loss", token) for name, token in found])


def split_of(name: str) -> str:
    """The split of a set, by the name the text or a fitted model gives it."""
    return (
        "train"
        if name in ("learn", "learn_set")
        else "val"
        if name in ("test", "test0", "validation", "validation_0")
        else name
    )
