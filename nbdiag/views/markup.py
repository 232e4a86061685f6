"""Text of a finding goes in, safe HTML goes out: ``**bold**`` and `` `code` `` are its only markup."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import htpy as h

_PARTS = re.compile(r"(\*\*.+?\*\*|`[^`]+`)", re.DOTALL)


def prose(text: str) -> list[h.Node]:
    """The text as nodes; all else in it is escaped."""
    return [_part(part) for part in _PARTS.split(text) if part]


def _part(part: str) -> h.Node:
    if part.startswith("**") and part.endswith("**") and len(part) > 4:
        return h.b[prose(part[2:-2])]
    if part.startswith("`") and part.endswith("`") and len(part) > 2:
        return h.code[part[1:-1]]
    return part


def plain(text: str) -> str:
    """The text without its markup."""
    return _PARTS.sub(lambda m: m[0].strip("*") if m[0].startswith("**") else m[0][1:-1], text)


def link(title: str, url: str) -> h.Node:
    """A link to the web, opened outside; any other address is shown as text only."""
    if urlsplit(url).scheme not in ("http", "https"):
        return title
    return h.a(href=url, target="_blank", rel="noopener noreferrer")[title]
