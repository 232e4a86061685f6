"""Text of a finding goes in, safe HTML goes out: ``**bold**`` and `` `code` `` are its only markup."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal
from urllib.parse import urlsplit

import htpy as h

_PARTS = re.compile(r"\*\*(?P<bold>.+?)\*\*|`(?P<code>[^`]+)`", re.DOTALL)
_UNPRINTABLE = re.compile(r"[^\t\n\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
Kind = Literal["text", "bold", "code"]


def clean(text: str) -> str:
    """The text without characters that XML forbids or a terminal obeys."""
    return _UNPRINTABLE.sub("\ufffd", text)


def split(text: str) -> list[tuple[Kind, str]]:
    """The text in parts without their markup. Code in bold stays bold only: no part holds another."""
    text = clean(text)
    out: list[tuple[Kind, str]] = []
    end = 0
    for found in _PARTS.finditer(text):
        out.append(("text", text[end : found.start()]))
        bold = found["bold"]
        out.append(("bold", bold.replace("`", "")) if bold is not None else ("code", found["code"]))
        end = found.end()
    out.append(("text", text[end:]))
    return [(kind, part) for kind, part in out if part]


def prose(text: str, *, bold: bool = True) -> list[h.Node]:
    """The text as nodes; all else in it is escaped. Without ``bold`` its claim is told in plain words."""
    wrap = {"bold": h.b, "code": h.code} if bold else {"code": h.code}
    return [wrap[kind][part] if kind in wrap else part for kind, part in split(text)]


def plain(text: str) -> str:
    """The text without its markup."""
    return "".join(part for _, part in split(text))


def short(text: str, most: int) -> str:
    """The text, its middle left out where it is longer than ``most``: names of a family differ at their ends."""
    return text if len(text) <= most else f"{text[: most // 2]}…{text[len(text) - (most - most // 2 - 1) :]}"


def written(node: h.Element) -> str:
    """The element as an ordinary string: a ``Markup`` would escape whatever a caller adds to it."""
    return "".join([str(node)])


def sentence(parts: Sequence[str]) -> str:
    """Parts of a list as one sentence, whether or not they end in a stop."""
    return "; ".join(part.rstrip(". ") for part in parts) + "."


def between(text: str) -> str:
    """What stands between a cause and the words that speak for it."""
    return " " if text.endswith((".", ":", ";")) else ": "


def link(title: str, url: str) -> h.Node:
    """A link to the web, opened outside; any other address is shown as text only."""
    if urlsplit(url).scheme not in ("http", "https"):
        return title
    return h.a(href=url, target="_blank", rel="noopener noreferrer")[title]
