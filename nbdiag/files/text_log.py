"""A text log goes in, as a terminal or a notebook showed it, runs come out."""

from __future__ import annotations

from pathlib import Path

from nbdiag.capture.measures import measures
from nbdiag.capture.pairs import pairs, without_prefix
from nbdiag.capture.places import place
from nbdiag.collect import collect
from nbdiag.errors import DamagedSource, UnknownSource
from nbdiag.files.base import Format, text_of
from nbdiag.files.pasted import printed
from nbdiag.run import Run


def knows(path: Path, head: bytes) -> bool:
    """Whatever is text."""
    return True


def read(path: Path) -> list[Run]:
    """The runs of a file."""
    with path.open("rb") as file:
        head = file.read(4096)
    if b"\0" in head and head[:2] not in (b"\xff\xfe", b"\xfe\xff"):
        raise DamagedSource(
            f"{path.name} is not text: it holds zero bytes. Open it with what wrote it, and give what it holds"
        )
    return read_text(text_of(path), path.name)


def read_text(text: str, name: str = "the text", pattern: str | None = None) -> list[Run]:
    """The runs of a text. Raises ``UnknownSource``, which says which line came nearest to a training's."""
    runs = collect(printed(text), pattern)
    if not runs:
        raise UnknownSource(f"{name} shows no training. {_stumble(text)}")
    return runs


def _stumble(text: str) -> str:
    """The line that looked most like training, and what it lacks."""
    best, nearest, at = 0.0, "", 0
    for number, line in enumerate(text.splitlines(), 1):
        where = place(without_prefix(line[:2000]))
        found = measures(pairs(where.rest))
        counted = where.epoch is not None or where.step is not None
        score = 2 * bool(found) + counted + 0.1 * min(5, len(found))
        if score > best:
            best, nearest, at = score, line.strip(), number
    shown = nearest if len(nearest) <= 120 else nearest[:117] + "…"
    if best >= 3:
        why = "its epoch or step never advances: a curve needs at least two points"
    elif best >= 2:
        why = "it has a value, but no epoch or step that counts up"
    elif best:
        why = "it counts, but shows no loss or metric such as 'loss: 0.4'"
    else:
        return "No line holds an epoch or a value such as 'loss: 0.4'."
    return f"Line {at} came nearest: {shown!r}; {why}. A pattern with named groups can say how to read it."


TEXT_LOG = Format("text log", knows, read)
