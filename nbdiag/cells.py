"""The text of a cell: one that begins with ``%%diagnose`` comes in, the same cell with a begin call in that line goes out.

The body then runs as if the line were not there: natively, with its own line numbers, tracebacks, ``await`` and
last value, none of which survive running it from inside a cell magic.
"""

from __future__ import annotations

import re

BEGIN = "_nbdiag_begin"
"""Name of the line magic that the begin call runs."""

_MAGIC = re.compile(r"\s*%%diagnose(?=\s|$)(?P<arguments>.*)", re.DOTALL)
_TEXT = re.compile(r"(?:^|\s)--text(?=\s|$)")


def asks(text: str) -> bool:
    """Whether a cell asks for a diagnosis by itself."""
    return "%%diagnose" in text


def transform(lines: list[str]) -> list[str]:
    """Input transformer for IPython. Pure text: it is called twice for each execution, and for half-typed cells."""
    at = next((i for i, line in enumerate(lines) if line.strip() and not _comment(line)), None)
    found = None if at is None else _MAGIC.match(lines[at])
    if at is None or found is None:
        return lines
    arguments = found["arguments"].strip()
    if _TEXT.search(arguments) or _stacked(lines[at + 1 :]):
        # The body is not Python as it stands: the cell magic of the same name takes it, which must be on line 1.
        return [lines[at].lstrip(), *_without_comments(lines[at + 1 :], arguments)]
    indent = lines[at][: len(lines[at]) - len(lines[at].lstrip())]
    return [*lines[:at], f"{indent}get_ipython().run_line_magic({BEGIN!r}, {arguments!r})\n", *lines[at + 1 :]]


# Without this a terminal runs the cell as soon as its first line is entered: check_complete would say it is complete.
transform.has_side_effects = True  # type: ignore[attr-defined]


def _comment(line: str) -> bool:
    return line.lstrip().startswith("#")


def _stacked(body: list[str]) -> bool:
    """Whether the body begins with another cell magic."""
    first = next((line for line in body if line.strip() and not _comment(line)), "")
    return first.lstrip().startswith("%%")


def _without_comments(body: list[str], arguments: str) -> list[str]:
    """The body, beginning with its cell magic where it is stacked; a pasted text is left as it is."""
    if _TEXT.search(arguments):
        return body
    start = next(i for i, line in enumerate(body) if line.strip() and not _comment(line))
    return body[start:]
