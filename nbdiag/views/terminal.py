"""A diagnosis goes in, a short text with its curves goes out: for terminals, and wherever only text is shown."""

from __future__ import annotations

import io
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from nbdiag.finding import Finding
from nbdiag.views import header, sections, textchart
from nbdiag.views.chart import draw
from nbdiag.views.markup import plain
from nbdiag.views.numbering import Numbered, numbered, severity_of
from nbdiag.views.progress import Progress

if TYPE_CHECKING:
    from nbdiag.diagnosis import Diagnosis
    from nbdiag.events import Status

_STYLES = {"broken": "bold red", "problem": "yellow", "note": "none", "good": "green"}
_SIGNS = {"broken": "■", "problem": "▲", "note": "·", "good": "✓"}


def text(diagnosis: Diagnosis, *, width: int = 80) -> str:
    """The diagnosis as plain text, without colour."""
    out = io.StringIO()
    console = Console(
        file=out, width=width, color_system=None, force_terminal=False, force_jupyter=False, legacy_windows=False
    )
    console.print(shown(diagnosis, width))
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines())


def shown(diagnosis: Diagnosis, width: int) -> RenderableType:
    """The diagnosis for a rich console of this width."""
    worst = header.worst(diagnosis).value
    head = Text.assemble((f"{_SIGNS[worst]} ", _STYLES[worst]), (plain(header.headline(diagnosis)), "bold"))
    status = header.status(diagnosis.run)
    together = head.cell_len + len(status) + 2 <= width
    head.append(f"{'  ' if together else chr(10)}{status}", "dim")
    parts: list[RenderableType] = [head]
    if diagnosis.summary:
        parts.append(Text(plain(diagnosis.summary)))
    if len(diagnosis.run):
        parts += ["", textchart.rows(draw(diagnosis), width)]
    entries = numbered(diagnosis)
    for entry in entries:
        parts += ["", *_finding(entry, entries)]
    notes = header.notes(diagnosis)
    if notes:
        parts += ["", *(Text(f"{name} {plain(words)}.", style="dim") for name, words in notes)]
    return Group(*parts)


def _finding(entry: Numbered, entries: list[Numbered]) -> list[RenderableType]:
    f, severity = entry.finding, severity_of(entry.finding).value
    number = "✓" if entry.number is None else str(entry.number)
    where = f", {span}" if (span := entry.where) else ""
    meta = f"{severity}, {f.certainty.value}{where}{', provisional' if f.provisional else ''}"
    title = Text.assemble((f"{number} ", _STYLES[severity]), (plain(f.title), "bold"), (f"  {meta}", _STYLES[severity]))
    return [title, *(Padding(Text(line), (0, 0, 0, len(number) + 1)) for line in _sentences(f, entries))]


def _sentences(f: Finding, entries: list[Numbered]) -> list[str]:
    """What a text has room for: the message, the check and the first thing to try."""
    lines = [plain(f.message)]
    lines += [f"Explains: {plain(other.title)}" for other in sections.merged(f, entries)]
    if f.check is not None:
        lines.append(f"Check: {plain(f.check.text)}")
    if f.fixes:
        lines.append(f"Try: {plain(f.fixes[0])}")
    return lines


class TerminalView:
    """In a terminal the diagnoses follow the block's output; in a script a line tells now and then how it goes."""

    def __init__(self, *, script: bool = False) -> None:
        self._script = script
        self._progress: Progress | None = None

    def show(self) -> None:
        """Nothing yet: a terminal has no place above the output."""
        if self._script and sys.stderr is not None:
            self._progress = Progress()

    def draw(self, diagnoses: Sequence[Diagnosis]) -> None:
        """In a script, how far it is. A chart is not drawn: that would tear the block's own lines."""
        if self._progress is not None and diagnoses:
            self._progress.tell(diagnoses[-1])

    def finish(self, diagnoses: Sequence[Diagnosis], status: Status) -> None:
        """Print each run's diagnosis; colour only on a terminal that has it."""
        console = Console(file=sys.stdout, highlight=False, force_jupyter=False)
        if not diagnoses:
            console.print("nbdiag: no training seen.", markup=False)
        for diagnosis in diagnoses:
            console.print()
            console.print(shown(diagnosis, min(console.width, 120)))
