"""What a training noted while it ran comes in: which batch each loss is of, and whether all steps are alike, goes out."""

from __future__ import annotations

from collections.abc import Sequence

from nbdiag.frameworks.torch.passes import Pass
from nbdiag.frameworks.torch.scalars import Slot

Tape = list[float | int | Slot]
"""A number (or slot) for each backward pass, the index of an optimizer for each of its steps, in order."""


def alternates(tape: Tape) -> bool:
    """Whether each loss is followed by a step of the first optimizer: so it is in most loops, nearly always."""
    marks = tape[1::2]
    in_pairs = len(tape) % 2 == 0 and not any(marks) and set(map(type, marks)) == {int}
    return in_pairs and int not in set(map(type, tape[::2]))


def batches(p: Pass | None, backwards: int) -> Sequence[int]:
    """The batch of ``p``, counted from 1, that each of so many backward passes used: those given since it was last
    asked are spread over them."""
    if p is None:
        return range(backwards)
    start, given = p.known, p.given()
    if given > start and backwards and not p.ahead:
        per = (given - start) / backwards
    else:
        per = 1.0 if p.over or p.ahead else 0.0
    most = p.batches
    if per == 1.0 and (most is None or start + backwards <= most):
        return range(start + 1, start + backwards + 1)
    numbers = [round(start + i * per) for i in range(1, backwards + 1)]
    return [min(n, most) for n in numbers] if most else numbers
