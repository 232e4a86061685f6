"""Where in a training a hand-written line stands: a line goes in, its epoch and step go out."""

from __future__ import annotations

import dataclasses
import re

_I = re.IGNORECASE
_END = r"(?![\w%]|\.\d)"
_OPEN, _CLOSE = r"['\"]?\s{0,4}[:=#]?\s{0,6}[\[(]?\s{0,6}#?", r"\s{0,4}[\])]?"
_OF = r"(?:\s{0,6}(?:/|of)\s{0,6}(\d{1,9}))"
_EPOCH = re.compile(
    rf"(?<![\w.])(?:epoch|ep)[ _]?(?:no\.?|num|number|idx)?{_OPEN}(\d{{1,7}}(?:\.\d{{1,6}})?){_OF}?{_END}{_CLOSE}", _I
)
_EPOCHS = re.compile(rf"(?<![\w.])epochs{_OPEN}(\d{{1,7}}){_OF}{_END}{_CLOSE}", _I)
_STEP = re.compile(
    rf"(?<![\w.])(?:global[_ ]?|train(?:ing)?[_ ]?|mini-?)?(?:step|iter|iteration|batch|it)(?:[_ ]?(?:no\.?|num|number|idx))?{_OPEN}"
    rf"(\d{{1,3}}(?:,\d{{3}})+|\d{{1,9}}){_OF}?{_END}{_CLOSE}",
    _I,
)
_STEPS = re.compile(rf"(?<![\w.])(?:steps|iters|iterations|batches){_OPEN}(\d{{1,9}}){_OF}{_END}{_CLOSE}", _I)
_BATCHES = re.compile(r"(?<![\w./])(\d{1,9})\s{0,4}/\s{0,4}(\d{1,9})\s{1,4}(?:batches|steps|iters|iterations)\b", _I)
_PAIR = re.compile(r"\[\s{0,6}(\d{1,7}),\s{0,8}(\d{1,9})\]")  # [1,  2000] loss: 2.173
_TWO = re.compile(
    r"\[\s{0,6}(\d{1,7})\s?/\s?(\d{1,7})\s?\]\s?\[\s{0,8}(\d{1,9})\s?/\s?(\d{1,9})\s?\]"
)  # [0/5][50/1583]
_ONE = re.compile(r"[\[(]\s{0,8}(\d{1,9})\s?/\s{0,8}(\d{1,9})\s{0,4}(?:\(\s?\d{1,3}(?:\.\d{1,3})?\s?%\))?\s?[\])]")
_AFTER = re.compile(r"(?P<name>cost|loss|error|accuracy)\s(?:after|at|for)\s(?=(?:iteration|epoch|step)\s)", _I)
_TOLD_OF = re.compile(
    r"\b(?:best|at|from|in|since|until|for|every|before|loaded|loading|saved|saving|checkpoint|last|stopp\w{1,6})"
    r"\W{1,3}(?:model\s|the\s)?\Z", _I
)  # fmt: skip


@dataclasses.dataclass(frozen=True, slots=True)
class Place:
    """The counters of a line as shown, and the line without them. ``samples``: the step counts samples, not batches."""

    rest: str
    epoch: float | None = None
    planned: int | None = None
    step: int | None = None
    steps: int | None = None
    samples: bool = False
    told_of: bool = False


def place(text: str) -> Place:
    """Find the counters. ``told_of`` is true where an epoch is only spoken of: ``best at epoch 7``."""
    text = _AFTER.sub("", text) if (after := _AFTER.match(text)) is None else _turned(text, after)
    epoch: float | None = None
    planned = step = steps = None
    samples = False
    stripped = text.lstrip()
    if two := _TWO.match(stripped):
        rest = stripped[two.end() :]
        return Place(rest, int(two[1]), int(two[2]), int(two[3]), int(two[4]))
    if pair := _PAIR.match(stripped):
        return Place(stripped[pair.end() :], int(pair[1]), None, int(pair[2]))
    found = _EPOCH.search(text) or _EPOCHS.search(text)
    if found:
        if _TOLD_OF.search(text, max(0, found.start() - 30), found.start()):
            return Place(text, told_of=True)
        epoch, planned = float(found[1]), int(found[2]) if found[2] else None
        text = _without(text, found)
    counted = _STEP.search(text) or _STEPS.search(text) or _BATCHES.search(text)
    if counted and not _TOLD_OF.search(text, max(0, counted.start() - 30), counted.start()):
        step, steps = int(counted[1].replace(",", "")), int(counted[2]) if counted[2] else None
        text = _without(text, counted)
    elif one := _ONE.search(text):
        step, steps, samples = int(one[1]), int(one[2]), True
        text = _without(text, one)
    return Place(text, epoch, planned, step, steps, samples)


def _without(text: str, found: re.Match[str]) -> str:
    return f"{text[: found.start()]} ; {text[found.end() :].lstrip(' :,-')}"


def _turned(text: str, after: re.Match[str]) -> str:
    """``Cost after iteration 100: 0.64`` as ``iteration 100 Cost: 0.64``."""
    counter, colon, value = text[after.end() :].partition(":")
    return f"{counter} {after['name']}: {value}" if colon else text
