"""The contract of a rule: a generator function goes in, a named ``Rule`` with a page and options comes out."""

from __future__ import annotations

import dataclasses
import functools
import inspect
from collections.abc import Callable, Iterator
from typing import Any

from nbdiag.finding import Finding, Severity
from nbdiag.run import Run

RuleFunction = Callable[..., Iterator[Finding]]


@dataclasses.dataclass(frozen=True)
class Rule:
    """One pattern to look for.

    ``function`` is a pure generator ``(run, *, option=default, ...) → findings``; its docstring is the rule's page,
    its keyword-only arguments are the options. ``severity`` is the worst a finding of it may have. ``explains`` names
    the rules whose findings are consequences of this one (``"*"``: all); where their spans meet, they are merged
    under it. ``needs`` says in words what must be known for it to speak.
    """

    name: str
    severity: Severity
    function: RuleFunction
    explains: tuple[str, ...] = ()
    needs: str = "the curves"

    def __call__(self, run: Run, **options: Any) -> list[Finding]:
        """The findings of this rule in ``run``; never more severe than declared."""
        found = []
        for f in self.function(run, **options):
            if not isinstance(f, Finding):
                raise TypeError(f"a rule yields findings, not {type(f).__name__}")
            severity = self.severity if f.severity is None else min(f.severity, self.severity)
            found.append(dataclasses.replace(f, rule=self.name, severity=severity))
        return found

    @functools.cached_property
    def options(self) -> dict[str, Any]:
        """Names and defaults of the options."""
        parameters = inspect.signature(self.function).parameters.values()
        return {p.name: p.default for p in parameters if p.kind is p.KEYWORD_ONLY}

    @property
    def page(self) -> str:
        """The docstring, dedented."""
        return inspect.getdoc(self.function) or ""


def rule(
    *, severity: Severity, explains: tuple[str, ...] = (), needs: str = "the curves", name: str | None = None
) -> Callable[[RuleFunction], Rule]:
    """Make a rule of a generator function. Its name is the function's, in kebab-case: the pattern it finds."""

    def make(function: RuleFunction) -> Rule:
        return Rule(name or function.__name__.replace("_", "-"), severity, function, explains, needs)

    return make
