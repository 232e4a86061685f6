"""Whether a training is to end comes in; loops in torch end by ``StopTraining``, raised after an optimizer's step.

A loop that another framework leads is left to that framework's own means.
"""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Iterator
from types import FrameType, ModuleType
from typing import Any

from nbdiag.errors import StopTraining
from nbdiag.events import Trouble
from nbdiag.frameworks.base import Asked, Emit
from nbdiag.frameworks.hooks.imports import when_imported
from nbdiag.frameworks.torch.calls import hidden


@contextlib.contextmanager
def stop(asked: Asked, emit: Emit) -> Iterator[None]:
    """While open, a loop for which ``asked`` gives a reason is ended; one that catches this and goes on is left alone."""
    with contextlib.ExitStack() as stack:

        def imported(torch: ModuleType) -> None:
            try:
                stack.callback(_register(asked))
            except Exception as error:
                emit(Trouble("stopping a PyTorch loop", error))

        stack.enter_context(when_imported("torch", imported))
        yield


def _register(asked: Asked) -> Any:
    from torch.compiler import is_compiling
    from torch.optim.optimizer import register_optimizer_step_post_hook

    began = time.perf_counter()

    def after_step(optimizer: Any, args: Any, kwargs: Any) -> None:
        nonlocal began
        if is_compiling():
            return
        reason = asked(began)
        if reason and not _is_led():
            began = time.perf_counter()
            raise StopTraining(reason)

    hidden(after_step)
    return register_optimizer_step_post_hook(after_step).remove


def _is_led() -> bool:
    """Whether the step was called by a framework that ends its trainings itself."""
    from nbdiag import frameworks  # its registry holds this module

    leading = {m for f in frameworks.known() if f.stop is not None and f.name != "torch" for m in f.modules}
    frame: FrameType | None = sys._getframe(2)
    while frame is not None:
        if str(frame.f_globals.get("__name__")).partition(".")[0] in leading:
            return True
        frame = frame.f_back
    return False
