"""Optimizers come in after a backward pass; the norm of the gradient each is about to use goes out, now and then."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

from nbdiag.frameworks.torch.scalars import Scalars, Slot

SHARE = 0.001
"""Of the time, that measuring may take: reading a large model's gradients once costs up to a tenth of its step. Noting
the norm of a small model's costs as much again, and all of the hook is to stay under a thirtieth."""


class Gradients:
    """Measures right after ``backward``: before the loop clips, and before it sets them to zero."""

    def __init__(self, scalars: Scalars) -> None:
        self._scalars = scalars
        self._due = 0.0

    @property
    def due(self) -> bool:
        """Whether enough time has passed since the last measurement, by what that cost."""
        return time.monotonic() >= self._due

    def measure(self, optimizers: Sequence[Callable[[], Any]], scale: Any) -> dict[int, float | Slot]:
        """Norm by the index of each optimizer; ``scale`` is what a GradScaler has multiplied the loss with."""
        began = time.monotonic()
        norms = {}
        for i, known in enumerate(optimizers):
            found = self._norm(known(), scale)
            if found is not None:
                norms[i] = found
        ended = time.monotonic()
        self._due = max(self._due, ended) + (ended - began) / SHARE
        return norms

    def _norm(self, optimizer: Any, scale: Any) -> float | Slot | None:
        import torch

        groups = getattr(optimizer, "param_groups", ())
        grads = [p.grad for group in groups for p in group["params"] if p.grad is not None]
        if not grads or not self._scalars.readable(grads[0]):
            return None
        if torch.autograd._profiler_enabled():  # the reader counts what the training does
            return None
        device = grads[0].device
        # A distributed tensor's norm would wait for the other processes; parts of a model on several devices, for those.
        if any(type(g) is not torch.Tensor or g.layout is not torch.strided or g.device != device for g in grads):
            return None
        with torch.no_grad():
            norms = [torch.linalg.vector_norm(g, dtype=_wide(torch, g.dtype)) for g in grads]
            return self._scalars.read(torch.linalg.vector_norm(torch.stack(norms)), scale)


def _wide(torch: Any, dtype: Any) -> Any:
    """In half precision a sum of squares overflows where no gradient does."""
    return torch.float32 if dtype in (torch.float16, torch.bfloat16) else None
