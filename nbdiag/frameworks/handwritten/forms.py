"""Hand-written lines go in, their counters and measures go out; a form of line that comes again is read by one pattern."""

from __future__ import annotations

import collections
import dataclasses
import re
from collections.abc import Sequence

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
_WARNING = re.compile(r"[a-z]Warning: |warnings\.warn\(")  # they quote code, and code has losses and epochs
_LEARN_AT = 3  # a pattern costs as much as reading some twenty lines; most forms come once
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
        self._seen: collections.Counter[str] = collections.Counter()

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
        shape = _RUN.sub("0", text)
        self._seen[shape] += 1
        if self._seen[shape] == _LEARN_AT and (form := _form(text, parsed)) is not None:
            self._forms = [form, *self._forms[: _FORMS - 1]]
        if len(self._seen) > _COUNTED:
            self._seen.clear()
        return parsed


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


def _form(text: str, parsed: Parsed) -> Form | None:
    """A pattern for lines that differ from this one in their numbers only; None where that cannot be said."""
    where, prefix = parsed.where, len(text) - len(without_prefix(text))
    if (
        where.told_of
        or where.turned
        or any(m.at is None for m in parsed.found)
        or _COMMA.search(text, prefix)
        or _WHO.search(text)
    ):
        return None
    spans = [(start, stop, name) for name, start, stop in where.at]
    spans += [(*m.at, f"m{i}") for i, m in enumerate(parsed.found) if m.at is not None]
    spans.sort()
    parts, last = [_pattern(text[:prefix], _DATED, None)], prefix
    for start, stop, name in spans:
        if start < last:
            return None
        token = text[start:stop]
        parts[-1] += _pattern(text[last:start], _FREE_RUN, _MOST)
        parts += [_pattern(token, _RUN, None if "," in token else _LONGEST.get(name, _MOST)), ""]
        last = stop
    parts[-1] += _pattern(text[last:], _FREE_RUN, _MOST)
    return Form(Rows(parts), where, parsed.found, tuple(name for _, _, name in spans))


def _pattern(text: str, numbers: re.Pattern[str], most: int | None) -> str:
    """A pattern for this text; these ``numbers`` in it may be others of at most so many digits, or of as many."""
    out, last = [], 0
    for run in numbers.finditer(text):
        digits = f"1,{most}" if most else len(run[0])
        out += [re.escape(text[last : run.start()]), f"[0-9]{{{digits}}}"]
        last = run.end()
    return "".join([*out, re.escape(text[last:])])
