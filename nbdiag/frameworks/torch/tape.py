"""What a training noted while it ran comes in: which batch each loss is of, and whether all steps are alike, goes out."""

from __future__ import annotations

import math
from collections.abc import Sequence

from nbdiag.frameworks.torch.passes import Pass
from nbdiag.frameworks.torch.scalars import Slot

EXACT = 1e-9
"""A batch of how many: far above what a sum of fractions is off by."""

Tape = list[float | int | Slot]
"""A number (or slot) for each backward pass, the index of an optimizer for each of its steps, in order."""


def alternates(tape: Tape) -> bool:
    """Whether each loss is followed by a step of the first optimizer: so it is in most loops, nearly always."""
    marks = tape[1::2]
    in_pairs = len(tape) % 2 == 0 and not any(marks) and set(map(type, marks)) == {int}
    return in_pairs and int not in set(map(type, tape[::2]))


def batches(p: Pass | None, backwards: int, ahead: bool = False) -> Sequence[int]:
    """The batch of ``p``, counted from 1, that each of so many backward passes used: those given since it was last
    asked are spread over them. ``ahead``: the last one may be for a pass to come."""
    if p is None:
        return range(backwards)
    start, given = p.known, p.given()
    given -= ahead and given - start > backwards
    left = math.inf if p.batches is None else p.batches - start
    if given > start and backwards and not p.ahead:
        per = (given - start) / backwards
    elif p.over or p.ahead:
        per = min(
            1.0, left / max(backwards, 1)
        )  # more of them than batches: several losses for each, as adversaries have
    else:
        per = 0.0
    if per == 1.0:
        return range(start + 1, start + backwards + 1)
    return [math.ceil(start + i * per - EXACT) for i in range(1, backwards + 1)]


def up_to(last: int, losses: int) -> Sequence[int]:
    """The batches of so many losses, one of each, up to this batch."""
    return [max(number, 1) for number in range(last - losses + 1, last + 1)]
