"""A run goes in, findings come out: the rules, one file per family. ``RULES`` lists them all, causes before consequences."""

from __future__ import annotations

from nbdiag.rules.base import Rule

RULES: tuple[Rule, ...] = ()
