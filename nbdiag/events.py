"""What happens during a watched block, as plain values: what hooks and readers say goes in, the collector takes it out."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Literal

from nbdiag.facts import Facts
from nbdiag.samples import SampleLosses

Status = Literal["running", "finished", "interrupted", "failed", "stopped"]


@dataclasses.dataclass(frozen=True, slots=True)
class Record:
    """One measured value with its place.

    ``metric`` is canonical and ``split`` its data (see ``metrics.identify``); ``epoch`` counts from 1 and may be
    fractional; ``step`` is the number the source shows. A record without a step is an epoch's value.
    ``value`` of a percentage is a fraction, ``unit`` is then ``"%"``; ``label`` is the name as shown.
    ``rounding`` is half a unit of the last printed digit, in units of ``value``; 0 for full precision.
    ``time`` is in seconds since the watch began.
    """

    metric: str
    split: str
    value: float
    epoch: float | None = None
    step: int | None = None
    label: str = ""
    unit: str = ""
    rounding: float = 0.0
    time: float | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Steps:
    """Values of one metric at many places, as columns in the order of their places; an epoch not known is NaN.

    For loops of thousands of steps a second: each as a ``Record`` would cost several times as much. Without ``steps``
    they are epochs' values, without ``rounding`` at full precision.
    """

    metric: str
    split: str
    values: Sequence[float]
    epochs: Sequence[float]
    steps: Sequence[int]
    label: str = ""
    unit: str = ""
    rounding: Sequence[float] = ()


@dataclasses.dataclass(frozen=True, slots=True)
class Begin:
    """A run starts. ``exact`` is true when a hook reports it: the text's copy of its values is then not counted.

    ``continues``: it is none of its own, the run that a hook reported last goes on. ``complete`` is false where what is
    traced beneath it tells more.
    """

    framework: str
    name: str = ""
    facts: Facts = Facts()  # noqa: RUF009 - frozen, no state shared
    exact: bool = False
    continues: bool = False
    complete: bool = True


@dataclasses.dataclass(frozen=True, slots=True)
class Learned:
    """Something became known about the current run beside its curves."""

    facts: Facts


@dataclasses.dataclass(frozen=True, slots=True)
class Sampled:
    """Per-sample validation losses of the current run were measured."""

    samples: SampleLosses


@dataclasses.dataclass(frozen=True, slots=True)
class Reached:
    """The current run got as far as this epoch and step (no value): drives the progress shown."""

    epoch: float | None = None
    step: int | None = None
    steps: int | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class End:
    """The current run ended."""

    status: Status = "finished"


@dataclasses.dataclass(frozen=True, slots=True)
class Trouble:
    """Something of ours failed beside the training, which goes on. ``where`` names it in a reader's words."""

    where: str
    error: BaseException


@dataclasses.dataclass(frozen=True, slots=True)
class Traced:
    """What a hook saw of the mathematics beneath a loop it knows nothing else of, in order, several at once.

    ``by`` and ``run`` tell its runs apart. Text and other hooks know the loop better: where they report the same training, this
    only completes it, and nothing is counted twice.
    """

    run: int
    events: tuple[Event, ...]
    by: str = "torch"


@dataclasses.dataclass(frozen=True, slots=True)
class Shown:
    """What a progress bar was told to show, as a line at full precision. The text of bars is then no longer read.

    Without ``text`` this only says that lines of bars follow.
    """

    text: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class Displayed:
    """What a notebook shows beside its streams, as HTML or as text; neither where it was only cleared.

    ``again``: in the place of what was shown before, which it may repeat.
    """

    html: str = ""
    text: str = ""
    again: bool = False


Event = Record | Steps | Begin | Learned | Sampled | Reached | End | Trouble | Traced | Shown | Displayed
