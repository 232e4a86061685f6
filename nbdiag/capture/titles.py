"""A line goes in; the name it gives to the run that it belongs to, or that follows it, goes out."""

from __future__ import annotations

import re

_TITLE = re.compile(
    r"\W{0,60}((?:fold|trial|run|seed|split|config|model|experiment)[ #:=]{1,3}\w{1,20}(?:\s?/\s?\d{1,4})?"
    r"|(?:training|running|fitting)\s(?:with|for|model|the|a|experiment|fold|run)\s[^\n]{1,60}?)\W{0,60}\Z",
    re.IGNORECASE,
)
_INSIDE = re.compile(
    r"(?<![\w.])((?:fold|trial|seed|run|split|experiment)[ #:=_]{0,2}\d{1,4}(?![\w.%]))", re.IGNORECASE
)


def title(text: str) -> str:
    """The name a line of its own gives: ``===== Fold 2/5 =====``, ``Training with lr=0.1``; empty where it gives none."""
    found = _TITLE.match(text)
    if found is None or found[1].lower().startswith(("model: ", "model=")):
        return ""
    return " ".join(found[1].split())


def title_inside(text: str) -> str:
    """The name a line of values gives: ``[Fold 2] Epoch 1: loss=0.4``."""
    found = _INSIDE.search(text)
    return " ".join(re.sub(r"[#:=_]+", " ", found[1]).split()) if found else ""
