"""XGBoost's trainings come in while this is open, events at full precision go out.

``xgb.train``, and by it the scikit-learn interface, makes a ``CallbackContainer`` that evaluates each round and keeps the
history; its methods are watched by their lookup. So does ``xgb.cv``: its run is the mean of its folds. The same names
since XGBoost 1.3.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from typing import Any

from nbdiag.frameworks.base import Emit
from nbdiag.frameworks.hooks.installing import following
from nbdiag.frameworks.hooks.patches import called, caller, watched
from nbdiag.frameworks.hooks.telling import Telling
from nbdiag.frameworks.rounds import evaluation_splits

_LOSSES = {
    "binary:logistic": "binary_crossentropy", "binary:logitraw": "binary_crossentropy", "reg:logistic": "binary_crossentropy",
    "multi:softprob": "crossentropy", "multi:softmax": "crossentropy", "reg:squarederror": "mse", "reg:linear": "mse",
    "reg:absoluteerror": "mae",
}  # fmt: skip
"""What XGBoost's objectives are called elsewhere."""


def hook(emit: Emit) -> AbstractContextManager[None]:
    """Report trainings to ``emit`` while open; XGBoost may be imported before or inside."""
    boosters = _Boosters(emit)
    return following(boosters.telling, {"xgboost.callback": boosters.patches})


class _Boosters:
    def __init__(self, emit: Emit) -> None:
        self.telling = Telling("xgboost", emit, "an XGBoost training")
        self.train: set[str] = set()
        """Names of evaluation sets that are the training data itself."""
        self.splits: dict[str, str] = {}

    def patches(self, module: Any) -> Iterator[AbstractContextManager[None]]:
        """Watch what calls the callbacks."""
        container = module.CallbackContainer
        yield watched(container, "before_training", self.begins)
        yield watched(container, "before_iteration", self.tells)
        yield called(container, "after_training", ended=self.ends)

    def begins(self, container: Any) -> None:
        """``train`` is about to begin with its rounds."""
        with self.telling.guard:
            known = caller().f_locals
            sets = list(known.get("evals") or ())
            if container.is_cv:
                facts = _facts(known, known["dtrain"], []) | {"n_train": None}
                self.splits, self.train = {}, set()
                self.telling.begin(container, facts, name=f"mean of {len(known['cvfolds'])} folds")
                return
            if not sets:
                return
            data = known["dtrain"]
            if self.telling.begin(container, _facts(known, data, sets)):
                self.splits = {}
                self.train = {name for matrix, name in sets if matrix is data}

    def tells(self, container: Any) -> None:
        """A round is about to begin: those before it are in the history."""
        with self.telling.guard:
            if self.telling.follows(container):
                if len(self.splits) < len(container.history):
                    others = [name for name in container.history if name not in self.train]
                    self.splits = evaluation_splits(others) | dict.fromkeys(self.train, "train")
                # Of a cross-validation, each value is the folds' mean and their deviation.
                of = _mean if container.is_cv else float
                for name, metrics in container.history.items():
                    for metric, values in metrics.items():
                        self.telling.curve(f"{name}-{metric}", metric, self.splits[name], values, of=of)

    def ends(self, args: tuple[Any, ...], error: BaseException | None) -> None:
        """All rounds are done."""
        self.tells(args[0])
        self.telling.left(args[0], error)


def _mean(value: tuple[float, float]) -> float:
    return float(value[0])


def _facts(known: Mapping[str, Any], data: Any, sets: list[Any]) -> dict[str, Any]:
    given = known.get("params") or {}
    params = dict(given.items() if isinstance(given, Mapping) else given)
    objective = "custom" if known.get("obj") is not None else str(params.get("objective") or "reg:squarederror")
    held = [matrix.num_row() for matrix, _ in sets if matrix is not data]
    kind = objective.partition(":")[0]
    return {
        "n_train": data.num_row(),
        "n_val": held[-1] if held else None,
        "epochs": known.get("num_boost_round"),
        "loss": _LOSSES.get(objective, objective),
        "task": {"binary": "classification", "multi": "classification", "reg": "regression"}.get(kind),
        "n_classes": 2 if kind == "binary" else int(params["num_class"]) if params.get("num_class") else None,
        "learning_rate": float(params.get("eta") or params.get("learning_rate") or 0.3),  # XGBoost's default
    }
