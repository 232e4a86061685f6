"""skorch's trainings come in while a hook is open, their histories go out as events. Its text is a table.

Watched is ``NeuralNet.notify``, which tells each callback what happens: at its return from the end of an epoch, all
scores are in the history. The same names since skorch 0.9.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from types import ModuleType
from typing import Any

from nbdiag.events import Status
from nbdiag.frameworks.base import Emit, Framework
from nbdiag.frameworks.guard import Guard
from nbdiag.frameworks.imports import when_imported
from nbdiag.frameworks.measures import is_measure
from nbdiag.frameworks.patches import called
from nbdiag.frameworks.telling import Telling
from nbdiag.metrics import identify


@contextlib.contextmanager
def hook(emit: Emit) -> Iterator[None]:
    """Report trainings to ``emit`` while open; skorch may be imported before or inside."""
    nets = _Nets(emit)
    with contextlib.ExitStack() as stack:

        def install(module: ModuleType) -> None:
            with nets.guard:
                net: Any = module.NeuralNet
                stack.enter_context(called(net, "partial_fit", before=nets.begins, ended=nets.ends))
                stack.enter_context(called(net, "notify", after=nets.notified))

        with when_imported("skorch.net", install):
            yield


class _Nets:
    def __init__(self, emit: Emit) -> None:
        self.guard = Guard(emit, "following a skorch net")
        self.telling = Telling("skorch", emit)

    def begins(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        """``net.partial_fit``, which ``fit`` calls."""
        with self.guard:
            net = args[0]
            criterion = net.criterion if isinstance(net.criterion, type) else type(net.criterion)
            known = {
                "batch_size": net.batch_size if net.batch_size > 0 else None,
                "learning_rate": float(net.lr),
                "epochs": kwargs.get("epochs") or net.max_epochs,
                "optimizer": getattr(net.optimizer, "__name__", None),
                "loss": criterion.__name__ if criterion.__module__.startswith("torch.nn") else "custom",
                "loss_is": "epoch-mean",
            }
            self.telling.begin(net, known)

    def notified(self, args: tuple[Any, ...], kwargs: dict[str, Any], _: Any) -> None:
        """Callbacks have been told of what happened."""
        net, what = args[:2]
        if what not in ("on_epoch_begin", "on_epoch_end"):
            return
        with self.guard:
            if not self.telling.follows(net):
                return
            if what == "on_epoch_begin":
                if len(net.history) == 1:
                    self.telling.learn({"n_train": _size(kwargs, "train"), "n_val": _size(kwargs, "valid")})
                return
            row = net.history[-1]
            shown = {n: v for n, v in row.items() if is_measure(identify(n).metric) and not n.endswith("_best")}
            self.telling.row(row["epoch"], shown)

    def ends(self, args: tuple[Any, ...], error: BaseException | None) -> None:
        """The fit is over; skorch itself ends it well at an interrupt."""
        with self.guard:
            if self.telling.follows(args[0]):
                status: Status = "finished" if error is None else "failed"
                self.telling.end(status)


def _size(kwargs: dict[str, Any], name: str) -> int | None:
    data: Any = kwargs.get(f"dataset_{name}")
    return len(data) if hasattr(type(data), "__len__") else None


SKORCH = Framework("skorch", modules=("skorch",), hook=hook)
