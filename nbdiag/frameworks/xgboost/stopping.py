"""Whether a training is to end comes in; XGBoost's trainings end by a callback that gives True after a round."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import Any

from nbdiag.frameworks.base import Asked, Emit
from nbdiag.frameworks.hooks.asking import Asking
from nbdiag.frameworks.hooks.guard import Guard
from nbdiag.frameworks.hooks.installing import installed
from nbdiag.frameworks.hooks.patches import watched


def stop(asked: Asked, emit: Emit) -> AbstractContextManager[None]:
    """While open, a training for which ``asked`` gives a reason is ended after its round."""
    guard = Guard(emit, "stopping an XGBoost training")

    def patches(module: Any) -> Iterator[AbstractContextManager[None]]:
        def begins(container: Any) -> None:
            with guard:  # each training makes a container, and in it a list of its own
                container.callbacks = [*container.callbacks, _stopper(module.TrainingCallback, asked)]

        yield watched(module.CallbackContainer, "before_training", begins)

    return installed(guard, {"xgboost.callback": patches})


def _stopper(base: type, asked: Asked) -> Any:
    asking = Asking(asked)

    def ends(self: Any, model: Any, epoch: int, evals_log: Any) -> bool:
        over = asking.is_over()
        # ``cv`` keeps the rounds up to the best one, which it takes for told wherever a callback ends it.
        if over and hasattr(model, "cvfolds") and model.attr("best_iteration") is None:
            model.set_attr(best_iteration=str(epoch))
        return over

    return type("Stopper", (base,), {"after_iteration": ends})()
