"""fastai's trainings come in while a hook is open, what its ``Recorder`` notes goes out as events. Its text is a table.

In a notebook fastai writes an HTML table and no text. The same names in fastai 2.0 to 2.8.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Any

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
    """Report trainings to ``emit`` while open; fastai may be imported before or inside."""
    learners = _Learners(emit)
    return following(learners.telling, {"fastai.learner": learners.patches})


def stop(asked: Asked, emit: Emit) -> AbstractContextManager[None]:
    """While open, a training for which ``asked`` gives a reason is ended by ``CancelFitException``, after a batch."""
    asking = Asking(asked)

    def patches(module: Any) -> Iterator[AbstractContextManager[None]]:
        def batch(args: tuple[Any, ...], kwargs: dict[str, Any], _: Any) -> None:
            if asking.is_over():
                raise module.CancelFitException

        yield called(module.Recorder, "before_fit", before=asking.begins)
        yield called(module.Recorder, "after_batch", after=batch)

    return installed(Guard(emit, "stopping a fastai Learner"), {"fastai.learner": patches})


class _Learners:
    def __init__(self, emit: Emit) -> None:
        self.telling = Telling("fastai", emit, "a fastai Learner")

    def patches(self, module: Any) -> Iterator[AbstractContextManager[None]]:
        """Watch the recorder, and ``fit`` for its end."""
        yield called(module.Recorder, "before_fit", after=self.begins)
        yield called(module.Recorder, "after_epoch", after=self.tells)
        yield called(module.Learner, "fit", ended=lambda args, error: self.telling.left(args[0], error))

    def begins(self, args: tuple[Any, ...], kwargs: dict[str, Any], _: Any) -> None:
        """A fit begins. The learning-rate finder is no training."""
        with self.telling.guard:
            learner = args[0].learn
            if not any(type(callback).__name__ == "LRFinder" for callback in learner.cbs):
                self.telling.begin(learner, _facts(learner))

    def tells(self, args: tuple[Any, ...], kwargs: dict[str, Any], _: Any) -> None:
        """An epoch is over: its values stand in the recorder."""
        with self.telling.guard:
            recorder = args[0]
            if self.telling.follows(recorder.learn) and recorder.values:
                values = _named(recorder, recorder.values[-1])
                self.telling.row(recorder.learn.epoch + 1, values, unnamed="val")


def _facts(learner: Any) -> dict[str, Any]:
    train, val = learner.dls.train, learner.dls.valid
    inner = getattr(learner.loss_func, "func", learner.loss_func)  # fastai's own wraps torch's and flattens
    optimizer = getattr(learner.opt_func, "__name__", None)
    return {
        "loss": type(inner).__name__ if type(inner).__module__ == "torch.nn.modules.loss" else None,
        "optimizer": optimizer if str(optimizer).isidentifier() else None,
        "n_train": len(train.dataset) if hasattr(train, "dataset") else None,
        "n_val": len(val.dataset) if hasattr(val, "dataset") else None,
        "batch_size": getattr(train, "bs", None) or getattr(train, "batch_size", None),
        "epochs": learner.n_epoch,
        "learning_rate": float(learner.lr) if isinstance(learner.lr, (int, float)) else None,
        "loss_is": "unknown",  # a running mean that forgets
    }


def reads(source: Any) -> bool:
    """A ``Learner`` that was fitted."""
    known = any(kind.__module__ == "fastai.learner" for kind in type(source).__mro__)
    return known and bool(getattr(vars(source).get("recorder"), "values", None))


def read(source: Any) -> list[Run]:
    """The run that a learner's recorder remembers, its last fit."""
    run = Run(framework="fastai", facts=facts_from({"framework": "fastai", "loss_is": "unknown"}, "object"))
    for epoch, values in enumerate(source.recorder.values, 1):
        for label, value in _named(source.recorder, values).items():
            named = identify(label)
            run.append(Record(named.metric, named.split or "val", value, epoch, label=named.label))
    return [run]


def _named(recorder: Any, values: Sequence[Any]) -> dict[str, float]:
    """An epoch's values by name. Metrics are tensors of one element; without a validation they are None."""
    named = zip(list(recorder.metric_names)[1:], values, strict=False)
    return {name: float(value) for name, value in named if value is not None}


FASTAI = Framework("fastai", modules=("fastai",), hook=hook, stop=stop, reads=reads, read=read)
