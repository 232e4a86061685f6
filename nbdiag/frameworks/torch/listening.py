"""torch's loss functions come in; calls of theirs over real values go out, while somebody listens."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from nbdiag.frameworks.torch.calls import patch
from nbdiag.frameworks.torch.losses import FUNCTIONS

Heard = Callable[[str, str, tuple[Any, ...], dict[str, Any], Any], None]
"""Called with the function's name, the loss, the arguments and the result of a call; must not raise."""


class Listening:
    """Listens, or does not: where it is off, the functions are torch's own."""

    def __init__(self, torch: Any, heard: Heard) -> None:
        self._plain = torch.Tensor
        self._transformed, self._traced = torch._C._are_functorch_transforms_active, torch._C._get_tracing_state
        self._functions = [
            (patch(torch._C._nn if nn else torch, name), functools.partial(heard, name, loss))
            for name, loss, nn in FUNCTIONS
        ]
        self.on = False

    def turn(self, on: bool) -> None:
        """Begin or end."""
        if on == self.on:
            return
        self.on = on
        for found, observer in self._functions:
            (found.observe if on else found.leave)(found.after, observer)

    def real(self, args: tuple[Any, ...], result: Any) -> bool:
        """Whether a call is of real values: fake, functional and other traced tensors are subclasses, and what is looked
        at while a trace is made would become part of it."""
        return (
            type(result) is self._plain
            and len(args) > 1
            and isinstance(args[1], self._plain)
            and not self._transformed()
            and self._traced() is None
        )
