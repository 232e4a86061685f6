"""What a rule says of a run, as plain values: the finding, its causes, its check, and the small pictures beside it."""

from __future__ import annotations

import dataclasses
import enum
import functools


@functools.total_ordering
class Severity(enum.Enum):
    """How bad it is. ``BROKEN > PROBLEM > NOTE > GOOD``."""

    BROKEN = "broken"
    PROBLEM = "problem"
    NOTE = "note"
    GOOD = "good"

    def __lt__(self, other: Severity) -> bool:
        order = list(Severity)
        return order.index(self) > order.index(other)


@functools.total_ordering
class Certainty(enum.Enum):
    """How sure it is. ``EXACT`` (arithmetic proves it) ``> STRONG`` (statistics) ``> LIKELY`` (ranked guess)."""

    EXACT = "exact"
    STRONG = "strong"
    LIKELY = "likely"

    def __lt__(self, other: Certainty) -> bool:
        order = list(Certainty)
        return order.index(self) > order.index(other)


@dataclasses.dataclass(frozen=True)
class Cause:
    """A possible cause; ``why`` says what speaks for it in this run. Rank 1 is the likeliest."""

    text: str
    why: str = ""
    rank: int = 0


@dataclasses.dataclass(frozen=True)
class Check:
    """The cheapest look that could refute the finding; ``code`` can be copied and run."""

    text: str
    code: str = ""


@dataclasses.dataclass(frozen=True)
class Reference:
    """Where the knowledge comes from."""

    title: str
    url: str


@dataclasses.dataclass(frozen=True)
class Table:
    """A small table of evidence; ``key_row`` is the row to stress."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    key_row: int = 0


@dataclasses.dataclass(frozen=True)
class SamplesPicture:
    """Loss of each validation sample: ``losses`` sorted downwards (the worst ``marked`` first, by index)."""

    title: str
    losses: tuple[float, ...]
    marked: tuple[int, ...]
    caption: str = ""
    marked_note: str = ""


@dataclasses.dataclass(frozen=True)
class BoundsPicture:
    """Intervals (low, high) by epoch for named series, against an optional limit: what one mistake costs."""

    title: str
    series: tuple[tuple[str, tuple[tuple[float, float, float], ...]], ...]  # (split, ((epoch, low, high), ...))
    limit: float | None = None
    limit_label: str = ""
    caption: str = ""


@dataclasses.dataclass(frozen=True)
class BandPicture:
    """A curve with a band around it (sampling error of an accuracy, a forecast): ``(epoch, low, value, high)``."""

    title: str
    points: tuple[tuple[float, float, float, float], ...]
    forecast_from: float | None = None
    percent: bool = False
    caption: str = ""


Picture = SamplesPicture | BoundsPicture | BandPicture


@dataclasses.dataclass(frozen=True)
class Finding:
    """One pattern found in a run, with everything its card shows.

    ``message`` has the reader's own numbers and epochs; one ``**bold**`` claim is allowed in it. Text may hold
    `` `code` ``; nothing else is markup. ``start`` and ``stop`` are epochs: no ``start`` is the whole run, no ``stop`` up to its end. ``curves`` are
    named as ``"val:loss"``. ``why`` is two or three sentences. ``explains`` are findings this one is the cause of.
    ``rule`` and ``severity`` may be left out by a rule: they are filled in from its declaration.
    """

    title: str
    message: str
    certainty: Certainty = Certainty.STRONG
    rule: str = ""
    severity: Severity | None = None
    curves: tuple[str, ...] = ()
    start: float | None = None
    stop: float | None = None
    evidence: dict[str, float | str] = dataclasses.field(default_factory=dict)
    why: str = ""
    causes: tuple[Cause, ...] = ()
    ruled_out: tuple[str, ...] = ()
    check: Check | None = None
    fixes: tuple[str, ...] = ()
    caveat: str = ""
    references: tuple[Reference, ...] = ()
    explains: tuple[Finding, ...] = ()
    provisional: bool = False
    table: Table | None = None
    picture: Picture | None = None
    headline: str = ""
    """The run in one line if this finding leads (``Overfitting since epoch 34``); the title where empty."""
    summary: str = ""
    """The sentence that proves the headline, where the run's best and last values do not."""

    @property
    def id(self) -> str:
        """Stable name of this finding within its run: the rule, with its first epoch where it has one."""
        return self.rule if self.start is None else f"{self.rule}-{self.start:g}"


def ranked(*causes: Cause | tuple[str, str] | str | None) -> tuple[Cause, ...]:
    """Causes ranked in the order given; ``None`` (ruled out by the facts) is left out."""
    parts = [Cause(*c) if isinstance(c, tuple) else Cause(c) if isinstance(c, str) else c for c in causes if c]
    return tuple(dataclasses.replace(c, rank=i) for i, c in enumerate(parts, 1))
