"""Backward passes, optimizer steps, loader passes and loss calls come in, as they happen; a journal of runs goes out."""

from __future__ import annotations

import time
import weakref
from typing import Any

from nbdiag.events import Begin, End, Learned, Reached, Record
from nbdiag.facts import facts_from
from nbdiag.frameworks.base import Emit
from nbdiag.frameworks.torch import facts
from nbdiag.frameworks.torch.evaluation import Evaluation
from nbdiag.frameworks.torch.journal import Journal, PassEnd, Step
from nbdiag.frameworks.torch.passes import Identity, Measured, Pass, Passes
from nbdiag.frameworks.torch.roots import UNKNOWN, Root, describe
from nbdiag.frameworks.torch.scalars import Scalars, Slot

REST = 0.2
"""Seconds between two tellings: the chart refreshes no faster, and each costs some microseconds."""
LONE = 256
"""Backward passes without any optimizer step after which the loop is taken to update its weights by hand: more than
any accumulation of gradients in the published recipes (GPT-2's 40 to 128 micro-batches)."""
SETTLED = 50
"""Steps after which a second optimizer is another training: partners (GAN, actor and critic) step within the first."""
LOOKS = 3
"""Steps at the start whose graph is looked at, and again every ``AGAIN``-th: a look costs 2 to 5 µs."""
AGAIN = 64


class Training:
    """Follows the trainings of one thread. Nothing here keeps a tensor, a graph, a model or an optimizer alive."""

    def __init__(self, emit: Emit) -> None:
        self.scalars, self.passes = Scalars(), Passes()
        self.journal = Journal(emit, self.scalars)
        self.evaluation = Evaluation(self)
        self.run = 0
        self.at: Pass | None = None
        self._told = time.monotonic()
        self._pending: list[float | Slot] = []
        self._weight = 0.0
        self._backwards = 0
        self._scaled: Any = None
        self._reset()

    def _reset(self) -> None:
        self.begun = self.restless = self._passed = False
        self.data: Identity | None = None
        self.epochs = 0
        self.root: Root = UNKNOWN
        self.classes: int | None = None
        self._optimizers: list[Any] = []
        self._steps: list[int] = []
        self._by_hand = False
        self._rate: float | None = None
        self._n_val: int | None = None

    def scale(self, scaler: Any, result: Any) -> None:
        """A GradScaler multiplied a loss; ``result`` is what ``backward`` will be called on."""
        self._scaled = scaler

    def backward(self, root: Any) -> None:
        """``backward`` is about to be called on the scalar ``root``."""
        current = self.passes.current()
        if current is not self.at:
            self.at = current
            self._enter(current)
        scaler = self._scaled
        value = self.scalars.read(root, None if scaler is None else scaler._scale)
        if value is None:
            return
        looking = self.looking()
        self._pending.append(value)
        self._weight += 1 if current is None else current.weight()
        self._backwards += 1
        if looking:
            self.root = self.evaluation.trained(root) or describe(root, scaler is not None)
        if len(self._pending) >= LONE:
            self._alone()

    def step(self, optimizer: Any, closure: bool = False) -> None:
        """``optimizer`` stepped; with a ``closure`` it evaluated the loss itself, the first time where it stood."""
        self._scaled = None
        if not self._pending:
            return
        losses, weight = self._pending, self._weight
        self._pending, self._weight = [], 0.0
        if closure:
            losses, weight = losses[:1], weight / len(losses)
        self._note(self._which(optimizer), optimizer, losses, weight)

    def began_pass(self, loader: Any, iterator: Any) -> None:
        """A loop asked ``loader`` for ``iterator``."""
        new = self.passes.began(loader, iterator)
        self._end_passes()
        new.epoch = self.place()

    def place(self) -> float | None:
        """How many epochs of training are done, in parts where the loader has a length; None where it has none."""
        if self.restless or not self.epochs:
            return None
        p = self.at
        if p is not None and p.trained and p.batches and not p.over:
            return self.epochs - 1 + min(p.known / p.batches, 1.0)
        return float(self.epochs)

    def tell(self, wait: bool = False) -> None:
        """Let the journal tell what it can."""
        self._told = time.monotonic()
        self._end_passes()
        self.journal.tell(self.run, wait)

    def looking(self) -> bool:
        """Whether the graph of the next backward pass is looked at."""
        return self._backwards < LOOKS or (self._backwards + 1) % AGAIN == 0

    def close(self) -> None:
        """The watch ends; how, only the watch knows."""
        if not self._steps:
            self._alone()
        self.passes.current()
        for p in self.passes.ended(exhausted=True):
            self._end(p)
        self.journal.tell(self.run, wait=True)

    def _enter(self, p: Pass | None) -> None:
        if p is None or p.trained:
            return
        p.trained = True
        if self.data is None and not self._steps:
            self.data = p.data
        if self.data is not None and p.data.same(self.data):
            self.epochs += 1

    def _note(self, index: int, optimizer: Any, losses: list[float | Slot], weight: float) -> None:
        self._steps[index] = step = self._steps[index] + 1
        p, place = self.at, self.place()
        if not self.begun:
            self.begun = True
            known = facts.of_training(p, optimizer, self.root, self.classes)
            self.journal.entries.append(Begin("torch", facts=known))
        if index == 0:
            self.evaluation.comparable = self.root if abs(self.root.divisor - len(losses)) < 1e-6 else UNKNOWN
        metric = "loss" if index == 0 else f"loss_{index + 1}"
        measured = p.measured if p is not None and p.trained and index == 0 else None
        self.journal.entries.append(Step(losses, metric, place, step, weight, measured))
        if time.monotonic() - self._told > REST and not self._may_be_restless(p):
            self._tell_rate(optimizer, place, step)
            self.journal.entries.append(Reached(place, step, p.batches if p is not None else None))
            self.tell()

    def _may_be_restless(self, p: Pass | None) -> bool:
        """``next(iter(loader))`` begins a pass with every batch: those are no epochs."""
        return p is not None and self.epochs == 1 and p.known <= 1 and p.batches != 1

    def _tell_rate(self, optimizer: Any, place: float | None, step: int) -> None:
        rate = facts.learning_rate(optimizer)
        if rate is not None and rate != self._rate:
            self._rate = rate
            self.journal.entries.append(Record("learning_rate", "train", rate, place, step))

    def _which(self, optimizer: Any) -> int:
        for i, known in enumerate(self._optimizers):
            if known() is optimizer:
                return i
        settled = self._passed or (self.at is None and sum(self._steps) >= SETTLED)
        if self._optimizers and (settled or all(known() is None for known in self._optimizers)):
            self._next_run()
        self._optimizers.append(weakref.ref(optimizer))
        self._steps.append(0)
        return len(self._optimizers) - 1

    def _next_run(self) -> None:
        """Another training began: its first loss is here already, and the pass it came from is its first epoch."""
        root, classes, p = self.root, self.classes, self.at
        self.journal.entries.append(End())
        self.tell()
        self.run += 1
        self._reset()
        self.evaluation.forget()
        self.root, self.classes = root, classes
        if p is not None:
            self.data, self.epochs, p.measured = p.data, 1, Measured()

    def _alone(self) -> None:
        """No optimizer ever stepped after these losses: each is a step of its own."""
        losses, weight = self._pending, self._weight
        self._pending, self._weight = [], 0.0
        if self._steps and not self._by_hand:
            return
        if not self._steps and losses:
            self._by_hand = True
            self._optimizers.append(lambda: None)
            self._steps.append(0)
        for loss in losses:
            self._note(0, None, [loss], weight / len(losses))

    def _end_passes(self) -> None:
        for p in self.passes.ended():
            self._end(p)

    def _end(self, p: Pass) -> None:
        if p is self.at:
            self.at = None
        if p.trained:
            if self.data is None or not p.data.same(self.data):
                return
            self._passed = True
            if p.known <= 1 and p.batches != 1 and not self.restless:
                self.restless = True
                self.journal.without_epochs()
            elif not self.restless:
                self.journal.entries.append(PassEnd(p.measured, "train", float(self.epochs)))
        elif p.epoch and (split := self.evaluation.split(p)):
            self.journal.entries.append(PassEnd(p.measured, split, p.epoch))
            if split == "val" and p.samples and p.samples != self._n_val:
                self._n_val = p.samples
                self.journal.entries.append(Learned(facts_from({"n_val": p.samples}, "object")))
