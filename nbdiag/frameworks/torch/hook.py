"""torch, imported or about to be, comes in; the trainings it does go out as events, and torch is left as it was."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable, Iterator
from threading import get_ident
from types import ModuleType
from typing import Any

from nbdiag.events import Trouble
from nbdiag.frameworks.base import Emit, Framework
from nbdiag.frameworks.hooks.imports import when_imported
from nbdiag.frameworks.torch import backward
from nbdiag.frameworks.torch.calls import hidden, observed, patch
from nbdiag.frameworks.torch.evaluation import FRESH
from nbdiag.frameworks.torch.listening import Listening
from nbdiag.frameworks.torch.roots import differentiated
from nbdiag.frameworks.torch.scaling import Scaling
from nbdiag.frameworks.torch.stopping import stop
from nbdiag.frameworks.torch.training import Training

LOOKS = 3
"""Steps at the start whose graph is looked at; later one at each turn of a loader, or after a telling without one."""


@contextlib.contextmanager
def hook(emit: Emit) -> Iterator[None]:
    """While open, trainings in torch are told as ``Traced`` events."""
    watcher = Watcher(emit)
    try:
        with when_imported("torch", watcher.install):
            yield
    finally:
        watcher.close()


class Watcher:
    """What torch calls. Nothing that fails here reaches the training: it is told once, and nothing more is done."""

    def __init__(self, emit: Emit) -> None:
        self._emit = emit
        self._training = Training(emit)
        self._tape, self._marks = self._training.tape, self._training.optimizers.marks
        self._write = self._tape.append
        self._patches = contextlib.ExitStack()
        self._pid = os.getpid()
        self._thread: int | None = None
        self._off = self._fast = self._paced = self._turned = False
        self._looks = LOOKS
        self._norms = 0
        """Steps whose gradient is to be measured: one for each optimizer, in turn."""
        self._alone = True
        """Of several processes each may hold a part of the gradient only."""
        self._scaling = Scaling()
        self._stepped = 0
        """The id of the optimizer that stepped last, while a scaler is used."""

    def install(self, torch: ModuleType) -> None:
        """torch has been imported."""
        with contextlib.ExitStack() as stack:
            try:
                self._install(torch, stack)
                self._patches = stack.pop_all()
            except Exception as error:
                self._fail(error)

    def close(self) -> None:
        """Undo everything and tell the rest."""
        self._patches.close()
        try:
            if not self._off:
                self._training.close()
        except Exception as error:
            self._fail(error)

    def _install(self, torch: Any, stack: contextlib.ExitStack) -> None:
        from torch.optim.optimizer import register_optimizer_step_post_hook

        self._torch, self._tensor = torch, torch.Tensor
        self._backwards = patch(torch.autograd, "backward", backward.stand_in)
        self._listening = Listening(torch, self._loss)
        stack.callback(self._listening.turn, False)
        self._listening.turn(True)
        stack.callback(self._measure_next, 0)
        stack.callback(self._go, False)
        stack.enter_context(observed(self._backwards, before=self._backward))
        scaler = getattr(torch.amp, "GradScaler", None) or torch.cuda.amp.GradScaler  # moved in torch 2.3
        stack.enter_context(observed(patch(scaler, "scale"), after=self._scale))
        stack.enter_context(observed(patch(scaler, "step"), after=self._scaler_step))
        stack.enter_context(observed(patch(torch.utils.data.DataLoader, "__iter__"), after=self._iter))
        stack.callback(register_optimizer_step_post_hook(self._after_step(torch.compiler.is_compiling)).remove)
        for name in ("_backward", "_after_backward", "_step", "_scale", "_scaler_step", "_iter", "_loss"):
            hidden(getattr(Watcher, name))

    def _after_step(self, is_compiling: Callable[[], bool]) -> Callable[..., None]:
        tape, marks, training, clock = self._tape, self._marks, self._training, time.monotonic

        def after_step(optimizer: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
            if is_compiling():  # a compiled step is traced with its hooks
                return
            if self._fast and len(args) == 1 and not kwargs:
                mark = marks.get(id(optimizer))  # known: so this is the thread that is followed
                if mark is not None and clock() < training.due:
                    tape.append(mark)
                    return
            self._step(optimizer, args, kwargs)

        hidden(after_step)
        return after_step

    def _go(self, fast: bool) -> None:
        """From now on backward passes and steps that are like those before are only noted on the tape."""
        self._fast = fast
        if fast:
            backward.lane.write, backward.lane.thread = self._write, get_ident()
        elif backward.lane.write is self._write:
            backward.lane.write = None

    def _backward(self, args: tuple[Any, ...], kwargs: dict[str, Any], _: Any) -> None:
        try:
            if not self._off:
                self._any_backward(args[0], args[1] if len(args) > 1 else kwargs.get("grad_tensors"))
        except Exception as error:
            self._fail(error)

    def _any_backward(self, roots: Any, grads: Any) -> None:
        if self._thread is None:
            self._first()
        if self._off or get_ident() != self._thread:
            return
        root, value = differentiated(roots, grads, self._tensor)
        if root is None:
            return
        if self._looks:
            self._looks -= 1
            self._training.looks()
            self._training.evaluation.look(root, bool(self._scaling))
        number = self._training.scalars.read(*self._scaling.unscaled(value))
        if number is not None:
            self._tape.append(number)
        if not self._marks and time.monotonic() > self._training.due:
            self._tell()

    def _after_backward(self, args: tuple[Any, ...], kwargs: dict[str, Any], _: Any) -> None:
        if not self._off and get_ident() == self._thread:
            try:
                self._training.measure_gradients(self._scaling.factor)
            except Exception as error:
                self._fail(error)

    def _first(self) -> None:
        """The thread that trains is followed; so is, of several processes, the first."""
        self._thread = get_ident()
        dist = self._torch.distributed
        several = dist.is_available() and dist.is_initialized()
        self._off = self._off or (several and dist.get_rank() != 0) or os.getpid() != self._pid
        self._alone = not several or dist.get_world_size() == 1
        if not self._off:
            self._training.begin()

    def _step(self, optimizer: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        try:
            if self._off or get_ident() != self._thread:
                return
            self._stepped = id(optimizer)
            mark = self._marks.get(id(optimizer))
            new = mark is None
            if mark is None or kwargs or len(args) > 1:
                if (len(args) > 1 and args[1] is not None) or kwargs.get("closure") is not None:
                    self._training.first()
                mark = self._training.index(optimizer)
            self._tape.append(mark)
            if self._norms:
                self._measure_next(self._norms - 1)
                self._training.measured_step()
            if new:
                self._looks = max(self._looks, FRESH)
                self._measure()
            if self._looks:
                self._training.settle()  # before the next batch is asked for
            if self._training.rate_due and mark == 0:
                self._training.look_at_rate()
            if not self._fast:
                self._may_be_fast()
            if time.monotonic() > self._training.due:
                self._tell()
        except Exception as error:
            self._fail(error)

    def _may_be_fast(self) -> None:
        """Enough was looked at: the graph of some steps, and how long steps take."""
        training = self._training
        if not training.told:
            training.settle()  # at once, before a scheduler steps; and no loss call has its graph walked any more
        if self._looks or self._norms or self._scaling:
            return
        evaluation = training.evaluation
        if evaluation.slow is None or not self._paced:
            self._paced = True
            evaluation.pace(training.counted())
        self._go(evaluation.slow is not None)
        if evaluation.slow is False:
            self._listening.turn(False)

    def _look_again(self) -> None:
        self._looks, self._paced = max(self._looks, 1), False
        self._go(False)
        self._listening.turn(True)  # while loaders run without training, and for a step now and then
        if self._training.gradients.due:
            self._measure()

    def _measure(self) -> None:
        """The next gradients: those of each optimizer."""
        self._measure_next(len(self._marks) if self._alone else 0)

    def _measure_next(self, norms: int) -> None:
        if bool(norms) != bool(self._norms):
            (self._backwards.observe if norms else self._backwards.leave)(self._backwards.after, self._after_backward)
        self._norms = norms

    def _tell(self) -> None:
        self._off = os.getpid() != self._pid  # forked since: nobody would hear it
        self._training.tell()
        if self._off or not self._turned or not self._training.passes.going:  # else its turn was looked at since
            self._look_again()
        self._turned = False

    def _scale(self, args: tuple[Any, ...], kwargs: dict[str, Any], result: Any) -> None:
        try:
            if not self._off and args[0]._enabled and isinstance(result, self._tensor):
                self._scaling.begin(args[0], args[1], result)
                self._stepped = 0
                self._go(False)
        except Exception as error:
            self._fail(error)

    def _scaler_step(self, args: tuple[Any, ...], kwargs: dict[str, Any], _: Any) -> None:
        if not self._scaling:
            return
        try:
            self._scaling.end()
            optimizer = args[1] if len(args) > 1 else kwargs["optimizer"]
            if self._stepped != id(optimizer):  # an overflow: the optimizer itself did not step
                self._step(optimizer, (), {})
            elif not self._off and get_ident() == self._thread:
                self._may_be_fast()
        except Exception as error:
            self._fail(error)

    def _iter(self, args: tuple[Any, ...], kwargs: dict[str, Any], iterator: Any) -> None:
        try:
            mine = self._thread is None or get_ident() == self._thread
            if mine and not self._off and hasattr(iterator, "_num_yielded"):
                self._training.began_pass(args[0], iterator)
                self._look_again()
                self._turned = True
        except Exception as error:
            self._fail(error)

    def _loss(self, name: str, loss: str, args: tuple[Any, ...], kwargs: dict[str, Any], result: Any) -> None:
        try:
            mine = self._thread is None or get_ident() == self._thread
            if mine and not self._off and self._listening.real(args, result):
                self._training.evaluation.called(name, loss, args, kwargs, result)
        except Exception as error:
            self._fail(error)

    def _fail(self, error: Exception) -> None:
        self._off = True
        self._go(False)
        self._emit(Trouble("the PyTorch hook", error))


TORCH = Framework(name="torch", modules=("torch",), hook=hook, stop=stop)
