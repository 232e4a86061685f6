"""Findings go in; the same findings, consequences merged under their causes and the most important first, go out."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence

from nbdiag.finding import Certainty, Finding, Severity
from nbdiag.rules.base import Rule

ALL_IS_WELL = frozenset({"converged"})
"""Findings that speak of the whole run: beside a problem they would contradict it."""


def merge(findings: Sequence[Finding], rules: Iterable[Rule]) -> list[Finding]:
    """Put every finding under the first that explains it, where their spans meet.

    ``rules`` stand causes first: of two rules that explain each other the earlier one wins. What a merged finding
    explains itself moves up with it, so a cause carries all its consequences in one list.
    """
    order = {rule.name: i for i, rule in enumerate(rules)}
    explains = {rule.name: rule.explains for rule in rules}
    ranked = sorted(findings, key=lambda f: (order.get(f.rule, len(order)), _begin(f)))
    parent: dict[int, int] = {}
    for i, cause in enumerate(ranked):
        for j, consequence in enumerate(ranked):
            names = explains.get(cause.rule, ())
            if i == j or j in parent or not ("*" in names or consequence.rule in names):
                continue
            if cause.rule != consequence.rule and _meet(cause, consequence, "*" in names) and _root(parent, i) != j:
                parent[j] = i
    under: dict[int, list[Finding]] = {}
    for j in parent:
        under.setdefault(_root(parent, j), []).append(ranked[j])
    return [
        dataclasses.replace(f, explains=(*f.explains, *sort(under[i]))) if i in under else f
        for i, f in enumerate(ranked)
        if i not in parent
    ]


def sort(findings: Iterable[Finding]) -> list[Finding]:
    """Most important first: worse, then surer, then what explains more, then what began earlier."""
    return sorted(findings, key=_importance)


def without_contradictions(findings: Sequence[Finding]) -> list[Finding]:
    """Leave out "all is well" beside a problem."""
    if not any(f.severity in (Severity.BROKEN, Severity.PROBLEM) for f in findings):
        return list(findings)
    return [f for f in findings if f.rule not in ALL_IS_WELL]


def _importance(f: Finding) -> tuple[int, int, int, float]:
    severities, certainties = list(Severity), list(Certainty)
    severity = severities.index(f.severity or Severity.NOTE)
    # Among notes and good news the good news comes first: a healthy run opens with it.
    severity = {Severity.NOTE: 3, Severity.GOOD: 2}.get(severities[severity], severity)
    return severity, certainties.index(f.certainty), -len(f.explains), _begin(f)


def _root(parent: dict[int, int], i: int) -> int:
    while i in parent:
        i = parent[i]
    return i


def _begin(f: Finding) -> float:
    return float("-inf") if f.start is None else f.start


def _meet(cause: Finding, consequence: Finding, everything: bool) -> bool:
    """Whether the two share an epoch. What explains everything explains only what did not begin before it."""
    end = float("inf") if cause.stop is None else cause.stop
    stop = float("inf") if consequence.stop is None else consequence.stop
    if everything and consequence.start is not None and _begin(consequence) < _begin(cause):
        return False
    return _begin(cause) <= stop and _begin(consequence) <= end
