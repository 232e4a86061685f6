"""What happened in a training comes in, in order, some of it still on the device; events go out in that same order."""

from __future__ import annotations

import dataclasses
import math
from collections import deque
from collections.abc import Iterable, Sequence

from nbdiag.events import Event, Reached, Record, Steps, Traced
from nbdiag.frameworks.base import Emit
from nbdiag.frameworks.torch.passes import Measured
from nbdiag.frameworks.torch.scalars import Scalars, Slot

DENSE = 20_000
"""Steps told one by one, some ten for each pixel of a wide chart; after that every second, every fourth, …"""


Loss = float | Slot | list[float | Slot]
"""A step's loss, or its losses: one for each micro-batch."""


@dataclasses.dataclass(slots=True)
class Stepped:
    """Steps of an optimizer, one after the other, as columns; an epoch not known is NaN."""

    losses: Sequence[Loss]
    metric: str
    epochs: list[float]
    first: int
    """The first one's number."""
    weights: list[float]
    measured: Measured | None
    scale: float = 1.0
    """By this the losses are means: of fewer micro-batches than usual, as at an epoch's end, each was divided by too many."""


@dataclasses.dataclass(slots=True)
class Norm:
    """The norm of the gradient a step used; with a ``scaled`` loss an infinite one only means that the step was skipped."""

    value: float | Slot
    metric: str
    epoch: float | None
    step: int
    scaled: bool


@dataclasses.dataclass(slots=True)
class Batch:
    """A batch looked at: its mean loss (None: not to be counted), and how many of its predictions were right."""

    measured: Measured
    loss: float | Slot | None
    weight: float
    correct: float | Slot | None = None
    predicted: float | Slot | None = None


@dataclasses.dataclass(slots=True)
class PassEnd:
    """An iteration is over: what was summed in it becomes an epoch's values."""

    measured: Measured
    split: str
    epoch: float
    batches: int | None = 0
    """How many batches the pass had: accuracy is told when nine of ten were judged, for a sample would add noise;
    None where it is not told."""


Entry = Stepped | Norm | Batch | PassEnd | Event
_Columns = tuple[list[float], list[float], list[int]]
_NAN = float("nan")


class Journal:
    """The entries of one run that are not told yet."""

    def __init__(self, emit: Emit, scalars: Scalars) -> None:
        self.entries: deque[Entry] = deque()
        self._emit, self._scalars = emit, scalars
        self._every, self._told, self._broken = 1, 0, False

    def tell(self, run: int, wait: bool = False) -> None:
        """Emit all entries whose values are here; with ``wait`` every one."""
        self._scalars.fetch(wait)
        told: list[Event] = []
        steps: dict[str, _Columns] = {}
        while self.entries and _here(self.entries[0]):
            entry = self.entries.popleft()
            if isinstance(entry, Stepped):
                self._step(entry, steps)
            elif isinstance(entry, Batch):
                _batch(entry)
            else:
                told.extend(_flushed(steps))
                told.extend(_events(entry))
        told.extend(_flushed(steps))
        if told:
            self._emit(Traced(run, tuple(told)))

    def without_epochs(self) -> None:
        """The iterations were no epochs: take that back where it is not told yet."""
        for i, entry in enumerate(self.entries):
            if isinstance(entry, Stepped):
                entry.epochs = [_NAN] * len(entry.epochs)
            elif isinstance(entry, Norm):
                entry.epoch = None
            elif isinstance(entry, (Record, Reached)):
                self.entries[i] = dataclasses.replace(entry, epoch=None)

    def _step(self, entry: Stepped, steps: dict[str, _Columns]) -> None:
        losses = [_loss(loss) for loss in entry.losses]
        if entry.measured is not None:
            entry.measured.add(losses if entry.scale == 1 else [v * entry.scale for v in losses], entry.weights)
        columns = steps.get(entry.metric)
        if columns is None:
            columns = steps[entry.metric] = ([], [], [])
        numbers = range(entry.first, entry.first + len(losses))
        whole = (
            self._every == 1 and not self._broken and self._told + len(losses) < DENSE and math.isfinite(sum(losses))
        )
        if whole:
            self._told += len(losses)
            columns[0].extend(losses)
            columns[1].extend(entry.epochs)
            columns[2].extend(numbers)
            return
        for i, step in enumerate(numbers):
            if self._keeps(step, losses[i]):
                columns[0].append(losses[i])
                columns[1].append(entry.epochs[i])
                columns[2].append(step)

    def _keeps(self, step: int, loss: float) -> bool:
        broken = not math.isfinite(loss)
        if step % self._every and broken == self._broken:
            return False
        self._broken = broken  # the step that breaks a training is never left out
        self._told += 1
        if self._told >= DENSE:
            self._every, self._told = self._every * 2, DENSE // 2
        return True


def _flushed(steps: dict[str, _Columns]) -> list[Event]:
    told: list[Event] = [Steps(metric, "train", *columns) for metric, columns in steps.items()]
    steps.clear()
    return told


def _value(value: float | Slot) -> float:
    """The number; None as long as it is on the device."""
    return value.value if isinstance(value, Slot) else value  # type: ignore[return-value]


def _loss(loss: Loss) -> float:
    return sum(map(_value, loss)) if isinstance(loss, list) else _value(loss)


def _here(entry: Entry) -> bool:
    if isinstance(entry, Stepped):
        return set(map(type, entry.losses)) == {float} or all(map(_known, entry.losses))
    if isinstance(entry, Norm):
        return _known(entry.value)
    return not isinstance(entry, Batch) or all(map(_known, (entry.loss, entry.correct, entry.predicted)))


def _known(value: Loss | None) -> bool:
    """Whether it has been fetched from its device, if it was there."""
    if isinstance(value, list):
        return all(map(_known, value))
    return not isinstance(value, Slot) or value.value is not None


def _batch(entry: Batch) -> None:
    if entry.loss is not None:
        entry.measured.add((_value(entry.loss),), (entry.weight,))
    if entry.correct is not None and entry.predicted is not None:
        entry.measured.judge(_value(entry.correct), _value(entry.predicted))


def _events(entry: Norm | PassEnd | Event) -> Iterable[Event]:
    if isinstance(entry, PassEnd):
        return _pass_end(entry)
    if not isinstance(entry, Norm):
        return (entry,)
    value = _value(entry.value)
    if entry.scaled and not math.isfinite(value):
        return ()
    return (Record(entry.metric, "train", value, entry.epoch, entry.step, label="grad_norm"),)


def _pass_end(entry: PassEnd) -> Iterable[Event]:
    sums = entry.measured
    if sums.weight:
        yield Record("loss", entry.split, sums.loss / sums.weight, entry.epoch, label="loss")
    if sums.predicted and entry.batches is not None and sums.batches >= 0.9 * entry.batches:
        yield Record("accuracy", entry.split, sums.correct / sums.predicted, entry.epoch, label="accuracy")
