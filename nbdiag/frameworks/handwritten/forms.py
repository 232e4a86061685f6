"""Hand-written lines go in, their counters and measures go out; a form of line that comes again is read by one pattern."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from nbdiag.capture.measures import Measure, measures
from nbdiag.capture.pairs import number, pairs, without_prefix
from nbdiag.capture.places import Place, place
from nbdiag.capture.rows import Rows
from nbdiag.capture.splits import Headings, leading_split

_RUN = re.compile(r"\d+")
_FREE_RUN = re.compile(r"(?<![\w@])\d+")  # a number of its own, no part of a name such as acc@5
_TYPOGRAPHY = str.maketrans(
    "\u00a0\u202f\u2009\u2007\u201c\u201d\u201e\u2018\u2019\u201a\u2212\uff1a\uff0c\uff1b\uff08\uff09\uff05\uff1d\uff5c\u3010\u3011",
    "    \"\"\"'''-:,;()%=|[]",
)
"""What editors, forums and keyboards make of plain signs, one for one, so that places in the line stay."""
_COMMA = re.compile(r"\d,\d")  # whether it groups thousands, the line's other numbers tell
_WHO = re.compile(r"rank|gpu|worker|proc|default|<std", re.IGNORECASE)  # which of several processes, its number tells
_DATED = re.compile(r"\d{2,}")  # what logging puts before a line: a time may change, rank 0 may not
_LONGEST = {"epoch": 7, "planned": 7, "step": 9, "steps": 9}  # digits of counters, as ``places`` reads them
_MOST = 40  # digits of any other number: the longest that is printed, and no dump
_NUMBER = re.compile(r"[-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?|\bnan\b|-?\binf\b")
_BEFORE_SIGN = " \t=:,([{|"
_NAMED_RUN = re.compile(r"(?<=[A-Za-z_\-])\d{1,9}(?![\w@])")
_FREE_NUMBER = re.compile(
    r"(?:(?:^|(?<=[ \t=:,(\[{|]))[-+]|(?<![\w@.:/%+\-]))\d{1,40}(?:\.\d{1,40})?(?:[eE][-+]?\d{1,4})?(?![\w.:/%\-])"
)
_WARNING = re.compile(r"[a-z]Warning: |warnings\.warn\(")  # they quote code, and code has losses and epochs
_HOLES = 100  # numbers of a line that is tried: more are no report, and a pattern for them takes long to make
_LEARN_AT = {3, 24}  # a pattern costs as much as reading some ten lines; most forms come once, and some shapes have two
_FORMS, _COUNTED = 8, 500  # more forms than that at a time cost more to try than to read anew


@dataclasses.dataclass(frozen=True, slots=True)
class Parsed:
    """What a line says on its own: where it stands, and what was measured."""

    where: Place
    found: tuple[Measure, ...]


def parse(text: str) -> Parsed:
    """The counters and measures of one line."""
    if _WARNING.search(text):
        return Parsed(Place(text, told_of=True), ())
    prefix = len(text) - len(without_prefix(text))
    where = place(text, prefix)
    if where.told_of:
        return Parsed(where, ())
    if not (found := pairs(where.rest)):
        return Parsed(where, ())
    headings = None if where.turned else Headings(text)
    return Parsed(where, tuple(measures(found, leading_split(text[prefix:]), headings)))


class Forms:
    """Parses lines, and the same form of line ten times faster from its fourth coming on."""

    def __init__(self) -> None:
        self.last: tuple[Form | None, Parsed] = (None, Parsed(Place(""), ()))
        """The form of the last line, where it is known, and what the line said."""
        self._forms: list[Form] = []
        self._seen: dict[str, int] = {}

    def parse(self, text: str) -> Parsed:
        """As ``parse`` gives it."""
        return self.known(text) or self.learn(text)

    def known(self, text: str) -> Parsed | None:
        """The same of a line whose form is known; else None."""
        for known in self._forms:
            if (tokens := known.rows.numbers(text)) is not None:
                parsed = known.filled(tokens)
                self.last = (known, parsed)
                return parsed
        return None

    def heads(self, text: str) -> bool:
        """Whether this line is of a known form that names an epoch and nothing else."""
        parsed = self.known(text)
        return parsed is not None and not parsed.found and parsed.where.epoch is not None and parsed.where.step is None

    def learn(self, text: str) -> Parsed:
        """The same of a line whose form is not known yet."""
        if not text.isascii():
            text = text.translate(_TYPOGRAPHY)
        parsed = parse(text)
        self.last = (None, parsed)
        form = None
        if self._often(_NUMBER.sub("n", text)):
            form = next((form for other in _OTHERS if (form := _form(text, parsed, other))), None)
        if self._often(_RUN.sub("0", text)) and form is None:
            form = _form(text, parsed, None)
        if form is not None:
            self._forms = [form, *self._forms[: _FORMS - 1]]
        if len(self._seen) > _COUNTED:
            self._seen.clear()
        return parsed

    def _often(self, shape: str) -> bool:
        """Whether lines of this shape come often enough to learn a form of them, or a second one."""
        self._seen[shape] = n = self._seen.get(shape, 0) + 1
        return n in _LEARN_AT


class _Other(NamedTuple):
    """What may stand for a number without a point and for another one, as patterns; ``trials`` of both, and of a name's number.

    ``named``: the numbers of names may be others, too: of files, most of all.
    """

    whole: str
    real: str
    trials: tuple[tuple[str, str, str], ...]
    named: bool = False


_WHOLE, _EITHER = "[0-9]{1,40}", r"[0-9]{1,40}(?:\.[0-9]{1,40})?(?:[eE][-+]?[0-9]{1,4})?"
_ANY = _Other(
    _EITHER,
    _EITHER,
    (("7", "7", "1"), ("-1.25", "-1.25", "2"), ("2.5e-07", "7", "5"), ("nan", "nan", "10"), ("-3", "-inf", "7000")),
)
_KIND = _Other(
    _WHOLE,
    r"[0-9]{1,40}(?:\.[0-9]{1,40}(?:[eE][-+]?[0-9]{1,4})?|[eE][-+]?[0-9]{1,4})",
    (("7", "-1.25", "1"), ("-3", "2.5e-07", "2"), ("40", "nan", "5"), ("7", "-inf", "10")),
)
_OTHERS = (_ANY._replace(named=True), _ANY, _KIND)


class _Hole(NamedTuple):
    """Where a number stands; ``name`` as in ``Form.names``, empty where it says nothing, ``#`` in a name."""

    start: int
    stop: int
    name: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class Form:
    """Lines that differ in their numbers only."""

    rows: Rows
    where: Place
    found: tuple[Measure, ...]
    names: tuple[str, ...]
    """Of its numbers: counters by their name, the measures' as ``m0``, ``m1`` …"""

    def filled(self, tokens: Sequence[str]) -> Parsed:
        """What a line with these numbers says."""
        token = dict(zip(self.names, tokens, strict=True))
        where = Place(
            "",
            float(token["epoch"]) if "epoch" in token else None,
            int(token["planned"]) if "planned" in token else None,
            int(token["step"].replace(",", "")) if "step" in token else None,
            int(token["steps"]) if "steps" in token else None,
            self.where.samples,
            doubtful=self.where.doubtful,
            alone=self.where.alone,
            ended=self.where.ended,
        )
        found = []
        for i, m in enumerate(self.found):
            value, rounding = number(token[f"m{i}"], m.unit == "%")
            found.append(Measure(m.metric, m.split, value, rounding, m.unit, m.label, m.at, m.weak))
        return Parsed(where, tuple(found))


def _form(text: str, parsed: Parsed, other: _Other | None) -> Form | None:
    """A pattern for lines that differ from this one in their numbers only; None where that cannot be said.

    Their digits are others, and with ``other`` sign, point and exponent, too, where trials show that this changes nothing else.
    """
    where, prefix = parsed.where, len(text) - len(without_prefix(text))
    if (
        where.told_of
        or where.turned
        or any(m.at is None for m in parsed.found)
        or _COMMA.search(text, prefix)
        or _WHO.search(text)
    ):
        return None
    holes = [_Hole(start, stop, name) for name, start, stop in where.at]
    holes += [_Hole(*m.at, f"m{i}") for i, m in enumerate(parsed.found) if m.at is not None]
    if other:
        taken = {place for hole in holes for place in range(hole.start, hole.stop)}
        free = [number.span() for number in _FREE_NUMBER.finditer(text, prefix)]
        holes += [_Hole(*span) for span in free if taken.isdisjoint(range(*span))]
    if other and other.named:
        runs = [_Hole(*run.span(), "#") for run in _NAMED_RUN.finditer(text, prefix)]
        if not runs:
            return None
        holes += runs
    if other and len(holes) > _HOLES:
        return None
    holes.sort()
    if any(a.stop > b.start for a, b in pairwise(holes)) or (other and not _stands(text, parsed, holes, other)):
        return None
    parts, last = [_pattern(text[:prefix], _DATED, None)], prefix
    for start, stop, name in holes:
        token = text[start:stop]
        parts[-1] += _pattern(text[last:start], _FREE_RUN, _MOST)
        if name == "#":
            parts[-1] += "[0-9]{1,9}"
        elif other and name not in _LONGEST:
            number = other.whole if _is_whole(token) else other.real
            if name:
                parts += [f"(?:[-+]?{number}|nan|-?inf)" if number is not _WHOLE else f"[-+]?{number}", ""]
            else:
                parts[-1] += f"[-+]?{number}" if _signed(text, start) else number
        else:
            parts += [_pattern(token, _RUN, None if "," in token else _LONGEST.get(name, _MOST)), ""]
        last = stop
    parts[-1] += _pattern(text[last:], _FREE_RUN, _MOST)
    return Form(Rows(parts), where, parsed.found, tuple(name for _, _, name in holes if name not in ("", "#")))


def _stands(text: str, parsed: Parsed, holes: Sequence[_Hole], other: _Other) -> bool:
    """Whether the line says the same of such numbers."""
    for whole, real, named in other.trials:
        trial, at = _with(text, holes, whole, real, named)
        said = parse(trial)
        if dataclasses.replace(said.where, rest="", at=()) != dataclasses.replace(parsed.where, rest="", at=()):
            return False
        expected = []
        for i, m in enumerate(parsed.found):
            start, stop = at[f"m{i}"]
            value, rounding = number(trial[start:stop], m.unit == "%")
            expected.append(dataclasses.replace(m, value=value, rounding=rounding, at=(start, stop)))
        if repr(said.found) != repr(tuple(expected)):  # NaN is not the same as itself
            return False
    return True


def _with(
    text: str, holes: Sequence[_Hole], whole: str, real: str, named: str
) -> tuple[str, dict[str, tuple[int, int]]]:
    """The line with these numbers in place of all but its counters, and where the measures stand in it."""
    out, at, last = "", {}, 0
    for start, stop, name in holes:
        shown = token = text[start:stop]
        if name == "#":
            shown = named
        elif name not in _LONGEST:
            shown = whole if _is_whole(token) else real
        if not name:
            shown = shown if _signed(text, start) else shown.lstrip("-")
            shown = shown if shown[-1].isdecimal() else "0.5"  # where a word may be part of a name, none is let in
        out += text[last:start]
        at[name] = len(out), len(out) + len(shown)
        out += shown
        last = stop
    return out + text[last:], at


def _is_whole(token: str) -> bool:
    return token.lstrip("+-").isdecimal()


def _signed(text: str, start: int) -> bool:
    """Whether a number that begins here may have a sign."""
    return start == 0 or text[start] in "+-" or text[start - 1] in _BEFORE_SIGN


def _pattern(text: str, numbers: re.Pattern[str], most: int | None) -> str:
    """A pattern for this text; these ``numbers`` in it may be others of at most so many digits, or of as many."""
    out, last = [], 0
    for run in numbers.finditer(text):
        digits = f"1,{most}" if most else len(run[0])
        out += [re.escape(text[last : run.start()]), f"[0-9]{{{digits}}}"]
        last = run.end()
    return "".join([*out, re.escape(text[last:])])
