"""One line goes in, the names and values in it go out: ``loss: 0.4``, ``acc=93.1%``, ``'lr': 1e-3``, ``Loss 6.9 (7.0)``."""

from __future__ import annotations

import dataclasses
import functools
import math
import re
from collections.abc import Sequence

MAX_TEXT = 20_000
"""Longer lines hold no hand-written report: they are dumps of data."""

_NUMBER = r"[-+]?(?:[1-9]\d{0,2}(?:,\d{3})+(?:\.\d*)?(?![\d,])|\d{1,9},\d{1,17}(?!\d|[,.]\d)|\d+\.?\d*|\.\d+)(?:[eE][-+]?\d{1,4})?"
_WORD = r"[-+]?(?:nan|inf(?:inity)?)\b"
NUMBER = rf"(?:{_NUMBER}|(?i:{_WORD}))"
"""A printed number, ``nan`` and ``inf`` included; every part is bounded or cannot be split in two ways."""

_WRAP = (
    r"(?:\[?(?:(?:torch|np|numpy|tf|jnp)\.)?(?:tensor|Tensor|[fF]loat(?:16|32|64)?|array|Array|Variable|DeviceArray)"
    r"\(\[{0,2}\s?|\[\s?|\(|['\"](?=[\d.+-]))?"
)
_VALUE = re.compile(rf"{_WRAP}({NUMBER})(\s?%)?")
_JOIN = re.compile(
    r"\s{0,8}(?::=|->|=>|[:=])\s{0,8}|(?<=\w)\s(?:is|was|of)(?::?\s|:)(?=[-+.\d\[])|(?<=\w)\s{1,8}(?=[-+.\d\[]|(?i:nan|inf)|tensor\(|Array\(|(?:np\.)?float\d)"
)
_NAME = re.compile(
    r"(?<![\w./])(?:[^\W\d][\w.@/'\-]{0,60}[ ]){0,4}[^\W\d][\w.@/'\-]{0,60}(?:\s?[(\[](?:[A-Za-z]{1,12}(?:[/|][A-Za-z]{1,12})?|%)[)\]])?['\"]?\s{0,8}\Z"
)
_GROUPED = re.compile(r"[-+]?[1-9]\d{0,2}(?:,\d{3})+(?!\d)")
_ONE_GROUP = re.compile(r"[-+]?[1-9]\d{0,2},\d{3}\Z")
_DECIMAL_COMMA = re.compile(r"(?<![\d,.])(?:0,\d|\d{1,9},(?:\d{1,2}|\d{4,17})(?!\d|[,.]\d))")
_PLAIN = re.compile(r"[0-9.+\-]*")
_DECIMAL_POINT = re.compile(r"\d\.\d")
_FILE = re.compile(r"\.(?:ckpt|pth?|h5|hdf5|keras|pkl|npz?|bin|onnx|safetensors|json|txt|png)\b")
_BECOMES = re.compile(r"\s{0,2}(?:-{1,3}>|=>|→)\s{0,2}[-+.\d]")
_LISTED = re.compile(r",\s{0,4}[-+.\d]")
_BOTH = re.compile(r"([A-Za-z]\w*)\s?[/|]\s?([A-Za-z]\w*)")
_SECOND = re.compile(rf"\s?[/|,]\s?({NUMBER})(\s?%)?(?![\w/])")
_UNIT = re.compile(
    r"\s?(?:s|sec|secs|seconds?|ms|us|µs|ns|min|mins|minutes?|h|hrs?|hours?|d|days?|kg|lbs?|k?W|bar|k?Pa|ml|[ckm]?m|USD|EUR|million|[KMGT]i?B|B|it|items|MB/s|Hz|k|°C)"
    r"(?:/\w{1,12})?(?![\w.])|/\s?s(?:ec)?\b|:\d\d"
)
_OF = re.compile(r"\s?/\s?(\d+)(?![\d.:])(?:\s?\(\s?" + NUMBER + r"\s?%?\s?\))?")
_EXACT_WORDS = {"nan": math.nan, "inf": math.inf, "infinity": math.inf}
_PREFIX = re.compile(
    r"\s{0,20}(?:"
    r"\[\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:[.,]\d{1,9})? [A-Za-z_][\w.\-]{1,80}\]"  # [2024-01-02 12:00:00 run7]
    r"|\[?\d{4}[-/]\d\d[-/]\d\d[T ,]{1,2}\d\d:\d\d(?::\d\d)?(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?\]?"  # 2024-01-02 12:00:00,123
    r"|\[?\d\d:\d\d:\d\d(?:[.,]\d{1,9})?\]?"  # 12:00:00
    r"|[IWED]\d{4} \d\d:\d\d:\d\d\.\d{6}\s{1,8}\d{1,9} [\w.]{1,60}:\d{1,6}\]"  # glog: I0102 12:00:00.123456 77 train.py:45]
    r"|\[?\s{0,8}(?:DEBUG|INFO|WARNING|WARN|ERROR|NOTICE)\s?\]?(?::[\w.]{1,60}:)?"  # INFO:root:
    r"|[(\[]?\s{0,20}[\w./\-]{1,60}\.py(?:[: ]\s?\d{1,6})?\s?[)\]:]?(?=\W)"  # (main.py 222):
    r"|\[line:? \d{1,6}\]"
    r"|[A-Za-z]{0,4}\d{1,7}(?= (?:DEBUG|INFO|WARN))"  # P8266 INFO
    r"|\[?(?i:rank|gpu|worker|process)[ :]?0\]?:"
    r"|[(\[](?!(?i:epoch|ep|step|iter|iteration|batch|it|round)s?:)[\w.\-]{1,40}:\d{1,6}(?:/\d{1,4})?[)\]]"  # [train:45], [host:0/2]
    r"|\[\d{1,3},0\]<std(?:out|err)>:"  # mpirun --tag-output
    r")\s{0,8}(?:[-|:]{1,3}\s{1,8})?"
)
_OTHER_RANK = re.compile(
    r"[\s\[(|]{0,8}(?:rank|gpu|worker|process|proc|default)[ :=_]{0,2}(?!0\b)\d{1,4}(?:/\d{1,4})?(?:\]|\)|:|,|\s?\|)"
    r"|\s{0,8}\[\d{1,3},(?!0\])\d{1,4}\]<std",
    re.IGNORECASE,
)
_LOGGER = re.compile(
    r"(?!(?i:train|val|test|eval|loss|epoch|step)\w{0,9}:)[A-Za-z_][\w.]{0,60}(?::\w{1,60})?(?::\d{1,6})?\s?(?:[-|:]\s)(?=\S)"
)


@dataclasses.dataclass(frozen=True, slots=True)
class Pair:
    """A name and its value as printed. A percentage's value is a fraction; ``of`` is n in ``9830/10000``.

    ``start`` is where the name begins. ``rounding`` is half a unit of the last printed digit, in units of ``value``. ``whole``: no decimal point was
    printed. ``quoted``: the name stands in quotes, as a dict's key. ``timed``: a unit of time, memory or speed follows. ``at``: where its number stands; None for ``n`` of ``m``.
    ``printed``: the name as it stands there, where ``name`` is a translation.
    """

    name: str
    value: float
    rounding: float
    percent: bool
    whole: bool
    timed: bool
    spaced: bool
    at: tuple[int, int] | None
    start: int = 0
    quoted: bool = False
    printed: str = ""


def number(token: str, percent: bool = False) -> tuple[float, float]:
    """A printed number's value, and half a unit of its last digit; a percentage's as a fraction. ``0,5`` is a half."""
    word = _EXACT_WORDS.get(token.lstrip("+-").lower())
    if word is not None:
        return (-word if token.startswith("-") else word), 0.0
    plain = token.replace(",", "") if "," not in token or _GROUPED.match(token) else token.replace(",", ".")
    mantissa, _, shown = plain.lower().partition("e")
    exponent = int(shown or 0) - (2 if percent else 0)
    decimals = len(mantissa.partition(".")[2])
    return float(f"{mantissa}e{exponent}"), 0.5 * 10.0 ** max(-300, min(300, exponent - decimals))


def numbers(tokens: Sequence[str], percent: bool = False) -> tuple[list[float], list[float]]:
    """``number`` of many tokens, in columns."""
    if not _PLAIN.fullmatch("".join(tokens)):
        known = {token: number(token, percent) for token in set(tokens)}
        return [known[token][0] for token in tokens], [known[token][1] for token in tokens]
    decimals = [len(token) - at if (at := token.find(".") + 1) else 0 for token in tokens]
    halves = {n: number(f"0.{'0' * n}", percent)[1] for n in set(decimals)}
    return [float(token + "e-2" if percent else token) for token in tokens], [halves[n] for n in decimals]


def without_prefix(text: str) -> str:
    """The line without what logging puts before it: time, level, logger, rank."""
    rest = text
    for _ in range(6):
        found = _PREFIX.match(rest)
        if found is None:
            break
        rest = rest[found.end() :]
    if rest is not text and (logger := _LOGGER.match(rest)) and not _VALUE.match(rest, logger.end()):
        rest = rest[logger.end() :]
    return rest


def of_other_rank(text: str) -> bool:
    """Whether this line says that another process than the first of several wrote it."""
    return _OTHER_RANK.match(text) is not None


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
        token = _unambiguous(value[1], text, end)
        follows = text[end : end + 1]
        if _FILE.match(text, end) or _BECOMES.match(text, end):
            continue  # model-epoch=01-val_loss=0.52.ckpt; val_loss 0.52 -> 0.48
        unit = _UNIT.match(text, end)
        timed = unit is not None
        if not token or ((follows.isalpha() or follows == "_") and not timed and not text.startswith("Epoch", end)):
            continue
        percent = value[2] is not None
        amount, rounding = number(token, percent)
        whole = token.lstrip("+-").isdecimal()
        at: tuple[int, int] | None = value.span(1)
        spaced = not text[join.start() : join.end()].strip()
        label = name[0].strip().strip("'\"")
        if whole and not percent and (of := _OF.match(text, end)) and int(of[1]) > 0:
            amount, rounding, whole, percent, end = amount / int(of[1]), 0.0, False, True, of.end()
            at = None
        elif "/" in label and (both := _BOTH.search(label)) and (second := _SECOND.match(text, end)):
            # ``train/val loss: 0.5/0.4``
            other, fine = number(second[1], second[2] is not None)
            names = [label[: both.start()] + both[i] + label[both.end() :] for i in (1, 2)]
            found.append(Pair(names[0], amount, rounding, percent, whole, timed, spaced, None, name.start()))
            found.append(Pair(names[1], other, fine, second[2] is not None, False, timed, spaced, None, name.start()))
            stop = second.end()
            continue
        quoted = name[0].rstrip()[-1:] in "'\""
        found.append(Pair(label, amount, rounding, percent, whole, timed, spaced, at, name.start(), quoted))
        stop = unit.end() if unit else end
    return found


def _unambiguous(token: str, text: str, end: int) -> str:
    """The number as ``number`` reads it right; empty where it is one of a list, or ``1,234`` may mean either."""
    if _LISTED.match(text, end) and text[: end - len(token)].rstrip()[-1:] in ("[", "("):
        return ""
    if text[end : end + 1] == "," and text[end + 1 : end + 2].isdecimal():
        return ""
    if not _ONE_GROUP.match(token):
        return token
    sign = _decimal_sign(text)
    return token if sign == "." else token.replace(",", ".") if sign == "," else ""


@functools.lru_cache(maxsize=2)  # asked again for each number of a line
def _decimal_sign(text: str) -> str:
    """What separates decimals in this line, where its numbers tell."""
    return "." if _DECIMAL_POINT.search(text) else "," if _DECIMAL_COMMA.search(text) else ""
