"""The length of a column, and the places that the others have, go in; the places of its own values come out.

Loops keep the loss of each batch in one list, that of each epoch in another; or pairs of a place and a value.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

Places = Sequence[float | None] | None
"""The epochs, or the steps, of a column's values; None where none is known."""


def paired(values: Sequence[Any]) -> tuple[list[int], list[Any]] | None:
    """Places and values of ``[(1, 0.9), (2, 0.7), ...]``; None for any other list."""
    if not len(values) or not all(isinstance(v, (tuple, list)) and len(v) == 2 for v in values):
        return None
    places = [v[0] for v in values]
    counts = all(isinstance(p, int) and not isinstance(p, bool) for p in places)
    if not counts or any(b <= a for a, b in pairwise(places)):
        return None
    return places, [v[1] for v in values]


def of_pairs(told: Mapping[str, list[int]]) -> dict[str, tuple[Places, Places]]:
    """The places of such columns: epochs where the longest counts by one from 0 or 1, else steps."""
    first, *more = max(told.values(), key=len, default=[2])
    if first in (0, 1) and more == list(range(first + 1, first + 1 + len(more))):
        return {name: ([float(p + 1 - first) for p in places], None) for name, places in told.items()}
    return {name: (None, [float(p) for p in places]) for name, places in told.items()}


def beside_a_counter(count: int, epochs: Places, steps: Places) -> tuple[Places, Places] | None:
    """Places of ``count`` values in a table whose counters have another length; None where they cannot be told."""
    told = len(epochs or steps or ())
    if told // 2 < count <= told:
        return epochs and epochs[:count], steps and steps[:count]  # the last are still to come
    if count < told:
        every = told // max(count, 1)
        if count != told // every:
            return None
        return epochs and epochs[every - 1 :: every][:count], steps and steps[every - 1 :: every][:count]
    if epochs is None or count % told:
        return None
    each = count // told
    return [epochs[i // each] for i in range(count)], [float(i % each + 1) for i in range(count)]


def beside_each_other(counts: Sequence[int], trained: int) -> dict[int, tuple[Places, Places]]:
    """Places for columns of these lengths that nothing counts: epochs, where all are about equally long.

    Otherwise the longest holds a value for each step, or the short ones one for every so many epochs: so all are placed
    in steps. Where a length fits neither way its values are counted by themselves. One value more than the ``trained``
    epochs was measured before the first.
    """
    longest = max(counts, default=0)
    if all(2 * count > longest for count in counts):
        return {count: ([i + float(count != trained + 1) for i in range(count)], None) for count in counts}
    found: dict[int, tuple[Places, Places]] = {}
    for count in counts:
        every = 1 if 2 * count > longest else longest // max(count, 1)
        if every > 1 and count != longest // every:
            found[count] = ([i + 1.0 for i in range(count)], None)
        else:
            found[count] = (None, [every * (i + 1.0) for i in range(count)])
    return found


def counted_within(epochs: Places, rows: Sequence[int]) -> list[float | None]:
    """Of the given rows, the which of its epoch each is."""
    seen: dict[float | None, int] = {}
    found: list[float | None] = [None] * len(epochs or ())
    for i in rows:
        epoch = epochs[i] if epochs else None
        seen[epoch] = seen.get(epoch, 0) + 1
        found[i] = float(seen[epoch])
    return found
