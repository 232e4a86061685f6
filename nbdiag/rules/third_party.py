"""The names that are taken come in, rules that installed packages bring to the entry-point group ``nbdiag.rules`` go out."""

from __future__ import annotations

import re

from nbdiag import plugins
from nbdiag.rules.base import Rule

GROUP = "nbdiag.rules"
_KEBAB = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def offered(taken: frozenset[str]) -> list[Rule]:
    """Rules of other packages. A name that is no pattern's or that another rule has is a failure of its plugin."""
    rules: dict[str, Rule] = {}
    for plugin, rule in plugins.offered(GROUP, Rule, "a rule (a generator function marked with @nbdiag.rule)"):
        if not _KEBAB.fullmatch(rule.name):
            plugins.failed(plugin, f"the rule's name {rule.name!r} is not kebab-case")
        elif rule.name in taken or rule.name in rules:
            plugins.failed(plugin, f"there is a rule called {rule.name!r} already")
        else:
            rules[rule.name] = rule
    return list(rules.values())
