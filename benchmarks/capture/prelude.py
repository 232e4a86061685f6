"""Goes before each recorded program: it keeps the numbers the program prints and gives it a training to print."""

import atexit
import json
import os
import platform
import sys
from collections.abc import Iterator
from importlib import metadata
from typing import Any

_FRAMEWORKS = (
    "keras", "torch", "jax", "tensorflow", "tqdm", "xgboost", "lightgbm", "catboost", "sklearn", "skorch", "lightning",
    "transformers", "ignite", "fastai", "flax", "optax", "rich", "pandas", "numpy", "scipy",
    "structlog", "loguru", "tabulate", "prettytable", "equinox", "gpytorch", "pyro", "pytorch_tabnet", "gensim",
)  # fmt: skip
_kept = open(os.environ["NBDIAG_TRUTH"], "w")  # noqa: SIM115 - open until the program ends


@atexit.register
def _versions() -> None:
    used = [name for name in _FRAMEWORKS if name in sys.modules]
    found = {
        n: str(getattr(sys.modules[n], "__version__", None) or metadata.version(n.replace("_", "-"))) for n in used
    }
    with open(os.environ["NBDIAG_TRUTH"] + ".versions", "w") as file:
        json.dump({"python": platform.python_version(), **found}, file, indent=1)


def keep(
    split: str, metric: str, value: float, epoch: Any = "", step: Any = "", label: str = "", run: int = 1, unit: str = "",
    printed: str = "", optional: int = 0,
) -> None:  # fmt: skip
    """The program prints ``value``, as ``printed``."""
    row = {"split": split, "metric": metric, "value": repr(float(value)), "epoch": epoch, "step": step, "run": run,
           "label": label or metric, "unit": unit, "printed": printed, "shown_epoch": epoch, "optional": optional}  # fmt: skip
    _kept.write(json.dumps(row) + "\n")
    _kept.flush()


def keep_history(history: Any, run: int = 1, val_every: int = 1) -> None:
    """The program printed all of a Keras ``History``."""
    for name, values in history.history.items():
        split, metric = ("val", name[4:]) if name.startswith("val_") else ("train", name)
        places = [e + 1 for e in history.epoch]
        if split == "val":
            places = [e for e in places if e % val_every == 0]
        for epoch, value in zip(places, values, strict=True):
            printed = f"{value:.4f}" if abs(value) > 1e-3 else f"{value:.4e}"
            keep(split, metric, value, epoch, label=name, run=run, printed=printed)


def train(epochs: int = 5, steps: int = 8, seed: int = 0) -> Iterator[tuple[int, int, float, float]]:
    """A logistic regression that really trains: epoch, step, loss and accuracy of each batch, counted from 1."""
    import numpy as np

    r = np.random.default_rng(seed)
    x = r.normal(size=(steps * 16, 4))
    y = (x[:, 0] + 0.5 * r.normal(size=len(x)) > 0).astype(float)
    w = np.zeros(4)
    for epoch in range(1, epochs + 1):
        for step in range(1, steps + 1):
            a, b = x[step * 16 - 16 : step * 16], y[step * 16 - 16 : step * 16]
            p = 1 / (1 + np.exp(-a @ w))
            loss = float(-np.mean(b * np.log(p) + (1 - b) * np.log(1 - p)))
            yield epoch, step, loss, float(np.mean((p > 0.5) == b))
            w -= 0.5 * a.T @ (p - b) / len(b)


def epochs(epochs: int = 5, steps: int = 8, seed: int = 0) -> Iterator[tuple[int, float, float, float, float]]:
    """The same by epoch: epoch, training loss and accuracy, validation loss and accuracy."""
    rows = list(train(epochs, steps, seed))
    for e in range(1, epochs + 1):
        mine = [row for row in rows if row[0] == e]
        loss, accuracy = (sum(row[i] for row in mine) / steps for i in (2, 3))
        yield e, loss, accuracy, loss * 1.1 + 0.01 * (e % 3), accuracy * 0.97


# The program begins.
