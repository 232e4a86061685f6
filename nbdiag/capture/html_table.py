"""HTML that a notebook shows goes in, its tables go out as lines of text: ``Epoch | Training Loss | Validation Loss``."""

from __future__ import annotations

from html.parser import HTMLParser


def lines(html: str) -> str:
    """One line for each row of each table; no line where there is none."""
    reader = _Rows()
    reader.feed(html)
    reader.close()
    return "".join(" | ".join(row) + "\n" for row in _without_index(reader.rows))


def _without_index(rows: list[list[str]]) -> list[list[str]]:
    """A DataFrame's rows without its index where that has no name; where it has one, that stands below the columns."""
    if len(rows) < 2 or not rows[0] or rows[0][0]:
        return rows
    if rows[1][:1] != [""] and not any(rows[1][1:]):
        return [[rows[1][0], *rows[0][1:]], *rows[2:]]
    return [row[1:] for row in rows]


class _Rows(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self._cell: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th") and self.rows:
            self._cell = []

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th") and self._cell is not None:
            self.rows[-1].append(" ".join("".join(self._cell).split()))
            self._cell = None

    def handle_data(self, data: str) -> None:
        if self._cell is not None:
            self._cell.append(data)
