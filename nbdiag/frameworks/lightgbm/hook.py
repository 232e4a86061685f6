"""LightGBM's trainings come in while this is open, events at full precision go out.

``lgb.train``, and by it the scikit-learn interface, asks its booster for ``eval_train`` and ``eval_valid`` after each
round, also where no callback records them. ``lgb.cv`` asks each fold's booster: its run is their mean. The same names
in LightGBM 3.3 to 4.7.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from types import FrameType
from typing import Any

from nbdiag.events import Status
from nbdiag.frameworks.base import Emit
from nbdiag.frameworks.hooks.installing import following
from nbdiag.frameworks.hooks.patches import called, caller
from nbdiag.frameworks.hooks.telling import Telling
from nbdiag.frameworks.lightgbm.text import splits_of

_LOSSES = {
    "binary": "binary_crossentropy", "cross_entropy": "binary_crossentropy", "multiclass": "crossentropy", "softmax": "crossentropy",
    "regression": "mse", "regression_l2": "mse", "l2": "mse", "mean_squared_error": "mse", "mse": "mse",
    "regression_l1": "mae", "l1": "mae", "mean_absolute_error": "mae", "mae": "mae",
}  # fmt: skip
_CLASSES = ("binary", "multiclass", "softmax", "multiclassova", "multiclass_ova", "ova", "ovr")


def hook(emit: Emit) -> AbstractContextManager[None]:
    """Report trainings to ``emit`` while open; LightGBM may be imported before or inside."""
    boosters = _Boosters(emit)
    return following(boosters.telling, {"lightgbm.basic": boosters.patches})


class _Boosters:
    def __init__(self, emit: Emit) -> None:
        self.telling = Telling("lightgbm", emit, "a LightGBM training")
        self.splits: dict[str, str] = {}
        self.curves: dict[str, list[float]] = {}
        self.folds: list[Any] = []
        """What the folds of a cross-validation gave in this round."""

    def patches(self, module: Any) -> Iterator[AbstractContextManager[None]]:
        """Watch the evaluations."""
        for name in ("eval_train", "eval_valid"):
            yield called(module.Booster, name, after=self.evaluated)

    def evaluated(self, args: tuple[Any, ...], kwargs: dict[str, Any], results: Any) -> None:
        """``train`` asked its booster how it does, after a round."""
        with self.telling.guard:
            frame = caller()
            if frame.f_code.co_name == "handler_function" and frame.f_back is not None:
                self._evaluated_fold(frame.f_back, len(frame.f_locals["self"].boosters), results)
                return
            if not is_at_work(frame, "train"):
                return
            known = frame.f_locals
            owner = _lives_as_long(known)
            if owner is None or not (self.telling.follows(owner) or self._begins(owner, known)):
                return
            for name, metric, value, *_ in results:
                self._tell(name, metric, float(value), known["init_iteration"] + 1)

    def _evaluated_fold(self, frame: FrameType, count: int, results: Any) -> None:
        """``cv`` asks its folds in turn."""
        known = frame.f_locals
        owner = _lives_as_long(known)
        if not is_at_work(frame, "cv") or owner is None:
            return
        if not self.telling.follows(owner):
            self.curves, self.folds, self.splits = {}, [], {"valid": "val", "train": "train"}
            params = known["params"]
            facts = {"epochs": known["num_boost_round"], **_params_tell(params, known.get("fobj"))}
            self.telling.begin(owner, facts, name=f"mean of {count} folds", outcome=lambda: "finished")
        self.folds.append(results)
        if len(self.folds) < count:
            return
        folds, self.folds = self.folds, []
        for same in zip(*folds, strict=True):
            name, metric = same[0][:2]
            self._tell(name, metric, sum(float(one[2]) for one in same) / count, 1)

    def _tell(self, name: str, metric: str, value: float, first: int) -> None:
        label = f"{name}'s {metric}"
        values = self.curves.setdefault(label, [])
        values.append(value)
        self.telling.curve(label, metric, self.splits.get(name, name), values, first)

    def _begins(self, owner: Any, known: Mapping[str, Any]) -> bool:
        self.curves = {}
        booster = weakref.ref(known["booster"])
        own, others = known["train_data_name"], list(known["name_valid_sets"])
        self.splits = splits_of(others) | ({own: "train"} if known["is_valid_contain_train"] else {})
        return self.telling.begin(owner, _facts(known), outcome=lambda: _outcome(booster()))


def is_at_work(frame: FrameType, *names: str) -> bool:
    """Whether this is ``train``, or ``cv``, at work."""
    return frame.f_code.co_name in names and frame.f_globals.get("__name__") == "lightgbm.engine"


def _lives_as_long(known: Mapping[str, Any]) -> Any:
    """An object that only ``train``'s frame holds: when it dies, ``train`` has been left."""
    found = known.get("callbacks_set", known.get("callbacks"))
    return found if isinstance(found, set) else None


def _outcome(booster: Any) -> Status:
    """``train`` writes the best scores just before it returns."""
    return "finished" if booster is not None and booster.best_score else "interrupted"


def _facts(known: Mapping[str, Any]) -> dict[str, Any]:
    held = known["reduced_valid_sets"]
    return {
        "n_train": known["train_set"].num_data(),
        "n_val": held[-1].num_data() if held else None,
        "epochs": known["num_boost_round"],
        **_params_tell(known["params"], known.get("fobj")),
    }


def _params_tell(params: Mapping[str, Any], own: Any) -> dict[str, Any]:
    objective = "custom" if own is not None else str(params.get("objective") or "regression")
    rate = next((params[n] for n in ("learning_rate", "eta", "shrinkage_rate") if params.get(n)), 0.1)  # the default
    is_classes = objective in _CLASSES
    return {
        "loss": _LOSSES.get(objective, objective),
        "task": "classification" if is_classes else "regression" if objective in _LOSSES else None,
        "n_classes": 2 if objective == "binary" else params.get("num_class"),
        "learning_rate": float(rate),
    }
