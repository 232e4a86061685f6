"""scikit-learn's fits come in while this is open, events at full precision go out, also without ``verbose``.

Watched are methods that each round calls anyway: of the perceptrons, of gradient boosting, and of histogram boosting
with early stopping (without it, it measures nothing). The same names in scikit-learn 1.2 to 1.9.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import AbstractContextManager
from functools import partial
from typing import Any

from nbdiag.frameworks.base import Emit
from nbdiag.frameworks.hooks.installing import following
from nbdiag.frameworks.hooks.patches import called, caller, watched
from nbdiag.frameworks.hooks.telling import Telling
from nbdiag.frameworks.sklearn.remembered import remembered

_WATCHED = (
    (
        "sklearn.neural_network._multilayer_perceptron",
        "BaseMultilayerPerceptron",
        "_fit",
        "_update_no_improvement_count",
    ),
    ("sklearn.ensemble._gb", "BaseGradientBoosting", "_fit_stages", "_fit_stage"),
    ("sklearn.ensemble._hist_gradient_boosting.gradient_boosting", "BaseHistGradientBoosting", "fit", "_should_stop"),
)
"""Module, class, the method that is the training, and the one that each round looks up."""


def hook(emit: Emit) -> AbstractContextManager[None]:
    """Report fits to ``emit`` while open; scikit-learn may be imported before or inside."""
    fits = _Fits(emit)
    return following(fits.telling, {module: partial(fits.patches, *names) for module, *names in _WATCHED})


class _Fits:
    def __init__(self, emit: Emit) -> None:
        self.telling = Telling("sklearn", emit, "a fit of scikit-learn")

    def patches(self, owner: str, training: str, a_round: str, module: Any) -> Iterator[AbstractContextManager[None]]:
        """Watch a training and its rounds."""
        kind, left = getattr(module, owner), self.telling.left
        yield called(
            kind, training, before=self.begins, after=self.finished, ended=lambda args, error: left(args[0], error)
        )
        yield watched(kind, a_round, self.tells)

    def begins(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        """A fit is about to begin. Parts of one (``partial_fit``, ``warm_start``) are one training, in a loop of the reader's."""
        with self.telling.guard:
            incremental = kwargs.get("incremental", args[4] if len(args) > 4 else False)
            facts = _facts(args[0], args[1] if len(args) > 1 else kwargs.get("X"))
            part = incremental is True or getattr(args[0], "warm_start", False)
            if incremental is True:
                facts |= {"n_train": None, "epochs": None, "batch_size": None}  # a part's, and perhaps another's
            self.telling.begin(args[0], facts, continues=part)

    def tells(self, estimator: Any) -> None:
        """A round looks up a method: the values of the rounds before it stand in the estimator's lists."""
        with self.telling.guard:
            if self.telling.follows(estimator):
                # Gradient boosting's list is as long as the plan from the start; this tells how far it is.
                self._tell(estimator, caller().f_locals.get("i"))

    def finished(self, args: tuple[Any, ...], kwargs: dict[str, Any], result: Any) -> None:
        """The fit was finished; gradient boosting's gives its number of rounds."""
        with self.telling.guard:
            if self.telling.follows(args[0]):
                self._tell(args[0], result if isinstance(result, int) else None)

    def _tell(self, estimator: Any, rounds: int | None = None) -> None:
        for label, metric, split, values, first in remembered(estimator, rounds):
            self.telling.curve(label, metric, split, values, first)


def _facts(estimator: Any, data: Any) -> dict[str, Any]:
    params = vars(estimator)
    n = len(data) if hasattr(data, "__len__") and not hasattr(data, "tocsr") else data.shape[0]
    classifies = type(estimator).__name__.endswith("Classifier")
    known: dict[str, Any] = {"task": "classification" if classifies else "regression", "n_train": n}
    if "hidden_layer_sizes" in params:
        held = math.ceil(n * params["validation_fraction"]) if params["early_stopping"] else 0
        size = params["batch_size"]
        return known | {
            "n_train": n - held,
            "n_val": held or None,
            # A regressor's is half the mean squared error: no identity holds for it.
            "loss": "crossentropy" if classifies else "half the squared error",
            "has_penalty": params["alpha"] > 0,
            "batch_size": min(200, n - held) if size == "auto" else size,  # scikit-learn's own choice
            "optimizer": params["solver"],
            "learning_rate": params["learning_rate_init"],
            "epochs": params["max_iter"],
            "shuffle": bool(params["shuffle"]),
            "loss_is": "epoch-mean",
        }
    return known | {
        "learning_rate": params["learning_rate"],
        "epochs": params.get("n_estimators", params.get("max_iter")),
    }
