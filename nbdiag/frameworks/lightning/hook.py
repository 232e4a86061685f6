"""Lightning's trainings come in while a hook is open, what they log goes out as events.

Watched is the loop over epochs, the same in ``lightning`` and ``pytorch_lightning``, from 1.9 to 2.6: the metrics a
module has logged (``callback_metrics``) are complete when an epoch's turn is over.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import Any

from nbdiag.frameworks.base import Emit
from nbdiag.frameworks.hooks.installing import following
from nbdiag.frameworks.hooks.patches import called
from nbdiag.frameworks.hooks.telling import Telling, samples_in

PACKAGES = ("lightning.pytorch", "pytorch_lightning")


def hook(emit: Emit) -> AbstractContextManager[None]:
    """Report trainings to ``emit`` while open; Lightning may be imported before or inside."""
    fits = _Fits(emit)
    return following(fits.telling, {f"{package}.loops.fit_loop": fits.patches for package in PACKAGES})


class _Fits:
    def __init__(self, emit: Emit) -> None:
        self.telling = Telling("lightning", emit, "a Lightning Trainer")
        self.known: dict[str, Any] = {}
        """What was told last: without a validation in an epoch, its older values stay where they are."""

    def patches(self, module: Any) -> Iterator[AbstractContextManager[None]]:
        """Watch the loop over epochs."""
        loop = class_of(module, "FitLoop")
        runs = next(kind for kind in loop.__mro__ if "run" in vars(kind))  # until Lightning 2, all loops have one
        yield called(runs, "run", ended=lambda args, error: self.telling.left(args[0], error))
        yield called(loop, "on_run_start", after=self.begins)
        yield called(loop, "on_advance_end", after=self.tells)

    def begins(self, args: tuple[Any, ...], kwargs: dict[str, Any], _: Any) -> None:
        """The loop over epochs begins; validation before it (the sanity check) is over."""
        with self.telling.guard:
            trainer = args[0].trainer
            if trainer.is_global_zero:
                self.known = {}
                self.telling.begin(args[0], _facts(trainer))

    def tells(self, args: tuple[Any, ...], kwargs: dict[str, Any], _: Any) -> None:
        """An epoch is over."""
        with self.telling.guard:
            if not self.telling.follows(args[0]):
                return
            trainer = args[0].trainer
            logged = dict(trainer.callback_metrics)
            fresh = {name: value for name, value in logged.items() if self.known.get(name) is not value}
            self.known = logged
            shown = {
                name.removesuffix("_epoch"): value.item()
                for name, value in fresh.items()
                # Logged for each step and for the epoch, a metric is there three times.
                if not (name.endswith("_step") and f"{name[:-5]}_epoch" in logged) and value.numel() == 1
            }
            self.telling.row(args[0].epoch_progress.current.processed, shown)


def class_of(module: Any, name: str) -> Any:
    """The class that Lightning 2 calls ``_FitLoop``, and 1.9 ``FitLoop``."""
    return getattr(module, f"_{name}", None) or getattr(module, name)


def _facts(trainer: Any) -> dict[str, Any]:
    train, val = trainer.train_dataloader, trainer.val_dataloaders
    train = getattr(train, "loaders", train)  # Lightning 1.9 wraps it
    val = val[0] if isinstance(val, (list, tuple)) and len(val) == 1 else val
    optimizers = trainer.optimizers
    return {
        "n_train": samples_in(train),
        "n_val": samples_in(val),
        "batch_size": getattr(train, "batch_size", None),
        "epochs": trainer.max_epochs if (trainer.max_epochs or 0) > 0 else None,
        "optimizer": type(optimizers[0]).__name__ if len(optimizers) == 1 else None,
        "learning_rate": float(optimizers[0].param_groups[0]["lr"]) if len(optimizers) == 1 else None,
        "loss_is": "unknown",
    }
