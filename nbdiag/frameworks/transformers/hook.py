"""Trainings of Hugging Face's ``Trainer`` come in while this is open, what it logs goes out as events.

Watched is its ``CallbackHandler``, so that subclasses (TRL's, a reader's own) are followed too. In a notebook the
Trainer writes no text but an HTML table, with six digits. The same names in Transformers 4.30 to 5.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import Any

from nbdiag.events import Reached, Record
from nbdiag.frameworks.base import Emit
from nbdiag.frameworks.hooks.installing import following
from nbdiag.frameworks.hooks.patches import called
from nbdiag.frameworks.hooks.telling import Telling, samples_in
from nbdiag.frameworks.transformers.text import named


def hook(emit: Emit) -> AbstractContextManager[None]:
    """Report trainings to ``emit`` while open; Transformers may be imported before or inside."""
    trainers = _Trainers(emit)
    wanted = {"transformers.trainer_callback": trainers.patches, "transformers.trainer": trainers.patches_of_the_loop}
    return following(trainers.telling, wanted)


class _Trainers:
    def __init__(self, emit: Emit) -> None:
        self.telling = Telling("transformers", emit, "a Hugging Face Trainer")
        self.n_val: int | None = None

    def patches(self, module: Any) -> Iterator[AbstractContextManager[None]]:
        """Watch what calls the callbacks; at ``on_train_end`` the summary has been logged."""
        handler, left = module.CallbackHandler, self.telling.left
        yield called(handler, "on_train_begin", before=self.begins)
        yield called(handler, "on_log", before=self.logs)
        yield called(handler, "on_train_end", ended=lambda args, error: left(args[0], error))

    def patches_of_the_loop(self, module: Any) -> Iterator[AbstractContextManager[None]]:
        """Watch the training loop, which may be left by an exception."""
        yield called(module.Trainer, "_inner_training_loop", ended=self.leaves)

    def begins(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        """``on_train_begin(args, state, control)``."""
        with self.telling.guard:
            handler, settings, state = args[:3]
            if state.is_world_process_zero:
                self.n_val = None
                self.telling.begin(handler, _facts(handler, settings, state))

    def logs(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        """``on_log(args, state, control, logs)``."""
        with self.telling.guard:
            handler, state = args[0], args[2]
            logs = args[4] if len(args) > 4 else kwargs.get("logs") or {}
            if not self.telling.follows(handler) or "train_runtime" in logs or state.epoch is None:
                return
            held = samples_in(getattr(handler, "eval_dataloader", None))
            if held is not None and held != self.n_val:
                self.n_val = held
                self.telling.learn({"n_val": held})
            for label, value in logs.items():
                place = named(str(label))
                if place is not None and isinstance(value, (int, float)) and not isinstance(value, bool):
                    self.telling.emit(Record(*place, float(value), float(state.epoch), None, str(label)))
            self.telling.emit(Reached(float(state.epoch), state.global_step, None))

    def leaves(self, args: tuple[Any, ...], error: BaseException | None) -> None:
        """The training loop was left."""
        with self.telling.guard:
            if error is not None:
                self.telling.left(args[0].callback_handler, error)


def _facts(handler: Any, settings: Any, state: Any) -> dict[str, Any]:
    config = getattr(handler.model, "config", None)
    labels = getattr(config, "num_labels", None) if "Classification" in type(handler.model).__name__ else None
    optimizer = getattr(handler.optimizer, "optimizer", handler.optimizer)  # accelerate wraps it
    return {
        "n_train": samples_in(handler.train_dataloader),
        "batch_size": settings.train_batch_size * settings.gradient_accumulation_steps,
        "epochs": int(settings.num_train_epochs) if settings.max_steps <= 0 else None,
        "learning_rate": settings.learning_rate,
        "optimizer": type(optimizer).__name__ if optimizer is not None else None,
        "label_smoothing": float(settings.label_smoothing_factor),
        "task": "classification" if (labels or 0) > 1 else None,
        "n_classes": labels if (labels or 0) > 1 else None,
        "loss_is": "unknown",
    }
