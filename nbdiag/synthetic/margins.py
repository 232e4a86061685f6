"""Means and spreads of margins come in, curves and runs of a real binary cross-entropy go out.

Every sample has a margin (its logit, signed so that positive is right); margins are normal with a mean and a spread
that follow the epoch, loss and accuracy are means over the samples. So the two never contradict each other.
"""

from __future__ import annotations

import dataclasses

import numpy as np

from nbdiag.events import Record
from nbdiag.facts import Facts
from nbdiag.run import Run

Column = tuple[str, str]
Curves = dict[Column, np.ndarray]


@dataclasses.dataclass(frozen=True)
class Samples:
    """A data set whose samples keep their place in the ranking from easy to hard."""

    z: np.ndarray

    def measure(self, mean: np.ndarray, spread: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Loss and accuracy for each epoch's mean and spread of the margins; shapes ``(epochs,)``."""
        margins = mean[:, None] + spread[:, None] * self.z
        return np.logaddexp(0, -margins).mean(axis=1), (margins > 0).mean(axis=1)


def run_of(curves: Curves, facts: Facts | None = None, *, decimals: int | None = None, name: str = "") -> Run:
    """A run of epochs from whole curves; printed with so many decimals where asked."""
    run = Run(name=name, framework="keras", facts=facts)
    for (metric, split), values in curves.items():
        half = 0.0 if decimals is None else 0.5 * 10.0**-decimals
        for epoch, value in enumerate(values.tolist(), 1):
            shown = round(value, decimals) if decimals is not None and np.isfinite(value) else value
            run.append(Record(metric, split, shown, epoch=epoch, rounding=half))
    return run


def binary(**known: object) -> Facts:
    """Facts of a plain binary task of 2000 training and 1000 validation samples; ``known`` adds or replaces."""
    base: dict[str, object] = {
        "task": "classification", "loss": "binary_crossentropy", "n_classes": 2, "n_train": 2000, "n_val": 1000,
        "batch_size": 32, "optimizer": "adam", "learning_rate": 0.001, "has_dropout": False, "has_batchnorm": False,
        "augmentation": False, "class_weight": False, "label_smoothing": 0.0, "has_penalty": False, "framework": "keras",
    }  # fmt: skip
    return Facts(**{**base, **known})  # type: ignore[arg-type]


def learned(epochs: int, rate: float = 6.0) -> np.ndarray:
    """How much of what can be learned is learned after each epoch, from near 0 to near 1. Shape ``(epochs,)``."""
    return 1 - np.exp(-rate * np.arange(1, epochs + 1) / epochs)


def pair(
    rng: np.random.Generator,
    train: tuple[np.ndarray, np.ndarray],
    val: tuple[np.ndarray, np.ndarray],
    *,
    n_val: int = 1000,
    jitter: float = 0.02,
) -> Curves:
    """Loss and accuracy on both splits from the margins' means and spreads; ``jitter`` moves the means each epoch."""
    sets = {"train": Samples(rng.normal(size=2000)), "val": Samples(rng.normal(size=n_val))}
    curves: Curves = {}
    for split, (mean, spread) in {"train": train, "val": val}.items():
        moved = mean + jitter * rng.normal(size=len(mean))
        curves["loss", split], curves["accuracy", split] = sets[split].measure(moved, spread)
    return curves
