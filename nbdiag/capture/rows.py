"""How one line reads comes in; the lines that follow it and are alike but for their numbers go out, as columns of text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

LEAST = 4
"""Fewer lines are as quick to read one by one."""
MOST = 1 << 15
"""Characters that are read at once: where they turn out to be no such lines, no more was done in vain."""

COUNT = "[0-9]{1,7}"
VALUE = r"(?:[-+]?[0-9]{1,40}(?:\.[0-9]{1,40})?(?:[eE][-+]?[0-9]{1,4})?|nan)"
"""Numbers as programs print them; a line with another one (``1,234``, ``.5``, ``inf``) is read on its own."""


class Rows:
    """Lines of one form: patterns of what stands between the numbers, and of the numbers, in turns.

    A form may have several lines. Each pattern has to match in one way only: what was matched is never tried again.
    """

    def __init__(self, parts: Sequence[str]) -> None:
        holes = [f"({part})" if i % 2 else part for i, part in enumerate(parts)]
        self._one = re.compile("".join(holes) + "\n")
        self._many = re.compile(rf"(?:{''.join(parts)}\n)*+")
        self._lines = 1 + sum(part.count("\n") for part in parts)

    def numbers(self, text: str) -> tuple[str, ...] | None:
        """The numbers of this line as they are printed; None where it is not such a line."""
        found = self._one.fullmatch(text + "\n")
        return found.groups() if found else None

    def first(self, text: str, start: int) -> tuple[str, ...]:
        """The same of the line that begins at ``start``, which is one."""
        found = self._one.match(text, start)
        assert found is not None
        return found.groups()

    def until(self, text: str, start: int, stop: int) -> int:
        """Where such lines from ``start`` on end, the last one left out: it is to be read as any other line."""
        found = self._many.match(text, start, min(stop, start + MOST))
        end = found.end() if found else start
        for _ in range(self._lines if end > start else 0):
            end = text.rfind("\n", start, end - 1) + 1
        return max(start, end)

    def columns(self, text: str, start: int, end: int) -> list[Sequence[str]] | None:
        """The numbers of these lines as they are printed, one column for each; None of too few lines."""
        rows: list[Any] = self._one.findall(text, start, end)
        if len(rows) < LEAST:
            return None
        return [rows] if self._one.groups == 1 else list(zip(*rows, strict=True))


def rises(places: Sequence[Any]) -> bool:
    """Whether each place stands behind the one before it."""
    return all(a < b for a, b in pairwise(places))
