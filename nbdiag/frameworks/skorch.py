"""skorch's trainings come in while a hook is open, their histories go out as events. Its text is a table.

Watched is ``NeuralNet.notify``, which tells each callback what happens: at its return from the end of an epoch, all
scores are in the history. The same names since skorch 0.9.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from typing import Any

from nbdiag.capture.measures import is_measure
from nbdiag.events import Record
from nbdiag.facts import facts_from
from nbdiag.frameworks.base import Asked, Emit, Framework
from nbdiag.frameworks.hooks.asking import Asking
from nbdiag.frameworks.hooks.guard import Guard
from nbdiag.frameworks.hooks.installing import following, installed
from nbdiag.frameworks.hooks.patches import called
from nbdiag.frameworks.hooks.telling import Telling
from nbdiag.metrics import identify
from nbdiag.run import Run


def hook(emit: Emit) -> AbstractContextManager[None]:
    """Report trainings to ``emit`` while open; skorch may be imported before or inside."""
    nets = _Nets(emit)
    return following(nets.telling, {"skorch.net": nets.patches})


def stop(asked: Asked, emit: Emit) -> AbstractContextManager[None]:
    """While open, a training for which ``asked`` gives a reason is ended as ``EarlyStopping`` ends it, after a batch:
    by a ``KeyboardInterrupt``, which skorch takes for its end.
    """
    asking = Asking(asked)

    def notified(args: tuple[Any, ...], kwargs: dict[str, Any], _: Any) -> None:
        if args[1] == "on_batch_end" and asking.is_over():
            raise KeyboardInterrupt

    def patches(module: Any) -> Iterator[AbstractContextManager[None]]:
        yield called(module.NeuralNet, "partial_fit", before=asking.begins)
        yield called(module.NeuralNet, "notify", after=notified)

    return installed(Guard(emit, "stopping a skorch net"), {"skorch.net": patches})


class _Nets:
    def __init__(self, emit: Emit) -> None:
        self.telling = Telling("skorch", emit, "a skorch net")

    def patches(self, module: Any) -> Iterator[AbstractContextManager[None]]:
        """Watch the training, which skorch itself ends well at an interrupt, and what its callbacks are told."""
        left = self.telling.left
        yield called(
            module.NeuralNet, "partial_fit", before=self.begins, ended=lambda args, error: left(args[0], error)
        )
        yield called(module.NeuralNet, "notify", after=self.notified)

    def begins(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        """``net.partial_fit``, which ``fit`` calls."""
        with self.telling.guard:
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
        with self.telling.guard:
            if not self.telling.follows(net):
                return
            if what == "on_epoch_begin":
                if len(net.history) == 1:
                    self.telling.learn({"n_train": _size(kwargs, "train"), "n_val": _size(kwargs, "valid")})
                return
            row = net.history[-1]
            self.telling.row(row["epoch"], _measured(row))


def _size(kwargs: dict[str, Any], name: str) -> int | None:
    data: Any = kwargs.get(f"dataset_{name}")
    return len(data) if hasattr(type(data), "__len__") else None


def reads(source: Any) -> bool:
    """A net that was fitted."""
    return any(kind.__module__ == "skorch.net" for kind in type(source).__mro__) and bool(vars(source).get("history_"))


def read(source: Any) -> list[Run]:
    """The run a fitted net remembers, at full precision."""
    run = Run(framework="skorch", facts=facts_from({"framework": "skorch", "loss_is": "epoch-mean"}, "object"))
    for row in source.history_:
        for label, value in _measured(row).items():
            named = identify(label)
            run.append(Record(named.metric, named.split or "train", float(value), row["epoch"], label=named.label))
    return [run]


def _measured(row: Mapping[str, Any]) -> dict[str, Any]:
    """What an epoch of a history measured, without the marks of the best ones."""
    return {n: v for n, v in row.items() if is_measure(identify(n).metric) and not n.endswith("_best")}


SKORCH = Framework("skorch", modules=("skorch",), hook=hook, stop=stop, reads=reads, read=read)
