"""Loss calls without a backward pass come in; what they measure, and on which data, goes out."""

from __future__ import annotations

import time
import weakref
from typing import TYPE_CHECKING, Any

from nbdiag.frameworks.torch.journal import Batch
from nbdiag.frameworks.torch.losses import Call, correct, understand
from nbdiag.frameworks.torch.passes import Identity, Pass
from nbdiag.frameworks.torch.roots import UNKNOWN, Root

if TYPE_CHECKING:
    from nbdiag.frameworks.torch.training import Training

SHARE = 0.01
"""Of the time of training, what counting right predictions on training batches may take; a validation pass is
counted whole, for there nothing is estimated."""


class Evaluation:
    """Sorts the loss calls of one training."""

    def __init__(self, training: Training) -> None:
        self._training = training
        self._began = time.perf_counter()
        self._spent = 0.0
        self._last: tuple[Any, int, Root] | None = None
        self.forget()

    def forget(self) -> None:
        """Another run begins."""
        self.comparable: Root = UNKNOWN
        self._sets: list[Identity] = []

    def called(self, name: str, loss: str, args: tuple[Any, ...], kwargs: dict[str, Any], result: Any) -> None:
        """``torch``'s loss function ``name`` gave ``result``."""
        training = self._training
        p = training.passes.current()
        unknown = training.data is None or (p is not None and p.data.same(training.data))
        if result.requires_grad and (p is None or p.trained or unknown):
            self._training_call(p, name, loss, args, kwargs, result)
        elif p is not None and p.epoch is not None and not p.trained:
            call = understand(name, loss, args, kwargs)
            if call is not None and self.comparable.of(call.root):
                self._look(p, call, args, result)

    def trained(self, root: Any) -> Root | None:
        """What is known of ``root`` when it is what a loss function gave, unchanged since."""
        if self._last is None or self._last[0]() is not root or self._last[1] != root._version:
            return None
        return self._last[2]

    def split(self, p: Pass) -> str:
        """The split a pass without training measured: ``val`` when its data is not training's."""
        data = self._training.data
        if data is None:
            return ""
        if p.data.same(data):
            return "eval"
        for i, known in enumerate(self._sets):
            if p.data.same(known):
                return "val" if i == 0 else f"val_{i + 1}"
        self._sets.append(p.data)
        return "val" if len(self._sets) == 1 else f"val_{len(self._sets)}"

    def _training_call(
        self, p: Pass | None, name: str, loss: str, args: tuple[Any, ...], kwargs: dict[str, Any], result: Any
    ) -> None:
        now = time.perf_counter()
        if self._training.looking() or (p is not None and self._spent < SHARE * (now - self._began)):
            call = understand(name, loss, args, kwargs)
            if call is None:
                return
            self._last = (weakref.ref(result), result._version, call.root)
            self._training.classes = call.classes
            if p is not None and self._training.root.of(call.root):
                self._look(p, call, args, None)
            self._spent += time.perf_counter() - now

    def _look(self, p: Pass, call: Call, args: tuple[Any, ...], result: Any) -> None:
        scalars = self._training.scalars
        loss = None if result is None else scalars.read(result)
        judged = correct(call, args[0], args[1])
        right, of = (None, None) if judged is None else (scalars.read(judged[0]), scalars.read(judged[1]))
        if loss is not None or right is not None:
            self._training.journal.entries.append(Batch(p.measured, loss, call.samples, right, of))
