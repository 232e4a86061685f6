"""A random generator comes in, a run goes out whose pattern shows in what stands beside its curves: samples, gradients, facts."""

from __future__ import annotations

import numpy as np

from nbdiag.events import Record
from nbdiag.run import Run
from nbdiag.samples import SampleLosses
from nbdiag.synthetic.margins import Curves, binary, learned, pair, run_of


def two_outliers(rng: np.random.Generator) -> Run:
    bulk = np.logaddexp(0, -(3 + rng.normal(size=200)))
    best, last = bulk + 0.01, bulk * 0.9
    best[[7, 42]], last[[7, 42]] = (2.5, 2.0), (21.0, 15.0)
    t, late = learned(30, 10), np.clip(np.arange(30) - 8, 0, None) / 21
    curves = pair(rng, (3 * t + late, 1 + 0.3 * t), (2.8 * t, 1 + 0.2 * t), n_val=200, jitter=0.005)
    curves["loss", "val"] += (last.mean() - best.mean() + 0.02) * late
    run = run_of(curves, binary(n_val=200, loss_is="epoch-mean"))
    run.samples = SampleLosses(last=last, best=best, best_epoch=9.0, last_epoch=30.0)
    return run


def worse_for_most(rng: np.random.Generator) -> Run:
    t, late = learned(40, 10), np.clip(np.arange(40) - 10, 0, None) / 29
    curves = pair(rng, (3 * t + 6 * late, 1 + t), (1.6 * t - 0.5 * late, 1 + t + 1.5 * late), n_val=2000)
    run = run_of(curves, binary(n_val=2000, loss_is="epoch-mean"))
    best = np.logaddexp(0, -(1.6 + 1.5 * rng.normal(size=2000)))
    last = best * 1.6 + 0.03 * rng.uniform(size=2000)
    run.samples = SampleLosses(last=last, best=best, best_epoch=11.0, last_epoch=40.0)
    return run


def gradients_that_die(rng: np.random.Generator) -> Run:
    curves: Curves = {("loss", s): 0.6932 + 0.0008 * rng.normal(size=25) for s in ("train", "val")}
    curves["gradient_norm_first_layer", "train"] = 2e-6 * np.exp(0.2 * rng.normal(size=25))
    curves["gradient_norm_last_layer", "train"] = 0.1 * np.exp(0.2 * rng.normal(size=25))
    return run_of(curves)


def gradient_that_jumps(rng: np.random.Generator) -> Run:
    t = learned(30)
    curves = pair(rng, (2.2 * t, 1 + 0.2 * t), (2.1 * t, 1 + 0.2 * t))
    norm = np.exp(0.2 * rng.normal(size=30))
    norm[14], curves["loss", "train"][14] = 900.0, 1.9
    curves["gradient_norm", "train"] = norm
    return run_of(curves, binary())


def same_order_every_epoch(rng: np.random.Generator) -> Run:
    order = np.sin(np.arange(40) / 40 * 2 * np.pi)
    run = Run(framework="torch", facts=binary(framework="torch"))
    for step in range(240):
        value = float(np.exp(-step / 200 + 0.4 * order[step % 40] + 0.1 * rng.normal()))
        run.append(Record("loss", "train", value, epoch=(step + 1) / 40, step=step + 1))
    return run


def healthy_with(rng: np.random.Generator, **known: object) -> Run:
    """A run that learned, of which one more thing is known."""
    t = np.arange(1, 16) / 15
    return run_of(pair(rng, (1.6 * t, np.ones(15)), (1.5 * t, np.ones(15))), binary(**known))


def pixels(rng: np.random.Generator) -> Run:
    t = learned(30)
    curves = pair(rng, (2 * t, 9 - 7 * t), (1.8 * t, 9 - 7 * t))
    return run_of(curves, binary(input_range=(0.0, 255.0)))


def all_frozen(rng: np.random.Generator) -> Run:
    level = {("loss", "train"): 0.6137, ("loss", "val"): 0.6352, ("accuracy", "train"): 0.7, ("accuracy", "val"): 0.69}
    return run_of({k: np.full(8, v + 0.001 * rng.uniform()) for k, v in level.items()}, binary(frozen=1.0))
