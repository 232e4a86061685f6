"""A table to which several trainings appended goes in, one table for each of them comes out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from nbdiag.files.cells import is_missing
from nbdiag.files.uneven import Places

Columns = Mapping[str, Sequence[Any]]


def trainings(columns: Columns, counters: Sequence[str], places: Places) -> list[Columns]:
    """Parted where the place falls back and a column that was measured there is measured there again.

    Without that, rows that fall back are another split's, written below the first's.
    """
    begins = [0, *_begins(columns, counters, places), None]
    if len(begins) == 2 or places is None or any(len(values) != len(places) for values in columns.values()):
        return [columns]
    return [{name: values[begin:end] for name, values in columns.items()} for begin, end in pairwise(begins)]


def _begins(columns: Columns, counters: Sequence[str], places: Places) -> list[int]:
    known = [(i, p) for i, p in enumerate(places or ()) if p is not None]
    falls = {i for (_, before), (i, p) in pairwise(known) if p < before}
    if not falls:
        return []
    begins: list[int] = []
    seen: set[tuple[float, str]] = set()
    measured = {name: values for name, values in columns.items() if name not in counters}
    for i, place in known:
        now = {(place, name) for name, values in measured.items() if i < len(values) and _told(values[i])}
        if i in falls and now & seen:
            begins.append(i)
            seen = set()
        seen |= now
    return begins


def _told(value: Any) -> bool:
    return not is_missing(value) and not (isinstance(value, float) and value != value)
