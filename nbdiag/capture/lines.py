"""Chunks of terminal text go in, lines go out; how the text was cut into chunks makes no difference."""

from __future__ import annotations

import collections
import dataclasses
import re

MAX_LINE = 1 << 20
"""Characters kept of one line: a pasted log of thousands of epochs may stand on one line, a dump of bytes may not fill the memory."""

_ROWS = 64  # rows above the cursor that can still be reached with cursor-up; terminals show about as many
_ROW_KEPT = 2000  # characters kept of a row above the cursor: only bars are rewritten there

# Escape sequences become single noncharacters (never valid text), so that one pass finds them whatever surrounds them.
_UP, _ERASE_END, _ERASE_LINE = "\ufdd0", "\ufdd1", "\ufdd2"
_CSI = r"\[([0-?]{0,64})[ -/]{0,8}([@-~])"
_OSC = r"\][^\x07\x1b]{0,4096}(?:\x07|\x1b\\)"  # window titles and hyperlinks
_ESCAPE = re.compile(rf"\x1b(?:{_CSI}|{_OSC}|[ -/]{{0,2}}[0-Z\\^-~])?")
_COLOUR = re.compile(r"\x1b\[[0-9;]{0,64}m")
_HALF_ESCAPE = re.compile(r"\x1b(?:\[[0-?]{0,64}[ -/]{0,8}|\][^\x07\x1b]{0,4096}\x1b?|[ -/]{0,2})\Z")
_BACK_TO_START = re.compile("\b+\r")
_TOKEN = re.compile(f"[\n\r{_ERASE_END}{_ERASE_LINE}]|\b+|{_UP}+|[^\n\r\b{_UP}{_ERASE_END}{_ERASE_LINE}]+")
_SPECIAL = re.compile(f"[\x1b\r\b{_UP}{_ERASE_END}{_ERASE_LINE}]")
_MARKS = re.compile(f"[\b{_UP}{_ERASE_END}{_ERASE_LINE}]")
_FRONT = r"(?!\s{0,12}\d{1,9}/)[^|\r\n\b\x1b\ufdd0-\ufdd2'━]{2,200}+(?<=\d%)\|"  # of a bar as tqdm draws it, in one row
_REST = r"[^\r\n\b\x1b\ufdd0-\ufdd2'━]*+(?:\x1b\[[0-9;]{0,20}m[^\r\n\b\x1b\ufdd0-\ufdd2'━]*+)*+"
_SAME_PERCENT = re.compile(rf"(\r({_FRONT}){_REST})(?:\r\2{_REST}(?=\r\2))++")
_DRAWN = re.compile("[\b\x1b\ufdd0-\ufdd2'━]")  # a library's bar, or a dict
_RUN = re.compile(r"\d+")


def fewer(text: str) -> str:
    """The text without those refreshes of a line that stand between others alike: they tell nothing that those do not.

    Alike are bars with the same words and percent in front, and other lines that differ in their digits only.
    """
    if "%|" in text:
        return _SAME_PERCENT.sub(r"\1", text)
    if "\r" not in text or _DRAWN.search(text):
        return text
    shown, alike = text.split("\r"), _RUN.sub("0", text).split("\r")
    kept = [
        part
        for i, part in enumerate(shown)
        if not (2 <= i < len(alike) - 2 and alike[i - 1] == alike[i] == alike[i + 1] and "\n" not in part)
    ]
    return "\r".join(kept) if len(kept) < len(shown) else text


@dataclasses.dataclass(frozen=True, slots=True)
class Line:
    """One line as the reader of a terminal saw it. ``final`` is false where it was rewritten afterwards (``\\r``).

    ``time`` is when it was complete, in seconds since the watch began, where that is known. ``exact``: a hook tells it
    at full precision, and so all further bars; their text is rounded and is not read beside it.
    """

    text: str
    final: bool = True
    time: float | None = None
    exact: bool = False


class _Row:
    """One row of the terminal: its text so far, and whether it still has something that was not given out."""

    __slots__ = ("dirty", "length", "parts")

    def __init__(self, text: str = "") -> None:
        self.parts = [text] if text else []
        self.length = len(text)  # characters written, also those beyond MAX_LINE that are not kept
        self.dirty = False

    @property
    def text(self) -> str:
        if len(self.parts) > 1:
            self.parts = ["".join(self.parts)]
        return self.parts[0] if self.parts else ""

    def cut(self, column: int) -> None:
        text = self.text[:column]
        self.parts, self.length = [text] if text else [], column


class LineDecoder:
    """Turns chunks of one stream into lines: ``decode`` each chunk, ``flush`` at the end.

    What is written over (after ``\\r``, ``\\b``, cursor-up) replaces the rest of its line; the old text is given out
    as a line that is not final. Set ``time`` before ``decode`` to have it on the lines.
    """

    def __init__(self) -> None:
        self.time: float | None = None
        self._above: collections.deque[_Row | str] = collections.deque(maxlen=_ROWS)
        self._below: list[_Row] = []  # nearest last; only after cursor-up
        self._row = _Row()
        self._column: int | None = None  # None: at the end of the row
        self._held = ""  # the beginning of an escape sequence
        self._lines: list[Line] = []

    def decode(self, chunk: str) -> list[Line]:
        """The lines that this chunk ended or rewrote."""
        text = self._held + chunk if self._held else chunk
        self._held = ""
        if "\x1b" in text:
            if half := _HALF_ESCAPE.search(text, max(0, len(text) - 4200)):
                text, self._held = text[: half.start()], half[0]
            plain, colours = _COLOUR.subn("", text)  # the common case, ten times faster
            text = plain if colours == text.count("\x1b") else _ESCAPE.sub(_mark, text)
        if "\b" in text:
            text = _BACK_TO_START.sub("\r", text)
        if _MARKS.search(text):
            self._feed_marked(text)
        else:
            self._feed(text)
        lines, self._lines = self._lines, []
        return lines

    def plain(self, text: str, start: int) -> int:
        """Until where the text that comes next, from ``start`` on, is whole lines that a terminal shows as they are."""
        if self._row.length or self._column is not None or self._below or self._held or _SPECIAL.search(text, start):
            return start
        return max(start, text.rfind("\n") + 1)

    def passed(self, text: str, start: int, stop: int) -> None:
        """These lines were read without ``decode``: they stand above the cursor now."""
        self._above.extend(text[max(start, stop - _ROWS * _ROW_KEPT) : stop].split("\n")[-_ROWS - 1 : -1])

    def flush(self) -> list[Line]:
        """The lines that no newline ended."""
        self._held = ""
        for row in (*self._above, self._row, *reversed(self._below)):
            if not isinstance(row, str) and row.length:
                self._give(row, final=True)
        lines = self._lines
        self.__init__()  # type: ignore[misc]
        return lines

    def _feed(self, text: str) -> None:
        """The common case: text, ``\\n`` and ``\\r``."""
        first = True
        for line in text.split("\n"):
            if not first:
                self._newline()
            first = False
            if "\r" not in line:
                if line:
                    self._write(line)
                continue
            parts = line.split("\r")
            if parts[0]:
                self._write(parts[0])
            for part in parts[1:]:
                self._column = 0
                if part:
                    self._write(part)

    def _feed_marked(self, text: str) -> None:
        for token in _TOKEN.findall(text):
            mark = token[0]
            if mark == "\n":
                self._newline()
            elif mark == "\r":
                self._column = 0
            elif mark == "\b":
                column = self._row.length if self._column is None else self._column
                self._column = max(0, column - len(token))
            elif mark == _UP:
                for _ in token:
                    self._up()
            elif mark in (_ERASE_END, _ERASE_LINE):
                self._erase(0 if mark == _ERASE_LINE else self._column)
            else:
                self._write(token)

    def _write(self, text: str) -> None:
        row = self._row
        if self._column is not None:
            self._erase(self._column)
        row.dirty = True
        room = MAX_LINE - row.length
        if room > 0:
            row.parts.append(text[:room])
        row.length += len(text)
        if len(row.parts) > 4096:  # many tiny writes: keep the list short
            row.parts = [row.text]

    def _erase(self, column: int | None) -> None:
        """Drop what stands from ``column`` on; the line as it was is given out."""
        row = self._row
        if column is not None and column < row.length:
            self._give(row, final=False)
            row.cut(column)
        self._column = None

    def _newline(self) -> None:
        self._give(self._row, final=True)
        if self._row.length > _ROW_KEPT:
            self._row.cut(_ROW_KEPT)
        self._above.append(self._row)
        if self._below:
            self._row, self._column = self._below.pop(), 0
        else:
            self._row, self._column = _Row(), None
            self._row.dirty = True  # an empty line is a line

    def _up(self) -> None:
        if self._above:
            if len(self._below) < _ROWS:
                self._below.append(self._row)
            row = self._above.pop()
            self._row = _Row(row[:_ROW_KEPT]) if isinstance(row, str) else row
        self._column = 0

    def _give(self, row: _Row, *, final: bool) -> None:
        if row.dirty:
            text = row.text
            if final or not text.isspace():
                self._lines.append(Line(text, final, self.time))
        row.dirty = False


def _mark(escape: re.Match[str]) -> str:
    """An escape sequence as the one mark that matters for lines, or nothing (colours and the like)."""
    final = escape[2]
    if final is None or final == "m":
        return ""
    if final == "K":
        return _ERASE_LINE if escape[1] == "2" else _ERASE_END if escape[1] in ("", "0") else ""
    if final == "J":
        return _ERASE_END
    if final == "A" or final == "F":
        count = int(escape[1]) if escape[1].isdecimal() else 1
        return _UP * min(count, _ROWS)
    if final == "G":
        return "\r" if escape[1] in ("", "0", "1") else ""
    return "\n" * min(int(escape[1]) if escape[1].isdecimal() else 1, _ROWS) if final in "BE" else ""
