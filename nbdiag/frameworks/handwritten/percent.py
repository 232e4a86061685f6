"""Fractions printed as percentages without a sign: records go in, records in fractions come out."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

from nbdiag.events import Record, Steps
from nbdiag.metrics import is_fraction


class Percents:
    """Accuracies of 45.2 are percent, and so were the ones before them, which are given again: the last value counts."""

    def __init__(self) -> None:
        self._before: dict[tuple[str, str], list[Record | Steps]] = {}  # those that may yet turn out to be percent
        self._known: set[tuple[str, str]] = set()

    def scaled(self, record: Record | Steps) -> Iterator[Record | Steps]:
        """This record as a fraction, after those that its values show to be percentages."""
        key = (record.metric, record.split)
        if record.unit or not is_fraction(record.metric):
            yield record
            return
        values = record.values if isinstance(record, Steps) else (record.value,)
        if key not in self._known and any(
            1.5 < v <= 100.0 for v in values
        ):  # a fraction may be rounded above 1, no further
            self._known.add(key)
            yield from (_as_percent(r) for r in self._before.pop(key, []))
        if key in self._known:
            yield _as_percent(record)
            return
        self._before.setdefault(key, []).append(record)
        yield record


def _as_percent(r: Record | Steps) -> Record | Steps:
    if isinstance(r, Steps):
        values, rounding = [v / 100 for v in r.values], [half / 100 for half in r.rounding]
        return dataclasses.replace(r, values=values, unit="%", rounding=rounding)
    return dataclasses.replace(r, value=r.value / 100, unit="%", rounding=r.rounding / 100)
