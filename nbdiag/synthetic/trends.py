"""A random generator comes in, a run goes out whose curves show one pattern over their epochs."""

from __future__ import annotations

import numpy as np

from nbdiag.run import Run
from nbdiag.synthetic.margins import binary, learned, pair, run_of


def still_improving(rng: np.random.Generator) -> Run:
    t = np.arange(1, 21) / 20
    return run_of(pair(rng, (2.4 * t, np.ones(20)), (2.3 * t, np.ones(20))), binary())


def overfitting(rng: np.random.Generator) -> Run:
    t, late = learned(50, 10), np.clip(np.arange(50) - 12, 0, None) / 38
    return run_of(pair(rng, (3 * t + 6 * late, 1 + t), (1.6 * t - 0.5 * late, 1 + t + 2 * late)), binary())


def confident_mistakes(rng: np.random.Generator) -> Run:
    t, late = learned(50, 10), np.clip(np.arange(50) - 12, 0, None) / 38
    grown = 1 + 3 * late
    return run_of(pair(rng, (3 * t + 6 * late, 1 + t), (1.8 * t * grown, (1 + 0.4 * t) * grown)), binary())


def divergence(rng: np.random.Generator) -> Run:
    t, late = learned(25, 12), np.exp(np.clip(np.arange(25) - 11, 0, None) / 2.0) - 1
    curves = pair(rng, (2.5 * t, 1 + t), (2.3 * t, 1 + t))
    for split in ("train", "val"):
        curves["loss", split] = curves["loss", split] + late
        curves["accuracy", split] = np.where(late > 1, 0.5 + 0.01 * rng.normal(size=25), curves["accuracy", split])
    return run_of(curves, binary())


def non_finite(rng: np.random.Generator) -> Run:
    t = learned(25)
    curves = pair(rng, (2.5 * t, 1 + t), (2.3 * t, 1 + t))
    for split in ("train", "val"):
        curves["loss", split][15:] = np.nan
    return run_of(curves, binary())


def spikes(rng: np.random.Generator) -> Run:
    t = learned(40)
    curves = pair(rng, (2.5 * t, 1 + 0.5 * t), (2.4 * t, 1 + 0.5 * t))
    curves["loss", "train"][[14, 27]] *= 6
    return run_of(curves, binary())


def gap_from_the_start(rng: np.random.Generator) -> Run:
    t = learned(30)
    return run_of(pair(rng, (1 + 2 * t, 1 + t), (0.3 * t, 2.5 + t)), binary())


def wrong_labels(rng: np.random.Generator) -> Run:
    t, wrong = learned(30), 0.25
    curves = pair(rng, (1.2 * t, 0.4 + 0.2 * t), (1.2 * t, 0.4 + 0.2 * t))
    # A sample with a wrong label has the margin of its right one, with the sign turned.
    clean, turned = pair(rng, (1.2 * t, 0.4 + 0.2 * t), (t, t)), pair(rng, (-1.2 * t, 0.4 + 0.2 * t), (t, t))
    for metric in ("loss", "accuracy"):
        curves[metric, "train"] = (1 - wrong) * clean[metric, "train"] + wrong * turned[metric, "train"]
    return run_of(curves, binary())


def late_start(rng: np.random.Generator) -> Run:
    t = 1 / (1 + np.exp(-(np.arange(45) - 20) / 2.0))
    return run_of(pair(rng, (3 * t, 0.02 + 1.2 * t), (2.9 * t, 0.02 + 1.2 * t), jitter=0.005), binary())


def rate_drop(rng: np.random.Generator) -> Run:
    late = np.arange(30) >= 15
    t = learned(30, 30)
    curves = pair(rng, (1.2 * t + 1.6 * late, 1 + 0.3 * t), (1.2 * t + 1.4 * late, 1 + 0.3 * t))
    curves["learning_rate", "train"] = np.where(late, 0.001, 0.01)
    return run_of(curves, binary())


def restarts(rng: np.random.Generator) -> Run:
    phase, t = (np.arange(32) % 8) / 8, learned(32)
    mean = 1.5 * t + 1.2 * phase
    curves = pair(rng, (mean, 1 + 0.2 * t), (0.95 * mean, 1 + 0.2 * t))
    curves["learning_rate", "train"] = 0.005 * (1 + np.cos(np.pi * phase)) + 1e-5
    return run_of(curves, binary())


def oscillation(rng: np.random.Generator) -> Run:
    zigzag = 0.5 * rng.choice([-1.0, 1.0], size=40) * rng.uniform(0.5, 1.5, size=40)
    t = learned(40, 20)
    return run_of(pair(rng, (1.6 * t + zigzag, 1 + 0.3 * t), (1.5 * t + zigzag, 1 + 0.3 * t)), binary())


def tiny_batches(rng: np.random.Generator) -> Run:
    t, walk = learned(30), 0.35 * rng.normal(size=30)
    curves = pair(rng, (1.5 * t + 0.3 * walk, 1 + 0.3 * t), (1.5 * t + walk, 1 + 0.3 * t))
    return run_of(curves, binary(batch_size=1))


def underfitting(rng: np.random.Generator) -> Run:
    t = learned(40, 12)
    return run_of(pair(rng, (0.5 * t, 0.8 * t + 0.01), (0.48 * t, 0.8 * t + 0.01), jitter=0.005), binary())


def at_chance(rng: np.random.Generator) -> Run:
    none = np.zeros(25)
    return run_of(
        pair(rng, (none, none + 0.02), (none, none + 0.02), jitter=0.003), binary(class_counts_val=[500, 500])
    )


def regularised(rng: np.random.Generator) -> Run:
    t = learned(35)
    return run_of(pair(rng, (1.4 * t, 1 + 0.2 * t), (2.4 * t, 1 + 0.2 * t)), binary(has_dropout=True))
