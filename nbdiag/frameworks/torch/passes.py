"""DataLoaders whose iteration begins come in; which one's batch is at work, and which are over, goes out."""

from __future__ import annotations

import weakref
from typing import Any


class Identity:
    """Tells whether it is the same loader or data set again, without keeping a loader alive."""

    __slots__ = ("dataset", "loader")

    def __init__(self, loader: Any) -> None:
        self.loader, self.dataset = _reference(loader), _reference(getattr(loader, "dataset", None))

    def same(self, other: Identity) -> bool:
        """Same loader object, or another one over the same data set."""
        return _one(self.loader, other.loader) or _one(self.dataset, other.dataset)


def _reference(thing: Any) -> Any:
    try:
        return weakref.ref(thing)
    except TypeError:  # a list or dict as data set: kept, so that no other can take its place in memory
        return lambda: thing


def _one(a: Any, b: Any) -> bool:
    return a() is not None and a() is b()


class Measured:
    """Sums over the batches of one pass."""

    __slots__ = ("correct", "loss", "predicted", "weight")

    def __init__(self) -> None:
        self.loss = self.weight = self.correct = self.predicted = 0.0

    def add(self, loss: float, weight: float) -> None:
        self.loss, self.weight = self.loss + loss * weight, self.weight + weight

    def judge(self, correct: float, predicted: float) -> None:
        self.correct, self.predicted = self.correct + correct, self.predicted + predicted


class Pass:
    """One iteration over a DataLoader. ``batches`` and ``samples`` are None where it has no length."""

    __slots__ = (
        "batch_size", "batches", "data", "drop_last", "epoch", "iterator", "kept", "known", "measured", "replaced",
        "samples", "shuffle", "trained",
    )  # fmt: skip

    def __init__(self, loader: Any, iterator: Any) -> None:
        self.iterator = weakref.ref(iterator)
        self.data = Identity(loader)
        self.batch_size: int | None = getattr(loader, "batch_size", None)
        self.batch_size = self.batch_size or getattr(getattr(loader, "batch_sampler", None), "batch_size", None)
        self.drop_last = bool(getattr(loader, "drop_last", False))
        self.samples, self.batches = _lengths(loader)
        self.shuffle = type(getattr(loader, "sampler", None)).__name__ in ("RandomSampler", "SubsetRandomSampler")
        self.kept = bool(getattr(loader, "persistent_workers", False))
        self.known = 0
        self.replaced = False
        self.trained = False
        self.epoch: float | None = None
        self.measured = Measured()

    @property
    def over(self) -> bool:
        """The loop let go of the iterator, or the loader (with persistent workers) handed it out again."""
        return self.replaced or self.iterator() is None

    def advanced(self) -> bool:
        """Whether it gave a batch since it was last asked; ``known`` counts them."""
        iterator = self.iterator()
        given: int = self.known if iterator is None else iterator._num_yielded
        if given == self.known:
            return False
        self.known = given
        return True

    def weight(self) -> int:
        """Samples in the batch at work, 1 where that is not known."""
        if self.batch_size is None:
            return 1
        if self.samples is None or self.drop_last or self.known != self.batches:
            return self.batch_size
        return self.samples - (self.known - 1) * self.batch_size or self.batch_size


def _lengths(loader: Any) -> tuple[int | None, int | None]:
    """Samples and batches, without ``len(loader)``: over an iterable data set that call is remembered and warns."""
    if type(getattr(loader, "dataset", None)).__name__ == "IterableDataset" or not hasattr(loader, "_dataset_kind"):
        return None, None
    if loader._dataset_kind != 0:  # _DatasetKind.Map
        return None, None
    try:
        batches = len(loader._index_sampler)
        sampler = loader.sampler if loader.batch_size is not None else None
        samples = len(sampler) if sampler is not None else None
        own = getattr(loader.batch_sampler, "sampler", None) if samples is None else None
        return (len(own) if own is not None else samples), batches
    except (TypeError, NotImplementedError, AttributeError):
        return None, None


class Passes:
    """The iterations that may still go on."""

    def __init__(self) -> None:
        self._open: list[Pass] = []
        self._current: Pass | None = None

    def began(self, loader: Any, iterator: Any) -> Pass:
        """A loop asked ``loader`` for ``iterator``."""
        for p in self._open:
            # With persistent workers the loop's end cannot be seen: the loader keeps the iterator itself.
            if p.iterator() is iterator or (p.kept and not p.advanced() and p.known == p.batches):
                p.replaced = True
        new = Pass(loader, iterator)
        new.known = getattr(iterator, "_num_yielded", 0)
        self._open.append(new)
        return new

    def current(self) -> Pass | None:
        """The pass that gave the batch at work: of those that went on since the last call the one begun last."""
        if len(self._open) == 1 and self._open[0] is self._current:
            self._current.advanced()
        else:
            for p in self._open:
                if p.advanced():
                    self._current = p
        if self._current is not None and self._current.over:
            self._current = None
        return self._current

    def ended(self, exhausted: bool = False) -> list[Pass]:
        """The passes that are over, each told once; also those that gave all their batches if ``exhausted``."""
        gone = [p for p in self._open if p.over or (exhausted and not p.advanced() and p.known == p.batches)]
        if gone:
            self._open = [p for p in self._open if p not in gone]
        return gone
