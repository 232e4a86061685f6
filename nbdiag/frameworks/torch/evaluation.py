"""Loss calls come in; what the training's loss function is, and what it measures on other data, goes out."""

from __future__ import annotations

import time
import weakref
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from nbdiag.events import Learned
from nbdiag.facts import facts_from
from nbdiag.frameworks.torch.journal import Batch, Entry, PassEnd
from nbdiag.frameworks.torch.losses import Call, correct, understand
from nbdiag.frameworks.torch.outputs import facts_of_call
from nbdiag.frameworks.torch.passes import Identity, Measured, Pass
from nbdiag.frameworks.torch.roots import UNKNOWN, Leaves, Root, describe
from nbdiag.frameworks.torch.whole import Whole

if TYPE_CHECKING:
    from nbdiag.frameworks.torch.training import Training

SLOW = 0.005
"""Seconds for a step from which on its right predictions are counted too: that costs 50 µs on the CPU, 1 % of this."""

ENOUGH = 20
"""Steps over which that is measured: a single one may have waited for another process."""

FRESH = 3
"""Backward passes of a run whose leaves are looked at again at the next one: the first step's, of a usual loop."""

ALL, FIRST, LAST = slice(None), slice(1), slice(-1, None)


class Evaluation:
    """Sorts the loss calls of one training."""

    def __init__(self, training: Training) -> None:
        self._training = training
        self._last: tuple[Any, int, Root] | None = None
        self._leaves: Leaves | None = None
        self.updated = False
        """Whether weights changed between two looks: without an optimizer, all that tells a training."""
        self.counted = ALL
        """Which of several losses before a step are its own. Where weights were moved to compute another one (SAM), the
        first; where the gradient of one was thrown away (it only gave an attack its direction), the last."""
        self.forget()

    def forget(self) -> None:
        """Another run begins."""
        self._steps, self._since = 0, 0.0
        self._fresh = FRESH
        self.slow: bool | None = None
        """Whether steps take so long that training batches are judged as well; None until that is known."""
        self.comparable: Root = UNKNOWN
        self._sets: list[Identity] = []
        self._passes: dict[str, Whole] = {}
        self._n_val: int | None = None
        self._several = False
        """Whether training computes its loss more than once for a batch."""
        self._output: Callable[[], Any] = lambda: None

    def called(self, name: str, loss: str, args: tuple[Any, ...], kwargs: dict[str, Any], result: Any) -> None:
        """``torch``'s loss function ``name`` gave ``result``."""
        training = self._training
        p = training.passes.at_work()
        epochs = training.epochs
        unknown = epochs.data is None or (p is not None and epochs.is_one(p))
        if result.requires_grad and (p is None or p.trained or unknown):
            call = understand(name, loss, args, kwargs)
            if call is not None:
                ours = (
                    training.root.of(call.root) or self._last is None
                )  # before the first backward pass nothing is known
                self._last = (weakref.ref(result), result._version, call.root)
                training.outputs = facts_of_call(name, loss, args, None if training.told else result)
                if p is not None and ours:
                    self._several = not p.called() or self._several
                    if self.slow is not False:
                        self._look(p.measured, call, args, None)
        elif p is not None and not p.trained and epochs.data is not None:
            p.evaluated = p.evaluated or not result.requires_grad
            if p.epoch is None:
                return
            if not p.looked_at and p.split == _name(len(self._sets)):
                self._sets.append(p.data)
            p.looked_at = True
            call = understand(name, loss, args, kwargs)
            if call is not None and self.comparable.of(call.root) and args[0] is not self._output():
                self._output = weakref.ref(args[0])
                p.mixed = (not p.called() and not self._several) or p.mixed
                self._look(p.seen, call, args, result)

    def look(self, root: Any, scaled: bool) -> None:
        """``root`` is about to be differentiated: which loss function is it?"""
        if self._leaves is not None:
            updated = self._leaves.updated()
            self.updated = self.updated or updated
            if self._training.unused():
                self.counted = FIRST if updated else LAST if self._leaves.discarded() else ALL
        self._leaves = Leaves(root) if self._fresh or not self.updated else None
        self._fresh = max(self._fresh - 1, 0)
        last = self._last
        unchanged = last is not None and last[0]() is root and last[1] == root._version
        self._training.root = last[2] if last is not None and unchanged else describe(root, scaled)

    def pace(self, steps: int) -> None:
        """So many steps were done since the last call. Decided at a run's begin: a curve is not to come and go."""
        now = time.monotonic()
        if not self._since:  # what was before the first steps is no part of them
            self._since = now
            return
        self._steps += steps
        if self._steps >= ENOUGH or (self._steps and now - self._since >= ENOUGH * SLOW):
            each = (now - self._since) / self._steps
            self.slow = each >= SLOW if self.slow is None else self.slow and each >= SLOW / 4
            self._since, self._steps = now, 0

    def compare(self, root: Root, parts: int) -> None:
        """The training's loss is ``root`` over ``parts`` micro-batches, and may be compared with validation's if mean."""
        if root.mean_of(parts):
            self.comparable = root
        elif not self.comparable.of(root):
            self.comparable = UNKNOWN

    def split(self, p: Pass) -> str:
        """What a pass without training would measure: ``val`` when its data is not training's."""
        epochs = self._training.epochs
        if epochs.data is None or epochs.is_one(p):
            return "eval"
        for i, known in enumerate(self._sets):
            if p.data.same(known):
                return _name(i)
        return _name(len(self._sets))

    def ended(self, p: Pass) -> list[Entry]:
        """What ``p`` measured, a pass that is over and was not trained on; nothing where it may have been broken off."""
        if not p.epoch or not p.looked_at or p.mixed:
            return []
        passes = self._passes.setdefault(p.split, Whole())
        told: list[Entry] = [*passes.ended(PassEnd(p.seen, p.split, p.epoch), p.calls, p.batches or 0)]
        if p.split == "val" and p.samples and p.samples != self._n_val:
            self._n_val = p.samples
            told.append(Learned(facts_from({"n_val": p.samples}, "object")))
        return told

    def goes_on(self) -> list[PassEnd]:
        """The loop trains on."""
        return [end for passes in self._passes.values() for end in passes.goes_on()]

    def trained_on(self, data: Identity) -> None:
        """It is no validation set, whatever it looked like before."""
        self._sets = [known for known in self._sets if known is not data]

    def _look(self, measured: Measured, call: Call, args: tuple[Any, ...], result: Any) -> None:
        scalars = self._training.scalars
        loss = None if result is None else scalars.read(result)
        judged = correct(call, args[0], args[1])
        right, of = (None, None) if judged is None else (scalars.read(judged[0]), scalars.read(judged[1]))
        if loss is not None or right is not None:
            self._training.journal.entries.append(Batch(measured, loss, call.samples, right, of))


def _name(index: int) -> str:
    return f"val_{index + 1}" if index else "val"
