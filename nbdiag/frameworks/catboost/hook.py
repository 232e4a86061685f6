"""CatBoost's trainings come in while this is open, events go out: while it trains from its files, afterwards exactly.

CatBoost trains in C++. Its callbacks are handed all values so far after every round: of 3000 small rounds, that doubled
the time. But it writes each round's values, with ten digits, into its ``train_dir`` anyway; they are read there,
beside the training. The fitted model has them at full precision. Read against CatBoost 1.2.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any

from nbdiag.frameworks.base import Emit
from nbdiag.frameworks.catboost.measured import measured
from nbdiag.frameworks.catboost.progress import Progress
from nbdiag.frameworks.catboost.text import split_of
from nbdiag.frameworks.hooks.installing import following
from nbdiag.frameworks.hooks.patches import called
from nbdiag.frameworks.hooks.telling import Telling

_LOSSES = {
    "Logloss": "binary_crossentropy", "CrossEntropy": "binary_crossentropy", "MultiClass": "crossentropy",
    "RMSE": "mse", "MAE": "mae",
}  # fmt: skip
_CLASSES = ("Logloss", "MultiClass", "MultiClassOneVsAll")


def hook(emit: Emit) -> AbstractContextManager[None]:
    """Report trainings to ``emit`` while open; CatBoost may be imported before or inside."""
    trainings = _Trainings(emit)
    return following(trainings.telling, {"catboost.core": trainings.patches})


class _Trainings:
    def __init__(self, emit: Emit) -> None:
        self.telling = Telling("catboost", emit, "a CatBoost training")
        self.progress: Progress | None = None
        self.period = 1

    def patches(self, module: Any) -> Iterator[AbstractContextManager[None]]:
        """Watch the training."""
        yield called(module._CatBoostBase, "_train", before=self.begins, ended=self.ends)

    def begins(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        """``model._train(train_pool, eval_sets, params, ...)``."""
        with self.telling.guard:
            model, pool, held, params = args[:4]
            writes = params.get("allow_writing_files", True)
            if not writes and not _is_silent(params):
                return  # its text tells more while it trains
            if not self.telling.begin(model, _facts(model, pool, held, params)):
                return
            self.period = int(params.get("metric_period") or 1)
            if writes:
                folder = str(params.get("train_dir") or "catboost_info")
                self.progress = Progress(folder, len(held), self._tell, self.telling.guard)

    def ends(self, args: tuple[Any, ...], error: BaseException | None) -> None:
        """The training is over."""
        with self.telling.guard:
            model = args[0]
            if not self.telling.follows(model):
                return
            if self.progress is not None:
                self.progress.close()
                self.progress = None
            if error is None:
                self.telling.again()
                for curve in measured(model, self.period):
                    self._tell(*curve)
                classes = len(model.classes_)
                self.telling.learn({"learning_rate": float(model.learning_rate_), "n_classes": classes or None})
        self.telling.left(model, error)

    def _tell(self, name: str, metric: str, values: Sequence[float], rounds: Sequence[int]) -> None:
        self.telling.curve(f"{name} {metric}", metric, split_of(name), values, rounds=rounds)


def _is_silent(params: Mapping[str, Any]) -> bool:
    """``params`` are CatBoost's own by now: each has one name."""
    return params.get("logging_level") == "Silent" or params.get("verbose") == 0


def _facts(model: Any, pool: Any, held: Sequence[Any], params: Mapping[str, Any]) -> dict[str, Any]:
    loss = str(params.get("loss_function")).partition(":")[0]  # Quantile:alpha=0.1
    return {
        "n_train": pool.num_row(),
        "n_val": held[-1].num_row() if len(held) else None,
        "epochs": params.get("iterations") or 1000,  # its default
        "loss": _LOSSES.get(loss, loss),
        "task": "classification" if loss in _CLASSES else "regression" if loss in _LOSSES else None,
        "n_classes": 2 if loss == "Logloss" else None,
        "learning_rate": params.get("learning_rate"),  # without it, one is chosen when it begins
    }
