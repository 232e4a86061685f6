"""The name of a pattern and a seed go in; a run that shows it, with the truth, comes out: for examples, demos and tests.

The numbers are those of a real binary cross-entropy: every sample has a margin (its logit, signed so that positive is
right), margins are normal with a mean and a spread that follow the epoch, loss and accuracy are means over the samples.
So loss and accuracy of a pattern never contradict each other, unless that is the pattern.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import numpy as np

from nbdiag.events import Record
from nbdiag.facts import Facts
from nbdiag.run import Run

Column = tuple[str, str]
Curves = dict[Column, np.ndarray]


@dataclasses.dataclass(frozen=True, eq=False)
class Example:
    """A run and its truth: the rule that should lead (None: nothing is wrong, no alarm may stand)."""

    run: Run
    rule: str | None


@dataclasses.dataclass(frozen=True)
class Samples:
    """A data set whose samples keep their place in the ranking from easy to hard."""

    z: np.ndarray

    def measure(self, mean: np.ndarray, spread: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Loss and accuracy for each epoch's mean and spread of the margins; shapes ``(epochs,)``."""
        margins = mean[:, None] + spread[:, None] * self.z
        return np.logaddexp(0, -margins).mean(axis=1), (margins > 0).mean(axis=1)


def make(pattern: str, seed: int = 0) -> Example:
    """The run of a pattern. Raises ``KeyError`` for an unknown name; ``PATTERNS`` holds them all."""
    build, rule = PATTERNS[pattern]
    return Example(build(np.random.default_rng(seed)), rule)


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


def _healthy(rng: np.random.Generator) -> Run:
    t = learned(40)
    return run_of(pair(rng, (3 * t, 1 + 0.5 * t), (2.9 * t, 1 + 0.5 * t)), binary())


def _still_improving(rng: np.random.Generator) -> Run:
    t = np.arange(1, 21) / 20
    return run_of(pair(rng, (2.4 * t, np.ones(20)), (2.3 * t, np.ones(20))), binary())


def _overfitting(rng: np.random.Generator) -> Run:
    t, late = learned(50, 10), np.clip(np.arange(50) - 12, 0, None) / 38
    return run_of(pair(rng, (3 * t + 6 * late, 1 + t), (1.6 * t - 0.5 * late, 1 + t + 2 * late)), binary())


def _confident_mistakes(rng: np.random.Generator) -> Run:
    t, late = learned(50, 10), np.clip(np.arange(50) - 12, 0, None) / 38
    grown = 1 + 3 * late
    return run_of(pair(rng, (3 * t + 6 * late, 1 + t), (1.8 * t * grown, (1 + 0.4 * t) * grown)), binary())


def _divergence(rng: np.random.Generator) -> Run:
    t, late = learned(25, 12), np.exp(np.clip(np.arange(25) - 11, 0, None) / 2.0) - 1
    curves = pair(rng, (2.5 * t, 1 + t), (2.3 * t, 1 + t))
    for split in ("train", "val"):
        curves["loss", split] = curves["loss", split] + late
        curves["accuracy", split] = np.where(late > 1, 0.5 + 0.01 * rng.normal(size=25), curves["accuracy", split])
    return run_of(curves, binary())


def _non_finite(rng: np.random.Generator) -> Run:
    t = learned(25)
    curves = pair(rng, (2.5 * t, 1 + t), (2.3 * t, 1 + t))
    for split in ("train", "val"):
        curves["loss", split][15:] = np.nan
    return run_of(curves, binary())


def _spikes(rng: np.random.Generator) -> Run:
    t = learned(40)
    curves = pair(rng, (2.5 * t, 1 + 0.5 * t), (2.4 * t, 1 + 0.5 * t))
    curves["loss", "train"][[14, 27]] *= 6
    return run_of(curves, binary())


def _gap_from_the_start(rng: np.random.Generator) -> Run:
    t = learned(30)
    return run_of(pair(rng, (1 + 2 * t, 1 + t), (0.3 * t, 2.5 + t)), binary())


def _wrong_labels(rng: np.random.Generator) -> Run:
    t, wrong = learned(30), 0.25
    curves = pair(rng, (1.2 * t, 0.4 + 0.2 * t), (1.2 * t, 0.4 + 0.2 * t))
    # A sample with a wrong label has the margin of its right one, with the sign turned.
    clean, turned = pair(rng, (1.2 * t, 0.4 + 0.2 * t), (t, t)), pair(rng, (-1.2 * t, 0.4 + 0.2 * t), (t, t))
    for metric in ("loss", "accuracy"):
        curves[metric, "train"] = (1 - wrong) * clean[metric, "train"] + wrong * turned[metric, "train"]
    return run_of(curves, binary())


def _late_start(rng: np.random.Generator) -> Run:
    t = 1 / (1 + np.exp(-(np.arange(45) - 20) / 2.0))
    return run_of(pair(rng, (3 * t, 0.02 + 1.2 * t), (2.9 * t, 0.02 + 1.2 * t), jitter=0.005), binary())


def _rate_drop(rng: np.random.Generator) -> Run:
    late = np.arange(30) >= 15
    t = learned(30, 30)
    curves = pair(rng, (1.2 * t + 1.6 * late, 1 + 0.3 * t), (1.2 * t + 1.4 * late, 1 + 0.3 * t))
    curves["learning_rate", "train"] = np.where(late, 0.001, 0.01)
    return run_of(curves, binary())


def _restarts(rng: np.random.Generator) -> Run:
    phase, t = (np.arange(32) % 8) / 8, learned(32)
    mean = 1.5 * t + 1.2 * phase
    curves = pair(rng, (mean, 1 + 0.2 * t), (0.95 * mean, 1 + 0.2 * t))
    curves["learning_rate", "train"] = 0.005 * (1 + np.cos(np.pi * phase)) + 1e-5
    return run_of(curves, binary())


def _oscillation(rng: np.random.Generator) -> Run:
    zigzag = 0.5 * rng.choice([-1.0, 1.0], size=40) * rng.uniform(0.5, 1.5, size=40)
    t = learned(40, 20)
    return run_of(pair(rng, (1.6 * t + zigzag, 1 + 0.3 * t), (1.5 * t + zigzag, 1 + 0.3 * t)), binary())


def _tiny_batches(rng: np.random.Generator) -> Run:
    t, walk = learned(30), 0.35 * rng.normal(size=30)
    curves = pair(rng, (1.5 * t + 0.3 * walk, 1 + 0.3 * t), (1.5 * t + walk, 1 + 0.3 * t))
    return run_of(curves, binary(batch_size=1))


def _underfitting(rng: np.random.Generator) -> Run:
    t = learned(40, 12)
    return run_of(pair(rng, (0.5 * t, 0.8 * t + 0.01), (0.48 * t, 0.8 * t + 0.01), jitter=0.005), binary())


def _at_chance(rng: np.random.Generator) -> Run:
    none = np.zeros(25)
    return run_of(
        pair(rng, (none, none + 0.02), (none, none + 0.02), jitter=0.003), binary(class_counts_val=[500, 500])
    )


def _regularised(rng: np.random.Generator) -> Run:
    t = learned(35)
    return run_of(pair(rng, (1.4 * t, 1 + 0.2 * t), (2.4 * t, 1 + 0.2 * t)), binary(has_dropout=True))


def _two_decimals(rng: np.random.Generator) -> Run:
    t = learned(40)
    return run_of(pair(rng, (3 * t, 1 + 0.5 * t), (2.9 * t, 1 + 0.5 * t)), binary(), decimals=2)


def _all_right(rng: np.random.Generator) -> Run:
    t = learned(40, 12)
    return run_of(pair(rng, (12 * t, 1 + t), (11.5 * t, 1 + t), n_val=300), binary(n_val=300), decimals=4)


def _smoothed_labels(rng: np.random.Generator) -> Run:
    t = learned(40)
    curves = pair(rng, (3 * t, 1 + 0.5 * t), (2.9 * t, 1 + 0.5 * t))
    for split, mean in (("train", 3 * t), ("val", 2.9 * t)):
        curves["loss", split] = curves["loss", split] + 0.05 * mean
    return run_of(curves, binary(label_smoothing=0.1))


def _penalised(rng: np.random.Generator) -> Run:
    t = learned(40)
    curves = pair(rng, (3 * t, 1 + 0.5 * t), (2.9 * t, 1 + 0.5 * t))
    for split in ("train", "val"):
        curves["loss", split] = curves["loss", split] + 0.8 - 0.5 * t
    return run_of(curves, binary(has_penalty=True))


def _last_batch(rng: np.random.Generator) -> Run:
    t = learned(40)
    curves = pair(rng, (3 * t, 1 + 0.5 * t), (2.9 * t, 1 + 0.5 * t))
    batch = (3 * t)[:, None] + (1 + 0.5 * t)[:, None] * rng.normal(size=(40, 32))
    curves["loss", "train"] = np.logaddexp(0, -batch).mean(axis=1)
    return run_of(curves, Facts(loss="binary_crossentropy", n_classes=2, framework="torch"), decimals=4)


def _divided(rng: np.random.Generator) -> Run:
    t = learned(40)
    curves = pair(rng, (3 * t, 1 + 0.5 * t), (2.9 * t, 1 + 0.5 * t))
    curves["loss", "train"] = curves["loss", "train"] / 4
    return run_of(curves, Facts(loss="binary_crossentropy", n_classes=2, framework="torch"), decimals=4)


def _infinite_norms(rng: np.random.Generator) -> Run:
    t = learned(40)
    curves = pair(rng, (3 * t, 1 + 0.5 * t), (2.9 * t, 1 + 0.5 * t))
    norms = 1 + 0.1 * rng.normal(size=40)
    norms[[0, 1, 17]] = np.inf
    curves["gradient_norm", "train"] = norms
    return run_of(curves, binary())


PATTERNS: dict[str, tuple[Callable[[np.random.Generator], Run], str | None]] = {
    "healthy": (_healthy, None),
    "healthy, two decimals": (_two_decimals, None),
    "healthy, everything right": (_all_right, None),
    "healthy, smoothed labels": (_smoothed_labels, None),
    "healthy, penalty in the loss": (_penalised, None),
    "healthy, loss of the last batch": (_last_batch, None),
    "healthy, loss divided by accumulation steps": (_divided, None),
    "healthy, infinite gradient norms": (_infinite_norms, None),
    "still improving": (_still_improving, "still-improving"),
    "overfitting": (_overfitting, "overfitting"),
    "confident mistakes": (_confident_mistakes, "val-loss-up-accuracy-holding"),
    "divergence": (_divergence, "divergence"),
    "not a number": (_non_finite, "non-finite"),
    "spikes": (_spikes, "loss-spike"),
    "gap from the start": (_gap_from_the_start, "gap-from-first-epoch"),
    "wrong labels": (_wrong_labels, "label-noise"),
    "late start": (_late_start, "late-start"),
    "learning-rate drop": (_rate_drop, "lr-drop"),
    "warm restarts": (_restarts, "lr-restarts"),
    "oscillation": (_oscillation, "oscillating-loss"),
    "tiny batches": (_tiny_batches, "noisy-training"),
    "underfitting": (_underfitting, "underfitting"),
    "no better than chance": (_at_chance, "stuck-at-chance"),
    "regularised": (_regularised, "val-better-than-train"),
}
"""Each pattern's builder and the rule that should lead its diagnosis; None where nothing is wrong."""
