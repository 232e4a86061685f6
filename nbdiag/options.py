"""The line behind ``%%diagnose`` comes in, ``Options`` and what concerns the cell go out."""

from __future__ import annotations

import argparse
import ast
import dataclasses
import io
import re
import shlex
from typing import Any, NoReturn

from nbdiag.config import VIEWS, Options
from nbdiag.errors import ConfigError
from nbdiag.facts import facts_from


@dataclasses.dataclass(frozen=True)
class CellOptions:
    """Options of one ``%%diagnose`` cell: the watch's, and the two that only a cell has."""

    watch: Options
    output: str = ""
    """Variable that takes the list of the cell's diagnoses."""
    text: bool = False
    """The body is a pasted log and is not run."""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise ConfigError(f"{message} (%%diagnose? lists the options)")


def parser() -> argparse.ArgumentParser:
    """The options of ``%%diagnose``; its help is the magic's docstring."""
    p = _Parser(prog="%%diagnose", add_help=False, allow_abbrev=False, formatter_class=argparse.RawTextHelpFormatter)
    p.add_argument("-n", "--name", default="", help="name of the run")
    p.add_argument("-o", "--output", default="", metavar="VAR", help="variable that takes the list of diagnoses")
    p.add_argument("--select", action="append", metavar="RULE,…", help="only these rules")
    p.add_argument("--ignore", action="append", metavar="RULE,…", help="all rules but these")
    p.add_argument("--facts", action="append", metavar="NAME=VALUE,…", help="what you know: n_val=128,loss=mse")
    p.add_argument("--pattern", help="regular expression with named groups, for lines no reader knows")
    p.add_argument("--text", action="store_true", help="the body is a pasted log and is not run")
    p.add_argument("--no-hooks", action="store_true", help="read the printed text only, hook no framework")
    p.add_argument("--view", default="auto", metavar="|".join(VIEWS), help="how the diagnosis is shown")
    p.add_argument(
        "--stop-on", action="append", metavar="broken|problem|RULE,…", help="end the training when this is confirmed"
    )
    p.add_argument("--report", metavar="FILE", help="write the diagnosis as HTML there, during the run and at its end")
    p.add_argument("--refresh", type=float, default=Options.refresh, metavar="SECONDS", help="time between refreshes")
    p.add_argument("-q", "--quiet", action="store_true", help="no line where no training was seen")
    return p


def parse(line: str) -> CellOptions:
    """Raises ``ConfigError`` for anything that cannot be used, before a line of the cell has run."""
    a = parser().parse_args(_words(line))
    if a.output and not a.output.isidentifier():
        raise ConfigError(f"-o needs the name of a variable, not {a.output!r}")
    facts: dict[str, Any] = {}
    for part in a.facts or ():
        facts |= parse_facts(part)
    facts_from(facts, strict=True)
    watch = Options(
        name=a.name,
        select=_names(a.select) if a.select else None,
        ignore=_names(a.ignore or []),
        facts=facts,
        pattern=a.pattern,
        hooks=not a.no_hooks,
        view=a.view,
        refresh=a.refresh,
        report=a.report,
        stop_on=_names(a.stop_on or []),
        quiet=a.quiet,
    )
    return CellOptions(watch, a.output, a.text)


def parse_facts(text: str) -> dict[str, Any]:
    """``n_val=128,loss=mse,class_counts_val=90,38`` as a mapping; a value may be a list."""
    facts: dict[str, Any] = {}
    for pair in re.split(r",(?=\s*\w+\s*=)", text):
        name, equals, value = pair.partition("=")
        if not equals or not name.strip() or not value.strip():
            raise ConfigError(f"--facts wants NAME=VALUE,…, not {pair!r}")
        facts[name.strip()] = _value(value.strip())
    return facts


def _value(text: str) -> Any:
    try:
        value = ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return {"true": True, "false": False}.get(text.lower(), text)
    return list(value) if isinstance(value, tuple) else value


def _names(lists: list[str]) -> tuple[str, ...]:
    return tuple(name for part in lists for name in re.split(r"[,\s]+", part) if name)


def _words(line: str) -> list[str]:
    """Split as a shell would, but with backslashes kept: they belong to the pattern."""
    lexer = shlex.shlex(io.StringIO(line), posix=True, punctuation_chars=False)
    lexer.whitespace_split, lexer.escape, lexer.commenters = True, "", ""
    try:
        return list(lexer)
    except ValueError:
        raise ConfigError(f"a quote is opened but not closed: {line.strip()}") from None
