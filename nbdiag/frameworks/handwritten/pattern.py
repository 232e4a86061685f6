"""A reader from the user's own pattern: a regular expression with named groups goes in, a reader of its lines goes out."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from nbdiag.capture.lines import Line
from nbdiag.capture.pairs import NUMBER, number
from nbdiag.errors import ConfigError
from nbdiag.events import Begin, Event, Record
from nbdiag.metrics import identify

_LONGEST = 10_000  # the user's pattern may backtrack: lines this long are no reports
_VALUE = re.compile(rf"\s*({NUMBER})\s*(%?)")


def pattern_reader(pattern: str) -> Callable[[], PatternReader]:
    """What makes a fresh reader of this pattern. Raises ``ConfigError`` where it cannot be used."""
    try:
        compiled = re.compile(pattern)
    except re.error as error:
        raise ConfigError(f"--pattern {pattern!r} is no regular expression: {error}") from None
    names = set(compiled.groupindex)
    if not names - {"epoch", "step"}:
        raise ConfigError(
            f"--pattern {pattern!r} names no metric; write groups such as (?P<epoch>\\d+) and (?P<val_loss>\\S+)"
        )
    return lambda: PatternReader(compiled)


class PatternReader:
    """Reads the lines in which the pattern is found; without an epoch or step the lines are counted."""

    def __init__(self, pattern: re.Pattern[str]) -> None:
        self._pattern = pattern
        self._metrics = [name for name in pattern.groupindex if name not in ("epoch", "step")]
        self._seen: float | None = None
        self._offset = 0
        self._lines = 0

    def read(self, line: Line) -> Iterable[Event] | None:
        """Events of this line; ``None`` where the pattern is not found."""
        found = self._pattern.search(line.text[:_LONGEST])
        return list(self._events(found, line.time)) if found and line.final else None

    def close(self) -> Iterable[Event]:
        """Nothing is held back."""
        return ()

    def _events(self, found: re.Match[str], time: float | None) -> Iterator[Event]:
        groups = found.groupdict()
        epoch, step = _value(groups.get("epoch")), _value(groups.get("step"))
        values = {name: value for name in self._metrics if (value := _value(groups[name])) is not None}
        if not values:
            return
        if epoch is None and step is None:
            self._lines += 1
            epoch = (float(self._lines), 0.0, False)
        counter = epoch[0] if epoch else step[0] if step else 0.0
        if self._seen is None or counter < self._seen:
            self._offset = 1 if epoch and epoch[0] == 0 else 0
            yield Begin("pattern")
        self._seen = counter
        for name, (amount, rounding, percent) in values.items():
            named = identify(name)
            yield Record(
                named.metric,
                named.split or "train",
                amount,
                epoch[0] + self._offset if epoch else None,
                int(step[0]) if step else None,
                name,
                "%" if percent else "",
                rounding,
                time,
            )


def _value(token: str | None) -> tuple[float, float, bool] | None:
    """The value, its rounding and whether it is a percentage."""
    found = _VALUE.match(token or "")
    if found is None:
        return None
    return (*number(found[1], bool(found[2])), bool(found[2]))
