"""Loss calls come in; what the training's loss function is, and what it measures on other data, goes out."""

from __future__ import annotations

import time
import weakref
from typing import TYPE_CHECKING, Any

from nbdiag.frameworks.torch.journal import Batch
from nbdiag.frameworks.torch.losses import Call, correct, understand
from nbdiag.frameworks.torch.outputs import facts_of_call
from nbdiag.frameworks.torch.passes import Identity, Pass
from nbdiag.frameworks.torch.roots import UNKNOWN, Leaves, Root, describe

if TYPE_CHECKING:
    from nbdiag.frameworks.torch.training import Training

SLOW = 0.005
"""Seconds for a step from which on its right predictions are counted too: that costs 50 µs on the CPU, 1 % of this."""

ENOUGH = 20
"""Steps over which that is measured: a single one may have waited for another process."""


class Evaluation:
    """Sorts the loss calls of one training."""

    def __init__(self, training: Training) -> None:
        self._training = training
        self._last: tuple[Any, int, Root] | None = None
        self._leaves: Leaves | None = None
        self.updated = False
        """Whether weights changed between two looks: without an optimizer, all that tells a training."""
        self.forget()

    def forget(self) -> None:
        """Another run begins."""
        self._steps, self._since = 0, 0.0
        self.slow: bool | None = None
        """Whether steps take so long that training batches are judged as well; None until that is known."""
        self.comparable: Root = UNKNOWN
        self._sets: list[Identity] = []

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
                if p is not None and self.slow is not False and ours:
                    self._look(p, call, args, None)
        elif p is not None and p.epoch is not None and not p.trained:
            p.evaluated = p.evaluated or not result.requires_grad
            if not p.looked_at and p.split == _name(len(self._sets)):
                self._sets.append(p.data)
            p.looked_at = True
            call = understand(name, loss, args, kwargs)
            if call is not None and self.comparable.of(call.root):
                self._look(p, call, args, result)

    def look(self, root: Any, scaled: bool) -> None:
        """``root`` is about to be differentiated: which loss function is it?"""
        if self._leaves is not None:
            self.updated = self.updated or self._leaves.updated()
        self._leaves = None if self.updated else Leaves(root)
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

    def _look(self, p: Pass, call: Call, args: tuple[Any, ...], result: Any) -> None:
        scalars = self._training.scalars
        loss = None if result is None else scalars.read(result)
        judged = correct(call, args[0], args[1])
        right, of = (None, None) if judged is None else (scalars.read(judged[0]), scalars.read(judged[1]))
        if loss is not None or right is not None:
            self._training.journal.entries.append(Batch(p.measured, loss, call.samples, right, of))


def _name(index: int) -> str:
    return f"val_{index + 1}" if index else "val"
