"""A log as a forum, a mail or an issue shows it goes in; the log as it was printed goes out."""

from __future__ import annotations

import html
import re

_ENTITY = re.compile(r"&(?:nbsp|gt|lt|amp|quot|#\d{1,5}|#x[\da-fA-F]{1,4});")
_TAG = re.compile(
    r"</?(?:p|pre|code|div|span|b|strong|em)(?:\s[^<>]{0,200})?>|<br\s?/?>(?=\s{0,4}(?:\n|\Z))", re.IGNORECASE
)
_BREAK = re.compile(r"<br\s?/?>", re.IGNORECASE)
_QUOTE = re.compile(r"(?:[ \t]{0,3}>[ \t]?)+")
_FENCE = re.compile(r"[ \t]{0,8}(?:```|~~~)[\w+-]{0,20}[ \t]*\Z")
_COMMENT = re.compile(r"[ \t]{0,8}(#>|##?|%|//)(?:[ \t]|\Z)")  # R's documents show what is printed like this, too
_BAR = re.compile(r"(?:[\]━]|\d[mun]?s(?:/\w{4,6})?) - [A-Za-z_]")  # a line of Keras
_GOES_ON = re.compile(r"\s{0,4}(-\s)?[A-Za-z_][\w/@.\-]{0,60}: [-\d.]")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200d\u2060\ufeff]")
"""Soft hyphens, blanks without width and marks of joining that web pages put into words."""
_NAME_BROKEN = re.compile(r"(?<=[A-Za-z]_)\n(?=[A-Za-z]\w{0,40}\s?[:=])")
_EPOCH_WITHIN = re.compile(r"(?<=\s)(?=[\[(]?epoch:?\s{0,3}\d)", re.IGNORECASE)
_NEXT_BAR = re.compile(r"\](?=[^\[\]|%\n]{0,60}\d%\|)")  # where tqdm's refreshes were glued to each other
_EMPHASIS = re.compile(r"\*\*(?=\S)([^*\n]{1,200}?)(?<=\S)\*\*|`([^`\n]{1,400})`")


def printed(text: str) -> str:
    """Without quote marks, comment signs, wrapped lines, code fences, emphasis, entities and tags. What shows none of these comes back as it is."""
    text = _NAME_BROKEN.sub("", _INVISIBLE.sub("", text))
    if _ENTITY.search(text) or _BREAK.search(text):
        text = html.unescape(_BREAK.sub("\n", _TAG.sub("", text)))
    if "\n" not in text.strip() and len(_EPOCH_WITHIN.findall(text)) > 1:
        text = _EPOCH_WITHIN.sub("\n", text)  # a comment's field keeps no line breaks
    lines = (_NEXT_BAR.sub("]\n", text) if "%|" in text else text).split("\n")
    full = [line for line in lines if line.strip()]
    if full and sum(_QUOTE.match(line) is not None for line in full) > len(full) / 2:
        lines = [_QUOTE.sub("", line, count=1) for line in lines]
    if any(_FENCE.match(line) for line in lines):
        lines = [line for line in lines if not _FENCE.match(line)]
    text = "\n".join(_unwrapped(_without_comments(lines)))
    return _EMPHASIS.sub(lambda found: found[1] or found[2] or "", text) if "**" in text or "`" in text else text


def _without_comments(lines: list[str]) -> list[str]:
    """The sign of a comment is taken from lines that stand below each other: a single one may be a table's header."""
    found = [_COMMENT.match(line) for line in lines]
    signs = ["", *(match[1] if match else "" for match in found), ""]
    return [
        line[match.end(1) :] if match and match[1] in (signs[i], signs[i + 2]) else line
        for i, (line, match) in enumerate(zip(lines, found, strict=True))
    ]


def _unwrapped(lines: list[str]) -> list[str]:
    """A line that goes on with ``- val_loss: 0.4`` where Keras' bar was broken off is put back behind it."""
    out: list[str] = []
    for line in lines:
        broken = out[-1].rstrip() if out and ": " in line and _BAR.search(out[-1]) else ""
        if broken and (goes_on := _GOES_ON.match(line)) and bool(goes_on[1]) != broken.endswith(" -"):
            out[-1] = f"{broken} {line.lstrip()}"
        else:
            out.append(line)
    return out
