"""The name of a rule comes in, its page goes out."""

from __future__ import annotations

import dataclasses
import difflib
from typing import Any

from nbdiag.errors import UnknownRule
from nbdiag.rules import RULES
from nbdiag.rules.base import Rule


@dataclasses.dataclass(frozen=True)
class Page:
    """What a rule finds, why it matters, how it decides, what to try: its docstring, with its options."""

    rule: str
    severity: str
    text: str
    options: dict[str, Any]

    def __str__(self) -> str:
        options = "".join(f"\n    {name} = {value!r}" for name, value in self.options.items())
        return f"{self.rule} ({self.severity})\n\n{self.text}" + (f"\n\nOptions{options}" if options else "")

    def _repr_markdown_(self) -> str:
        options = "".join(f"\n- `{name} = {value!r}`" for name, value in self.options.items())
        return f"### {self.rule}\n\n*{self.severity}*\n\n{self.text}" + (
            f"\n\n**Options**\n{options}" if options else ""
        )


def named(name: str) -> Rule:
    """The rule of this name. Raises ``UnknownRule`` with the nearest."""
    known = {rule.name: rule for rule in RULES}
    if name in known:
        return known[name]
    near = difflib.get_close_matches(name, known, n=1)
    raise UnknownRule(f"no rule is called {name!r}" + (f"; did you mean {near[0]!r}?" if near else ""))


def page(rule: Rule) -> Page:
    """The page of a rule."""
    return Page(rule.name, rule.severity.value, rule.page, rule.options)
