"""What the reader asked for, as one checked value: keywords or a magic's options come in, ``Options`` go out."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from nbdiag.errors import ConfigError

VIEWS = ("auto", "widget", "static", "terminal", "none")

FASTEST = 0.2
"""Seconds between two refreshes at least: a browser takes about 60 to 150 messages a second and drops none."""


@dataclasses.dataclass(frozen=True)
class Options:
    """What one watch was asked to do. Raises ``ConfigError`` for a value that cannot be used."""

    name: str = ""
    """Name of the run."""
    select: tuple[str, ...] | None = None
    """Only these rules; None: all."""
    ignore: tuple[str, ...] = ()
    """All rules but these."""
    facts: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    """What is known about the run beside its curves."""
    pattern: str | None = None
    """Regular expression with named groups, for lines no reader knows."""
    hooks: bool = True
    """Whether frameworks are hooked; without, only the text is read."""
    view: str = "auto"
    """How the diagnosis is shown, one of ``VIEWS``."""
    refresh: float = FASTEST
    """Seconds between two refreshes of the view."""
    stop_on: tuple[str, ...] | str = ()
    """End the training when one of these is confirmed: ``broken``, ``problem`` (or worse), or a rule's name."""
    report: str | Path | None = None
    """File that the diagnosis is written to as HTML, during the run and at its end."""
    quiet: bool = False
    """Show only findings: no line that says that no training was seen."""

    def __post_init__(self) -> None:
        if isinstance(self.stop_on, str):
            object.__setattr__(self, "stop_on", tuple(self.stop_on.replace(",", " ").split()))
        if self.view not in VIEWS:
            raise ConfigError(f"view is one of {', '.join(VIEWS)}, not {self.view!r}")
        if not self.refresh >= FASTEST:
            raise ConfigError(f"refresh is in seconds, at least {FASTEST}, not {self.refresh!r}")
        if self.pattern is not None:
            _checked(self.pattern)


class Session:
    """What ``configure`` has set for this process."""

    every_cell: Options | None = None
    """How each cell is watched that does not ask for it; None: it is not."""


def _checked(pattern: str) -> None:
    try:
        compiled = re.compile(pattern)
    except re.error as error:
        raise ConfigError(f"the pattern {pattern!r} is no regular expression: {error}") from None
    if not compiled.groupindex:
        raise ConfigError(
            f"the pattern {pattern!r} names no group; write for instance (?P<epoch>\\d+).*?(?P<loss>[\\d.]+)"
        )
