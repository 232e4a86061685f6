"""torch, imported or about to be, comes in; the trainings it does go out as events, and torch is left as it was."""

from __future__ import annotations

import contextlib
import functools
import threading
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

from nbdiag.events import Trouble
from nbdiag.frameworks.base import Emit, Framework
from nbdiag.frameworks.imports import when_imported
from nbdiag.frameworks.torch.calls import observed
from nbdiag.frameworks.torch.losses import FUNCTIONS
from nbdiag.frameworks.torch.training import Training


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
        self._patches = contextlib.ExitStack()
        self._thread: int | None = None
        self._off = False

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
        self._thread = None
        self._guarded(self._training.close)

    def _install(self, torch: Any, stack: contextlib.ExitStack) -> None:
        from torch.jit import _builtins
        from torch.optim.optimizer import register_optimizer_step_post_hook

        self._tensor, self._functorch = torch.Tensor, torch._C._are_functorch_transforms_active
        self._distributed = torch.distributed
        for name, loss, nn in FUNCTIONS:
            owner = torch._C._nn if nn else torch
            # Scripting looks functions up by identity, in a table made at its first use.
            builtin = _builtins._find_builtin(getattr(owner, name))
            stack.enter_context(observed(owner, name, after=functools.partial(self._loss, name, loss)))
            _builtins._register_builtin(getattr(owner, name), builtin)
        stack.enter_context(observed(torch.autograd, "backward", before=self._backward))
        _builtins._register_builtin(torch.autograd.backward, "aten::backward")
        scaler = torch.amp.GradScaler
        stack.enter_context(observed(scaler, "scale", after=self._scale))
        stack.enter_context(observed(scaler, "step", after=self._scaler_step))
        stack.enter_context(observed(torch.utils.data.DataLoader, "__iter__", after=self._iter))
        stack.callback(register_optimizer_step_post_hook(self._step).remove)

    def _backward(self, args: tuple[Any, ...], kwargs: dict[str, Any], _: Any) -> None:
        if self._thread is None:
            self._first()
        grads = args[1] if len(args) > 1 else kwargs.get("grad_tensors")
        roots = args[0] if args else kwargs.get("tensors")
        if grads is None and isinstance(roots, self._tensor):
            if roots.numel() == 1:
                self._guarded(self._training.backward, roots)
        elif (
            isinstance(roots, (list, tuple))
            and roots
            and (grads is None or all(g is None for g in grads))
            and all(isinstance(r, self._tensor) and r.numel() == 1 for r in roots)
        ):
            self._guarded(self._several, roots)

    def _first(self) -> None:
        """The thread that trains is followed; so is, of several processes, the first."""
        self._thread = threading.get_ident()
        dist = self._distributed
        self._off = self._off or (dist.is_available() and dist.is_initialized() and dist.get_rank() != 0)

    def _several(self, roots: Any) -> None:
        self._training.backward(roots[0] if len(roots) == 1 else sum(r.detach() for r in roots))

    def _step(self, optimizer: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        closure = (len(args) > 1 and args[1] is not None) or kwargs.get("closure") is not None
        self._guarded(self._training.step, optimizer, closure)

    def _scale(self, args: tuple[Any, ...], kwargs: dict[str, Any], result: Any) -> None:
        if args[0]._enabled:
            self._guarded(self._training.scale, args[0])

    def _scaler_step(self, args: tuple[Any, ...], kwargs: dict[str, Any], _: Any) -> None:
        optimizer = args[1] if len(args) > 1 else kwargs.get("optimizer")
        self._guarded(self._training.step, optimizer)  # after an overflow the optimizer itself did not step

    def _iter(self, args: tuple[Any, ...], kwargs: dict[str, Any], iterator: Any) -> None:
        if hasattr(iterator, "_num_yielded"):
            self._guarded(self._training.began_pass, args[0], iterator)

    def _loss(self, name: str, loss: str, args: tuple[Any, ...], kwargs: dict[str, Any], result: Any) -> None:
        # Fake, functional and other traced tensors are subclasses: only real values are looked at.
        plain = self._tensor
        if type(result) is plain and len(args) > 1 and isinstance(args[1], plain) and not self._functorch():
            self._guarded(self._training.evaluation.called, name, loss, args, kwargs, result)

    def _guarded(self, act: Callable[..., None], *args: Any) -> None:
        if self._off or (self._thread is not None and self._thread != threading.get_ident()):
            return
        try:
            act(*args)
        except Exception as error:
            self._fail(error)

    def _fail(self, error: Exception) -> None:
        self._off = True
        self._emit(Trouble("the PyTorch hook", error))


TORCH = Framework(name="torch", modules=("torch",), hook=hook)
