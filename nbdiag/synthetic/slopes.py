"""A random generator comes in, a run goes out whose curves part, bend or rest in a way that is noted more than feared."""

from __future__ import annotations

import numpy as np

from nbdiag.facts import Facts
from nbdiag.run import Run
from nbdiag.synthetic.margins import Curves, binary, learned, pair, run_of


def collapse(rng: np.random.Generator) -> Run:
    t, gone = learned(30, 10), np.arange(30) >= 19
    mean, spread = np.where(gone, 0.0, 2.6 * (t - t[0])), np.where(gone, 0.05, 1.8 - 0.6 * t)
    return run_of(pair(rng, (mean, spread), (0.95 * mean, spread), jitter=5e-4), binary())


def late_understanding(rng: np.random.Generator) -> Run:
    e = np.arange(100)
    late = 1 / (1 + np.exp(-(e - 60) / 6))
    curves = pair(rng, (5 * learned(100, 25), 0.3 + 0.7 * np.exp(-e / 8)), (0.3 + 3 * late, 1.2 + 0 * late))
    return run_of(curves, binary())


def best_epoch_behind(rng: np.random.Generator) -> Run:
    t, late = learned(40, 8), np.clip(np.arange(40) - 14, 0, None) / 25
    curves = pair(rng, (2.5 * t + 2 * late, 1 + 0.2 * t), (2 * t, 1 + 0.2 * t), jitter=0.004)
    curves = {("loss", split): curves["loss", split] for split in ("train", "val")}
    curves["loss", "train"] = curves["loss", "train"][14] * np.ones(40) + 0.3 * np.exp(-np.arange(40) / 5)
    curves["loss", "val"] += 0.03 * late
    return run_of(curves)


def both_fall(rng: np.random.Generator) -> Run:
    e = np.arange(50)
    late = np.clip(e - 10, 0, None) / 40
    curves = pair(rng, (1.2 * learned(50), 1 + 0 * late), (1.2 * learned(50), 1 + 0 * late), jitter=0.005)
    curves["loss", "val"] = 0.4 + 0.5 * np.exp(-e / 14) + 0.003 * rng.normal(size=50)
    curves["accuracy", "val"] = 0.8 - 0.2 * np.exp(-e / 3) - 0.09 * late + 0.003 * rng.normal(size=50)
    return run_of(curves, binary())


def flat_loss_rising_accuracy(rng: np.random.Generator) -> Run:
    e = np.arange(60)
    late = np.clip(e - 35, 0, None) / 25
    curves: Curves = {("loss", "train"): 0.45 + 0.3 * np.exp(-e / 5) + 0.001 * rng.normal(size=60)}
    curves["accuracy", "train"] = 0.62 + 0.25 * late + 0.002 * rng.normal(size=60)
    return run_of(curves, Facts(framework="keras"))


def gap_that_opens(rng: np.random.Generator) -> Run:
    t, late = learned(40, 10), np.clip(np.arange(40) - 8, 0, None) / 31
    return run_of(pair(rng, (3 * t + 6 * late, 1 + t), (0.95 * t, 1 + 0.5 * t), jitter=0.005), binary())


def validation_never_better(rng: np.random.Generator) -> Run:
    e = np.arange(20)
    curves: Curves = {("loss", "train"): 0.7 * np.exp(-e / 12), ("loss", "val"): np.linspace(0.75, 0.79, 20)}
    return run_of({k: v + 0.004 * rng.normal(size=20) for k, v in curves.items()})


def running_mean(rng: np.random.Generator) -> Run:
    e = np.arange(30)
    val = 0.3 + 0.4 * np.exp(-e / 3) + 0.002 * rng.normal(size=30)
    return run_of({("loss", "train"): val + 0.4 * np.exp(-e / 2) + 0.002, ("loss", "val"): val})


def jumping_validation(rng: np.random.Generator) -> Run:
    t = learned(40)
    curves = pair(rng, (2.2 * t, 1 + 0.2 * t), (2.1 * t, 1 + 0.2 * t), jitter=0.01)
    curves["loss", "val"] *= np.exp(0.25 * rng.normal(size=40))
    return run_of({k: v for k, v in curves.items() if k[0] == "loss"}, binary())


def bump_that_heals(rng: np.random.Generator) -> Run:
    e = np.arange(50)
    up = 0.25 * np.exp(-(((e - 20) / 5.0) ** 2))
    val = 0.35 + 0.4 * np.exp(-e / 4) - 0.12 * e / 50 + up + 0.004 * rng.normal(size=50)
    return run_of({("loss", "train"): 0.3 + 0.4 * np.exp(-e / 4) + 0.0004 * e, ("loss", "val"): val})


def resting(rng: np.random.Generator) -> Run:
    e = np.arange(40)
    level = {"train": 0.55, "val": 0.72}
    return run_of({("loss", k): v + 0.4 * np.exp(-e / 3) + 0.002 * rng.normal(size=40) for k, v in level.items()})


def creeping(rng: np.random.Generator) -> Run:
    return run_of({("loss", "train"): np.linspace(2.0, 1.8, 30) + 0.0008 * rng.normal(size=30)})


def three_epochs(rng: np.random.Generator) -> Run:
    t = learned(3, 1.5)
    return run_of(pair(rng, (1.5 * t, 1 + 0 * t), (1.4 * t, 1 + 0 * t)), binary())
