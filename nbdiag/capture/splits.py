"""A line goes in; the words in it that say which data the numbers behind them were measured on go out."""

from __future__ import annotations

import bisect
import re

from nbdiag.metrics import split_of

_WORD = (
    r"train|training|val|vali|valid|validation|dev|test|testing|eval|evaluation"
    r"|entrenamiento|treino|entraînement|validación|validação|validierung|prueba|teste"
)
_LEADING = re.compile(
    rf"\W{{0,8}}({_WORD})(?:\s(?:set|error|epoch|phase|results?|metrics?|stats|scores?))?\b"
    r"(?=\s{0,2}[:\[\]|\-]|\.?\s+(?:epoch|ep)\b|\s(?:in|at)\s(?:step|iter|epoch|-)|\s\d{1,7}\s?[,:]\s|\Z)",
    re.IGNORECASE,
)
_SECTION = re.compile(
    rf"\W{{0,8}}(?:(?:running|starting|start|performing|begin)\s)?({_WORD})"
    r"(?:\s(?:error|set|phase|results?|metrics?|loop|step|epoch|stats|scores?|begins?|starts?|started))?\W{0,8}\Z",
    re.IGNORECASE,
)
_INSIDE = re.compile(rf"(?<![A-Za-z])({_WORD})(?![A-Za-z])", re.IGNORECASE)
# ``train: loss=0.5``, ``[val] loss 0.4``, ``'val': {'loss': 0.4}``, ``| valid | loss 0.4``; not ``Val: 0.4`` or ``loss (val): 0.4``
_HEADING = re.compile(
    rf"(?:(?<![\w.@/\-(])|(?<=epoch\())({_WORD})(?:\s(?:set|metrics?|results?|phase|stats|scores?|epoch))?"
    rf"(?:['\"]?\s?:(?=\s?[\{{(\[]?['\"\s]{{0,3}}[A-Za-z])|[\])>}}]|\s{{1,4}}[|\-]\s|(?:\t|\s{{2,8}})(?=[A-Za-z])|\s?\((?=[A-Za-z]{{1,12}}[:=\s])|(?=\son\s))",
    re.IGNORECASE,
)


def leading_split(text: str) -> str | None:
    """The split a line begins with: ``Test set: Average loss: 0.05``."""
    found = _LEADING.match(text)
    return split_of(found[1]) if found else None


def named_split(text: str) -> str | None:
    """The split that a bar's description names anywhere: ``Epoch 1/5 [val]``, ``val 1``."""
    found = _INSIDE.findall(text)
    return split_of(found[-1]) if found else None


def section(text: str) -> str | None:
    """The split that a line of its own announces: ``--- Validation ---``."""
    found = _SECTION.match(text)
    return split_of(found[1]) if found else None


# ``"phase": "train", "loss": 0.5``, ``mode=val loss=0.4``
_NAMING = ("name", "phase", "mode", "split", "stage", "subset")
_NAMED = re.compile(rf"\b(?:{'|'.join(_NAMING)})['\"]?\s?[:=]\s?['\"]?({_WORD})(?=['\",;|\s])", re.IGNORECASE)


class Headings:
    """The headings within one line. ``before`` is the split that the last heading before a position means."""

    def __init__(self, text: str) -> None:
        found = list(_HEADING.finditer(text)) if len(text) < 4000 else []
        if len(text) < 4000 and any(word in text for word in _NAMING):
            found = sorted([*found, *_NAMED.finditer(text)], key=re.Match.start)
        self._starts = [heading.start() for heading in found]
        self._splits = [split_of(heading[1]) for heading in found]

    def before(self, position: int) -> str | None:
        """The split of what stands at ``position``; None where no heading came before it."""
        at = bisect.bisect_right(self._starts, position) - 1
        return self._splits[at] if at >= 0 else None
