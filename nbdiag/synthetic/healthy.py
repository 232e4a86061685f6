"""A random generator comes in, a run goes out in which nothing is wrong, though something about it may mislead."""

from __future__ import annotations

import numpy as np

from nbdiag.facts import Facts
from nbdiag.run import Run
from nbdiag.synthetic.margins import binary, learned, pair, run_of


def healthy(rng: np.random.Generator) -> Run:
    t = learned(40)
    return run_of(pair(rng, (3 * t, 1 + 0.5 * t), (2.9 * t, 1 + 0.5 * t)), binary())


def two_decimals(rng: np.random.Generator) -> Run:
    t = learned(40)
    return run_of(pair(rng, (3 * t, 1 + 0.5 * t), (2.9 * t, 1 + 0.5 * t)), binary(), decimals=2)


def all_right(rng: np.random.Generator) -> Run:
    t = learned(40, 12)
    return run_of(pair(rng, (12 * t, 1 + t), (11.5 * t, 1 + t), n_val=300), binary(n_val=300), decimals=4)


def smoothed_labels(rng: np.random.Generator) -> Run:
    t = learned(40)
    curves = pair(rng, (3 * t, 1 + 0.5 * t), (2.9 * t, 1 + 0.5 * t))
    for split, mean in (("train", 3 * t), ("val", 2.9 * t)):
        curves["loss", split] = curves["loss", split] + 0.05 * mean
    return run_of(curves, binary(label_smoothing=0.1))


def penalised(rng: np.random.Generator) -> Run:
    t = learned(40)
    curves = pair(rng, (3 * t, 1 + 0.5 * t), (2.9 * t, 1 + 0.5 * t))
    for split in ("train", "val"):
        curves["loss", split] = curves["loss", split] + 0.8 - 0.5 * t
    return run_of(curves, binary(has_penalty=True))


def last_batch(rng: np.random.Generator) -> Run:
    t = learned(40)
    curves = pair(rng, (3 * t, 1 + 0.5 * t), (2.9 * t, 1 + 0.5 * t))
    batch = (3 * t)[:, None] + (1 + 0.5 * t)[:, None] * rng.normal(size=(40, 32))
    curves["loss", "train"] = np.logaddexp(0, -batch).mean(axis=1)
    return run_of(curves, Facts(loss="binary_crossentropy", n_classes=2, framework="torch"), decimals=4)


def divided(rng: np.random.Generator) -> Run:
    t = learned(40)
    curves = pair(rng, (3 * t, 1 + 0.5 * t), (2.9 * t, 1 + 0.5 * t))
    curves["loss", "train"] = curves["loss", "train"] / 4
    return run_of(curves, Facts(loss="binary_crossentropy", n_classes=2, framework="torch"), decimals=4)


def infinite_norms(rng: np.random.Generator) -> Run:
    t = learned(40)
    curves = pair(rng, (3 * t, 1 + 0.5 * t), (2.9 * t, 1 + 0.5 * t))
    norms = 1 + 0.1 * rng.normal(size=40)
    norms[[0, 1, 17]] = np.inf
    curves["gradient_norm", "train"] = norms
    return run_of(curves, binary())
