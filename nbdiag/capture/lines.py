"""Chunks of terminal text go in, lines go out; how the text was cut into chunks makes no difference."""

from __future__ import annotations

import dataclasses


@dataclasses.dataclass(frozen=True, slots=True)
class Line:
    """One line as the reader of a terminal saw it. ``final`` is false where it was rewritten afterwards (``\\r``)."""

    text: str
    final: bool = True
