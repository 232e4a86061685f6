"""Rules go in, their pages come out: one rule explained, all rules listed, Markdown for the documentation."""

from __future__ import annotations

import dataclasses
import difflib
import html
import re
from collections.abc import Mapping
from typing import Any

from nbdiag import rules
from nbdiag.errors import UnknownRule
from nbdiag.rules.base import Rule

HEADINGS = (
    "What it finds",
    "Why it matters",
    "How it decides",
    "What to try",
    "Known limits",
    "References",
)


@dataclasses.dataclass(frozen=True)
class Page:
    """What a rule finds, why it matters, how it decides and what to try."""

    rule: str
    severity: str
    needs: str
    summary: str
    sections: Mapping[str, str]
    options: Mapping[str, Any]
    explains: tuple[str, ...]

    def to_markdown(self) -> str:
        """The page as Markdown."""
        parts = [f"# {self.rule}", self.summary, f"*Severity: {self.severity} at most. Needs: {self.needs}.*"]
        parts += [f"## {name}\n\n{text}" for name, text in self.sections.items()]
        if self.options:
            rows = [f"| `{name}` | `{default!r}` |" for name, default in self.options.items()]
            parts.append("\n".join(["## Options\n", "| option | default |", "| --- | --- |", *rows]))
        if self.explains:
            names = (
                "every finding that begins later"
                if "*" in self.explains
                else ", ".join(f"`{n}`" for n in self.explains)
            )
            parts.append(f"## Explains\n\n{names}")
        return "\n\n".join(parts) + "\n"

    def __str__(self) -> str:
        return self.to_markdown()

    def _repr_markdown_(self) -> str:
        return self.to_markdown()

    def _repr_html_(self) -> str:
        rows = "".join(f"<h4>{html.escape(name)}</h4><p>{_inline(text)}</p>" for name, text in self.sections.items())
        return f"<h3>{html.escape(self.rule)}</h3><p>{_inline(self.summary)}</p>{rows}"

    def __repr__(self) -> str:
        return self.to_markdown()


def page(rule: Rule) -> Page:
    """The page of one rule, from its docstring."""
    summary, *rest = re.split(r"^## (.+)$", rule.page, flags=re.MULTILINE)
    sections = {name.strip(): text.strip() for name, text in zip(rest[::2], rest[1::2], strict=True)}
    return Page(rule.name, rule.severity.value, rule.needs, summary.strip(), sections, rule.options, rule.explains)


def named(name: str) -> Rule:
    """The rule of this name. Raises ``UnknownRule`` that names the nearest."""
    known = {rule.name: rule for rule in rules.RULES}
    wanted = name.replace("_", "-").strip()
    if wanted not in known:
        raise unknown(name)
    return known[wanted]


def unknown(name: str) -> UnknownRule:
    """The error for a name that no rule has."""
    near = difflib.get_close_matches(name, [rule.name for rule in rules.RULES], n=1)
    return UnknownRule(f"no rule is called {name!r}" + (f"; did you mean {near[0]!r}?" if near else ""))


def listing() -> str:
    """All rules with the first sentence of their pages, as a Markdown table, worst first."""
    order = ["broken", "problem", "note", "good"]
    pages = sorted((page(rule) for rule in rules.RULES), key=lambda p: (order.index(p.severity), p.rule))
    rows = [f"| [`{p.rule}`]({p.rule}.md) | {p.severity} | {p.summary.splitlines()[0]} |" for p in pages]
    return "\n".join(["| rule | severity at most | what it finds |", "| --- | --- | --- |", *rows]) + "\n"


def _inline(text: str) -> str:
    """Escaped text with `code` and paragraphs kept."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", html.escape(text)).replace("\n\n", "</p><p>")
