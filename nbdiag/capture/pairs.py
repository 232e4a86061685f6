"""One line goes in, the names and values in it go out: ``loss: 0.4``, ``acc=93.1%``, ``'lr': 1e-3``, ``Loss 6.9 (7.0)``."""

from __future__ import annotations

import dataclasses
import math
import re

MAX_TEXT = 20_000
"""Longer lines hold no hand-written report: they are dumps of data."""

_NUMBER = r"[-+]?(?:\d{1,3}(?:,\d{3})+(?:\.\d*)?(?![\d,])|\d+\.?\d*|\.\d+)(?:[eE][-+]?\d{1,4})?"
_WORD = r"[-+]?(?:nan|inf(?:inity)?)\b"
NUMBER = rf"(?:{_NUMBER}|(?i:{_WORD}))"
"""A printed number, ``nan`` and ``inf`` included; every part is bounded or cannot be split in two ways."""

_WRAP = (
    r"(?:\[?(?:(?:torch|np|numpy|tf|jnp)\.)?(?:tensor|Tensor|[fF]loat(?:16|32|64)?|array|Array|Variable|DeviceArray)"
    r"\(\[{0,2}\s?|\[\s?|\(|['\"](?=[\d.+-]))?"
)
_VALUE = re.compile(rf"{_WRAP}({NUMBER})(\s?%)?")
_JOIN = re.compile(
    r"\s{0,8}(?::=|->|=>|[:=])\s{0,8}|(?<=\w)\s{1,8}(?=[-+.\d\[]|(?i:nan|inf)|tensor\(|Array\(|(?:np\.)?float\d)"
)
_NAME = re.compile(
    r"(?:[A-Za-z_][\w.@/'\-]{0,60}[ ]){0,3}[A-Za-z_][\w.@/'\-]{0,60}(?:\s?[(\[][A-Za-z]{1,12}[)\]])?['\"]?\s{0,8}\Z"
)
_UNIT = re.compile(
    r"\s?(?:s|sec|secs|seconds?|ms|us|µs|ns|min|mins|minutes?|h|hrs?|hours?|d|days?|[KMGT]i?B|B|it|items|MB/s|Hz|k|°C)"
    r"(?:/\w{1,12})?(?![\w.])|/\s?s(?:ec)?\b|:\d\d"
)
_OF = re.compile(r"\s?/\s?(\d+)(?![\d.:])(?:\s?\(\s?" + NUMBER + r"\s?%?\s?\))?")
_EXACT_WORDS = {"nan": math.nan, "inf": math.inf, "infinity": math.inf}
_PREFIX = re.compile(
    r"\s{0,20}(?:"
    r"\[?\d{4}[-/]\d\d[-/]\d\d[T ,]{1,2}\d\d:\d\d(?::\d\d)?(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?\]?"  # 2024-01-02 12:00:00,123
    r"|\[?\d\d:\d\d:\d\d(?:[.,]\d{1,9})?\]?"  # 12:00:00
    r"|[IWED]\d{4} \d\d:\d\d:\d\d\.\d{6}\s{1,8}\d{1,9} [\w.]{1,60}:\d{1,6}\]"  # glog: I0102 12:00:00.123456 77 train.py:45]
    r"|\[?(?:DEBUG|INFO|WARNING|WARN|ERROR|NOTICE)\]?(?::[\w.]{1,60}:)?"  # INFO:root:
    r"|\[?(?i:rank|gpu|worker|process)[ :]?0\]?:"
    r"|\[[\w.]{1,40}:\d{1,6}\]"  # [train.py:45]
    r")\s{0,8}(?:[-|:]{1,3}\s{1,8})?"
)
_LOGGER = re.compile(r"[A-Za-z_][\w.]{0,60}(?::\w{1,60})?(?::\d{1,6})?\s?(?:[-|:]\s)(?=\S)")


@dataclasses.dataclass(frozen=True, slots=True)
class Pair:
    """A name and its value as printed. A percentage's value is a fraction; ``of`` is n in ``9830/10000``.

    ``rounding`` is half a unit of the last printed digit, in units of ``value``. ``whole``: no decimal point was
    printed. ``timed``: a unit of time, memory or speed follows. ``at``: where its number stands; None for ``n`` of ``m``.
    """

    name: str
    value: float
    rounding: float
    percent: bool
    whole: bool
    timed: bool
    spaced: bool
    at: tuple[int, int] | None


def number(token: str, percent: bool = False) -> tuple[float, float]:
    """A printed number's value, and half a unit of its last digit; a percentage's as a fraction."""
    word = _EXACT_WORDS.get(token.lstrip("+-").lower())
    if word is not None:
        return (-word if token.startswith("-") else word), 0.0
    plain = token.replace(",", "")
    mantissa, _, shown = plain.lower().partition("e")
    exponent = int(shown or 0) - (2 if percent else 0)
    decimals = len(mantissa.partition(".")[2])
    return float(f"{mantissa}e{exponent}"), 0.5 * 10.0 ** max(-300, min(300, exponent - decimals))


def without_prefix(text: str) -> str:
    """The line without what logging puts before it: time, level, logger, rank."""
    rest = text
    for _ in range(5):
        found = _PREFIX.match(rest)
        if found is None:
            break
        rest = rest[found.end() :]
    if rest is not text and (logger := _LOGGER.match(rest)) and not _VALUE.match(rest, logger.end()):
        rest = rest[logger.end() :]
    return rest


def pairs(text: str) -> list[Pair]:
    """The names and values of a line, from left to right."""
    found: list[Pair] = []
    if len(text) > MAX_TEXT:
        return found
    stop = 0
    for join in _JOIN.finditer(text):
        if join.start() < stop:
            continue
        value = _VALUE.match(text, join.end())
        if value is None:
            continue
        name = _NAME.search(text, max(stop, join.start() - 130), join.start())
        if name is None:
            continue
        end = value.end()
        follows = text[end : end + 1]
        if follows and (follows.isalpha() or follows == "_") and not text.startswith("Epoch", end):
            timed = _UNIT.match(text, end) is not None
            if not timed:
                continue
        else:
            timed = _UNIT.match(text, end) is not None
        percent = value[2] is not None
        amount, rounding = number(value[1], percent)
        whole = value[1].lstrip("+-").isdecimal()
        at: tuple[int, int] | None = value.span(1)
        if whole and not percent and (of := _OF.match(text, end)) and int(of[1]) > 0:
            amount, rounding, whole, percent, end = amount / int(of[1]), 0.0, False, True, of.end()
            at = None
        spaced = not text[join.start() : join.end()].strip()
        label = name[0].strip().strip("'\"")
        found.append(Pair(label, amount, rounding, percent, whole, timed, spaced, at))
        stop = end
    return found
