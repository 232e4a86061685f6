"""What a rule's docstring says comes in as fields, its page goes out as text, Markdown or HTML; so does the list of all."""

from __future__ import annotations

import dataclasses
import re
import textwrap
from collections.abc import Mapping
from typing import Any

import htpy as h

from nbdiag.finding import Reference

_WIDTH = 100  # of a terminal's text: longer lines are tiring to read


@dataclasses.dataclass(frozen=True, repr=False)
class Page:
    """What a rule finds, why it matters, how it decides, what to try, where it is wrong, and its sources."""

    rule: str
    severity: str
    needs: str
    summary: str
    sections: Mapping[str, str]
    options: Mapping[str, Any]
    explains: tuple[str, ...]
    references: tuple[Reference, ...]

    @property
    def facts(self) -> str:
        """The line under the title."""
        return f"Severity: {self.severity} at most. Needs: {self.needs}."

    @property
    def merges(self) -> str:
        """What it takes in as its consequences, in words."""
        if "*" in self.explains:
            return "Every finding that begins later is its consequence, and stands in its card."
        if self.explains:
            return f"Where they meet, it takes in as its consequences: {', '.join(f'`{n}`' for n in self.explains)}."
        return ""

    def to_markdown(self, picture: str = "") -> str:
        """The page as Markdown; ``picture`` is the address of an image of a typical run."""
        parts = [f"# {self.rule}", self.summary, f"*{self.facts}*"]
        parts += [f"![A typical run: {self.rule}]({picture})"] if picture else []
        parts += [f"## {name}\n\n{text}" for name, text in self.sections.items()]
        parts += [f"## Consequences\n\n{self.merges}"] if self.merges else []
        if self.options:
            rows = [f"| `{name}` | `{default!r}` |" for name, default in self.options.items()]
            name, default = next(iter(self.options.items()))
            table = "\n".join(["| option | default |", "| --- | --- |", *rows])
            toml = f"```toml\n[tool.nbdiag.rules.{self.rule}]\n{name} = {default!r}\n```"
            parts.append(
                f"## Options\n\n{table}\n\nTo change one for a whole project, in its `pyproject.toml`:\n{toml}"
            )
        links = [f"- [{ref.title}]({ref.url})" if ref.url else f"- {ref.title}" for ref in self.references]
        parts.append("\n".join(["## References\n", *links]))
        return "\n\n".join(parts) + "\n"

    def __str__(self) -> str:
        def told(name: str, text: str) -> str:
            paragraphs = [textwrap.fill(" ".join(p.split()), _WIDTH) for p in text.split("\n\n")]
            return f"{name.upper()}\n" + "\n\n".join(paragraphs)

        parts = [f"{self.rule}\n{'=' * len(self.rule)}", textwrap.fill(self.summary, _WIDTH), self.facts]
        parts += [told(name, text) for name, text in self.sections.items()]
        parts += [told("Consequences", self.merges)] if self.merges else []
        if self.options:
            parts.append("OPTIONS\n" + "\n".join(f"{name} = {default!r}" for name, default in self.options.items()))
        parts.append("REFERENCES\n" + "\n".join(f"{ref.title} {ref.url}".strip() for ref in self.references))
        return "\n\n".join(parts) + "\n"

    def __repr__(self) -> str:
        return str(self)

    def _repr_markdown_(self) -> str:
        return self.to_markdown()

    def _repr_html_(self) -> str:
        sections = [[h.h4[name], _paragraphs(text)] for name, text in self.sections.items()]
        rows = [h.tr[h.td[h.code[name]], h.td[h.code[repr(default)]]] for name, default in self.options.items()]
        links = [
            h.li[h.a(href=r.url, target="_blank", rel="noopener noreferrer")[r.title] if _web(r.url) else r.title]
            for r in self.references
        ]
        page = h.section[
            h.h3[self.rule], _paragraphs(self.summary), h.p[h.em[self.facts]], sections,
            [h.h4["Consequences"], _paragraphs(self.merges)] if self.merges else None,
            [h.h4["Options"], h.table[h.tr[h.th["option"], h.th["default"]], rows]] if rows else None,
            h.h4["References"], h.ul[links],
        ]  # fmt: skip
        return str(page)


@dataclasses.dataclass(frozen=True, repr=False)
class Listing:
    """Pages in the order they are listed: all rules at one glance."""

    pages: tuple[Page, ...]

    def to_markdown(self, *, links: bool = False) -> str:
        """A table; with ``links`` each rule leads to the file of its page."""
        rows = [
            f"| {f'[`{p.rule}`]({p.rule}.md)' if links else f'`{p.rule}`'} | {p.severity} | {p.summary} | {p.needs} |"
            for p in self.pages
        ]
        return (
            "\n".join(["| rule | severity at most | what it says | needs |", "| --- | --- | --- | --- |", *rows]) + "\n"
        )

    def __str__(self) -> str:
        width = max((len(p.rule) for p in self.pages), default=0)
        return "\n".join(f"{p.rule:{width}}  {p.severity:7}  {p.summary}" for p in self.pages)

    def __repr__(self) -> str:
        return str(self)

    def _repr_markdown_(self) -> str:
        return self.to_markdown()

    def _repr_html_(self) -> str:
        heads = ("rule", "severity at most", "what it says", "needs")
        rows = [
            h.tr[h.td[h.code[p.rule]], h.td[p.severity], h.td[_inline(p.summary)], h.td[p.needs]] for p in self.pages
        ]
        return str(h.table[h.tr[[h.th[head] for head in heads]], rows])


def _paragraphs(text: str) -> h.Node:
    return [h.p[_inline(part)] for part in text.split("\n\n")]


def _inline(text: str) -> h.Node:
    """Text with `code` in it; all else is escaped."""
    return [h.code[part] if i % 2 else part for i, part in enumerate(re.split(r"`([^`]+)`", text))]


def _web(url: str) -> bool:
    return url.startswith(("https://", "http://"))
