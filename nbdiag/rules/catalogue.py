"""Rules go in, their pages come out: one rule explained from its docstring, all rules listed, the nearest name found."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable

from nbdiag.errors import UnknownRule
from nbdiag.finding import Reference, Severity
from nbdiag.rules import known, references
from nbdiag.rules.base import Rule
from nbdiag.rules.pages import Listing, Page

HEADINGS = ("What it finds", "Why it matters", "How it decides", "What to try", "Known limits", "References")
"""Of a rule's docstring, in this order. Above them stands one sentence, below the last one its sources."""

_SOURCES = {ref.title: ref for ref in vars(references).values() if isinstance(ref, Reference)}
_LINK = re.compile(r"(?P<title>.*?)\s*<?(?P<url>https?://[^\s>]+)>?")


def page(rule: Rule) -> Page:
    """The page of one rule, from its docstring and its signature."""
    summary, *rest = re.split(r"^## (.+)$", rule.page, flags=re.MULTILINE)
    sections = {name.strip(): text.strip() for name, text in zip(rest[::2], rest[1::2], strict=True)}
    sources = " ".join(sections.pop("References", "").split()).rstrip(".")
    return Page(
        rule=rule.name,
        severity=rule.severity.value,
        needs=rule.needs,
        summary=" ".join(summary.split()),
        sections=sections,
        options=rule.options,
        explains=rule.explains,
        references=tuple(_source(text) for text in re.split(r";\s+", sources) if text),
    )


def named(name: str) -> Rule:
    """The rule of this name. Raises ``UnknownRule`` that names the nearest."""
    wanted = name.replace("_", "-").strip()
    found = known().get(wanted)
    if found is None:
        raise unknown(name)
    return found


def unknown(name: str) -> UnknownRule:
    """The error for a name that no rule has."""
    near = difflib.get_close_matches(name, known(), n=1)
    return UnknownRule(f"no rule is called {name!r}" + (f"; did you mean {near[0]!r}?" if near else ""))


def listing(among: Iterable[Rule]) -> Listing:
    """The pages of these rules, worst first."""
    order = sorted(Severity, reverse=True)
    return Listing(tuple(sorted(map(page, among), key=lambda p: (order.index(Severity(p.severity)), p.rule))))


def _source(text: str) -> Reference:
    """A source by the title that ``references`` has, or as ``Title <https://…>``."""
    if text in _SOURCES:
        return _SOURCES[text]
    found = _LINK.fullmatch(text)
    return Reference(found["title"] or found["url"], found["url"]) if found else Reference(text, "")
