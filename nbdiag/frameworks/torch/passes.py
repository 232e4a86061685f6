"""DataLoaders whose iteration begins come in; whose batches are at work, and which are over, goes out."""

from __future__ import annotations

import functools
import operator
import weakref
from collections.abc import Callable, Iterable, Sequence
from typing import Any

MOST = 200_000
"""Indices of two samplers that are compared, in some 5 ms, once for each pass; of more it is not known how they differ."""


class Identity:
    """Tells whether it is the same loader or data set again, without keeping a loader alive."""

    def __init__(self, loader: Any, size: tuple[int | None, int | None]) -> None:
        self.loader, self.dataset = _reference(loader), _reference(getattr(loader, "dataset", None))
        self.size = size
        sampler = _sampler(loader)
        self._compared: tuple[Identity, bool] | None = None
        self._indices = sampler.indices if type(sampler).__name__ == "SubsetRandomSampler" else None

    def same(self, other: Identity) -> bool:
        """Same loader object, or another one over the same samples; where one is gone, one of the same size."""
        if _one(self.loader, other.loader):
            return True
        if _one(self.dataset, other.dataset):
            if self._compared is None or self._compared[0] is not other:
                self._compared = other, not self._apart(other)
            return self._compared[1]
        return (self.gone or other.gone) and self.size == other.size

    @property
    def gone(self) -> bool:
        """Whether nobody can pass over it again."""
        return self.loader() is None and self.dataset() is None

    def _apart(self, other: Identity) -> bool:
        """Both choose from one data set, and no sample twice: the usual split into training and validation."""
        if self._indices is None or other._indices is None or len(self._indices) + len(other._indices) > MOST:
            return False
        return other._chosen.isdisjoint(_numbers(self._indices))

    @functools.cached_property
    def _chosen(self) -> frozenset[int]:
        return frozenset(_numbers(self._indices))


def _numbers(indices: Any) -> Iterable[int]:
    """An array's or a tensor's numbers: its own elements are no equals of each other."""
    numbers: Iterable[int] = indices.tolist() if hasattr(indices, "tolist") else indices
    return numbers


def _reference(thing: Any) -> Any:
    try:
        return weakref.ref(thing)
    except TypeError:  # a list or dict as data set: kept, so that no other can take its place in memory
        return lambda: thing


def _one(a: Any, b: Any) -> bool:
    return a() is not None and a() is b()


class Measured:
    """Sums over the batches of one pass."""

    __slots__ = ("batches", "correct", "loss", "predicted", "weight")

    def __init__(self) -> None:
        self.loss = self.weight = self.correct = self.predicted = 0.0
        self.batches = 0

    def add(self, losses: Sequence[float], weights: Sequence[float]) -> None:
        self.loss, self.weight = self.loss + sum(map(operator.mul, losses, weights)), self.weight + sum(weights)

    def judge(self, correct: float, predicted: float) -> None:
        self.batches += 1
        self.correct, self.predicted = self.correct + correct, self.predicted + predicted


class Pass:
    """One iteration over a DataLoader. ``batches`` and ``samples`` are None where it has no length.

    ``evaluated``: losses were computed in it without a gradient, so no backward pass is its own. ``turn`` is the number of
    the epoch it is. ``known`` batches were given when it was last asked, or are taken to have been: one for each
    backward pass. ``measured`` is what training saw in it, ``seen`` what was computed beside or without training:
    ``mixed`` where that is of more than one output for each batch.
    """

    def __init__(self, loader: Any, iterator: Any) -> None:
        self.iterator = weakref.ref(iterator)
        self.batch_size: int | None = getattr(loader, "batch_size", None)
        self.batch_size = self.batch_size or getattr(getattr(loader, "batch_sampler", None), "batch_size", None)
        self.drop_last = bool(getattr(loader, "drop_last", False))
        self.samples, self.batches = size = _lengths(loader)
        self.data = Identity(loader, size)
        self.shuffle = _shuffled(loader)
        self.kept = bool(getattr(loader, "persistent_workers", False))
        self.known: int = getattr(iterator, "_num_yielded", 0)
        self.ahead = False
        """Whether batches are fetched before they are used, as Accelerate does to know an epoch's last one."""
        self.replaced = self.trained = self.evaluated = self.looked_at = self.mixed = False
        self.calls = 0
        self.epoch: float | None = None
        self.turn = 0
        self.split = ""
        self.measured, self.seen = Measured(), Measured()

    @property
    def over(self) -> bool:
        """The loop let go of the iterator, or the loader (with persistent workers) handed it out again."""
        return self.replaced or self.iterator() is None

    def given(self) -> int:
        """Batches it has given, as far as that can still be seen."""
        iterator = None if self.replaced else self.iterator()
        given: int = self.known if iterator is None else iterator._num_yielded
        return given

    def called(self) -> bool:
        """A loss was computed on a batch. Whether it is the only one on that so far."""
        self.calls += 1
        return self.calls <= self.given()

    def weights(self, batches: Sequence[int]) -> list[float]:
        """Samples in each of these batches, given in order; 1 where that is not known."""
        size = self.batch_size
        if size is None or self.samples is None or self.batches is None or self.drop_last or batches[-1] < self.batches:
            return [size or 1] * len(batches)
        last = max(1, self.samples - (self.batches - 1) * size)
        return [last if batch == self.batches else size for batch in batches]


def _lengths(loader: Any) -> tuple[int | None, int | None]:
    """Samples and batches, without ``len(loader)``: over an iterable data set that call is remembered and warns."""
    if getattr(loader, "_dataset_kind", None) != 0:  # _DatasetKind.Map
        return None, None
    try:
        batches = len(loader._index_sampler)
        sampler = _sampler(loader)
        return (None if sampler is None else len(sampler)), batches
    except (TypeError, NotImplementedError, AttributeError):
        return None, None


def _sampler(loader: Any) -> Any:
    """What chooses the samples: with a batch sampler of its own, ``loader.sampler`` is another one, and not used."""
    holder = loader if getattr(loader, "batch_size", None) is not None else getattr(loader, "batch_sampler", None)
    return getattr(holder, "sampler", None)


def _shuffled(loader: Any) -> bool | None:
    """Whether each pass takes the samples in a new order; None where that is not known."""
    sampler = _sampler(loader)
    name = type(sampler).__name__
    if name == "DistributedSampler":
        return bool(sampler.shuffle)
    return {"SequentialSampler": False, "RandomSampler": True, "SubsetRandomSampler": True}.get(name)


class Passes:
    """The iterations that may still go on, in the order they began."""

    def __init__(self) -> None:
        self.open: list[Pass] = []

    def began(self, loader: Any, iterator: Any) -> Pass:
        """A loop asked ``loader`` for ``iterator``."""
        new = Pass(loader, iterator)
        self.open.append(new)
        return new

    def replace(self, iterator: Any) -> None:
        """With persistent workers a loop's end cannot be seen: the loader keeps its iterator, to hand it out again."""
        for p in self.open:
            if p.iterator() is iterator or (p.kept and p.given() == p.batches):
                p.replaced = True

    @property
    def going(self) -> bool:
        """Whether any goes on."""
        return any(not p.over for p in self.open)

    def at_work(self) -> Pass | None:
        """The pass whose batch is used: of those still going on the one begun last, where it is not exhausted."""
        going = [p for p in self.open if not p.over]
        for p in reversed(going):
            done = p.kept and p.given() == p.batches and max(p.known, p.calls) >= p.given()
            if not done or p is going[0]:
                return p
        return None

    def trained(self, one: Callable[[Pass], bool], now: bool = False) -> Pass | None:
        """The pass whose batches the last backward passes used: over already, perhaps, but not for one that begins
        ``now``. Where several gave batches (labelled and unlabelled ones, two domains, one for a look at the loss now
        and then), the ``one`` over the data that is trained on."""
        rest = [p for p in self.open if not p.evaluated] or [p for p in self.open if not p.over and one(p)]
        if len(rest) > 1:
            moved = [
                p for p in rest if p.given() != p.known or (not now and p.trained and p.over and p.known != p.batches)
            ]
            rest = moved or rest
        if len(rest) > 1:
            return max(rest, key=lambda p: (one(p), p.trained, self.open.index(p)))
        return rest[0] if rest else None

    def asked(self, used: Pass | None) -> None:
        """All that others gave so far went with what ``used`` gave."""
        for p in self.open:
            if p is not used:
                p.known = p.given()

    def others_were_not_for_training(self) -> None:
        """A backward pass begins, and no batch of those that are over was trained on: they were counted, or kept."""
        for p in self.open:
            p.evaluated = p.evaluated or (p.over and not p.trained)

    def ended(self, *, exhausted: bool = False, trained: bool = True) -> list[Pass]:
        """The passes that are over, each told once; also those that gave all their batches if ``exhausted``."""
        gone = [p for p in self.open if p.over or (exhausted and p.given() == p.batches)]
        gone = [p for p in gone if trained or not p.trained]
        if gone:
            self.open = [p for p in self.open if p not in gone]
        return gone
