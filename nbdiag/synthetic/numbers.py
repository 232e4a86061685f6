"""A random generator comes in, a run goes out in which single numbers give the pattern away, by arithmetic."""

from __future__ import annotations

import numpy as np

from nbdiag.facts import Facts
from nbdiag.run import Run
from nbdiag.synthetic.margins import Curves, binary, learned, pair, run_of


def accuracy_of_a_regression(rng: np.random.Generator) -> Run:
    falling = 9 * np.exp(-4 * learned(30)) * (1 + 0.02 * rng.normal(size=30))
    curves: Curves = {("loss", split): falling + extra for split, extra in (("train", 0.3), ("val", 0.5))}
    curves |= {("accuracy", split): 0.001 * rng.integers(0, 4, size=30) for split in ("train", "val")}
    return run_of(curves, Facts(loss="mse", task="regression", framework="keras"))


def negative_cross_entropy(rng: np.random.Generator) -> Run:
    t = np.arange(25) / 25
    curves: Curves = {("loss", s): 0.5 - 4 * t**1.5 + 0.02 * rng.normal(size=25) for s in ("train", "val")}
    curves |= {("accuracy", s): 0.5 + 0.02 * rng.normal(size=25) for s in ("train", "val")}
    return run_of(curves, Facts(loss="binary_crossentropy", framework="keras"))


def weighted_training_loss(rng: np.random.Generator) -> Run:
    t = learned(40)
    curves = pair(rng, (0.8 * t, 1 + 0.2 * t), (0.7 * t, 1 + 0.2 * t))
    curves["loss", "train"] *= 0.15
    return run_of(curves, binary(class_weight=None))


def loss_of_something_else(rng: np.random.Generator) -> Run:
    t = learned(30)
    curves = pair(rng, (0.8 * t, 1 + 0.2 * t), (0.7 * t, 1 + 0.2 * t))
    for split in ("train", "val"):
        curves["loss", split] *= 0.2
    return run_of(curves, binary(class_weight=None))


def softmax_twice(rng: np.random.Generator) -> Run:
    curves: Curves = {}
    for split, best in (("train", 0.985), ("val", 0.97)):
        curves["accuracy", split] = best - 0.5 * np.exp(-np.arange(30) / 4) + 0.001 * rng.normal(size=30)
        # A right sample costs ln(e + K - 1) - 1, a wrong one ln(e + K - 1), as soon as the first softmax is sure.
        curves["loss", split] = np.log(np.e + 9) - curves["accuracy", split] + 0.05 * np.exp(-np.arange(30) / 3)
    known = Facts(loss="crossentropy", n_classes=10, n_train=5000, n_val=1000, loss_is="epoch-mean", framework="torch")
    return run_of(curves, known)


def cold_averages(rng: np.random.Generator) -> Run:
    t = learned(8, 4)
    curves = pair(rng, (1.2 * t, 1 + 0.2 * t), (0.3 * t, 9 - 3 * t), n_val=500)
    known = binary(has_batchnorm=True, batchnorm_momentum=0.99, batch_size=256, steps_per_epoch=8, n_val=500)
    return run_of(curves, known)


def few_steps(rng: np.random.Generator) -> Run:
    t = learned(4, 3)
    curves = pair(rng, (1.5 * t, 1 + 0.2 * t), (1.45 * t, 1 + 0.2 * t), n_val=500)
    known = binary(has_batchnorm=True, batchnorm_momentum=0.99, batch_size=256, steps_per_epoch=8, n_val=500)
    return run_of(curves, known)


def limit_of_the_loss(rng: np.random.Generator) -> Run:
    t = learned(12, 3)
    curves = pair(rng, (2 * t, 1 + 0.2 * t), (t, 1 + 0.2 * t), n_val=400)
    accuracy = np.round((0.75 + 0.1 * t + 0.02 * rng.normal(size=12)) * 400) / 400
    # Probabilities clipped at 1e-7 in 32 bits charge each wrong sample this much.
    curves["accuracy", "val"], curves["loss", "val"] = accuracy, (1 - accuracy) * 16.118 + 0.001
    return run_of(curves, binary(n_val=400, has_batchnorm=False))


def short_epochs(rng: np.random.Generator) -> Run:
    t = learned(20, 3)
    curves = pair(rng, (1.8 * t, 1 + 0.2 * t), (1.7 * t, 1 + 0.2 * t), jitter=0.1)
    return run_of(curves, binary(n_train=4000, batch_size=32, steps_per_epoch=11))


def few_validation_samples(rng: np.random.Generator) -> Run:
    t = learned(30)
    return run_of(pair(rng, (1.6 * t, 1 + 0.2 * t), (1.5 * t, 1 + 0.2 * t), n_val=25, jitter=0.12), binary(n_val=25))


def flipping_class(rng: np.random.Generator) -> Run:
    share = np.where(np.arange(12) % 3 == 1, 0.25, 0.75)
    curves = pair(rng, (0 * share, 0.3 + 0 * share), (0 * share, 0.3 + 0 * share), n_val=120)
    curves["accuracy", "val"] = share
    curves["loss", "val"] = 1.2 - share + 0.05 * rng.normal(size=12)
    return run_of(curves, binary(n_val=120, class_counts_val=[90, 30]))


def one_class_for_all(rng: np.random.Generator) -> Run:
    entropy = -0.9 * np.log(0.9) - 0.1 * np.log(0.1)
    falling = entropy + 0.3 * np.exp(-np.arange(25) / 2)
    curves: Curves = {("loss", split): falling + 0.002 * rng.normal(size=25) for split in ("train", "val")}
    curves |= {("accuracy", split): np.where(np.arange(25) < 2, 0.7, 0.9) for split in ("train", "val")}
    return run_of(curves, binary(n_val=200, class_counts_val=[180, 20], class_counts_train=[1800, 200]))


def nothing_moves(rng: np.random.Generator) -> Run:
    level = {("loss", "train"): 0.5137, ("loss", "val"): 0.5352, ("accuracy", "train"): 0.76, ("accuracy", "val"): 0.75}
    return run_of({k: np.full(12, v + 0.001 * rng.uniform()) for k, v in level.items()}, binary())


def sure_at_random(rng: np.random.Generator) -> Run:
    t = learned(30)
    curves = pair(rng, (2 * t, 9 - 7 * t), (1.8 * t, 9 - 7 * t))
    return run_of(curves, binary(input_range=(0.0, 1.0)))


def other_validation_data(rng: np.random.Generator) -> Run:
    t = learned(30)
    return run_of(
        pair(rng, (3 * t, 1 + 0.5 * t), (-0.7 * t, 1 + 0.4 * t), n_val=400),
        binary(n_val=400, class_counts_val=[200, 200]),
    )


def swapped_labels(rng: np.random.Generator) -> Run:
    t = learned(30)
    curves = pair(rng, (3 * t, 1 + 0.5 * t), (-0.7 * t, 1 + 0.4 * t), n_val=400)
    return run_of({k: v for k, v in curves.items() if k[1] == "val"}, binary(n_val=400, class_counts_val=[200, 200]))


def copies_in_validation(rng: np.random.Generator) -> Run:
    t = learned(15, 3)
    curves = pair(rng, (1.2 + 1.2 * t, 1 + 0 * t), (5 + t, 1 + 0 * t))
    curves["accuracy", "train"] -= 0.15 * (1 - t)
    return run_of(curves, binary())


def sure_and_wrong(rng: np.random.Generator) -> Run:
    t = learned(30, 20)
    return run_of(pair(rng, (1 + 16 * t, 1 + 15 * t), (1 + 16 * t, 1 + 15 * t)), binary())


def floor_of_smoothing(rng: np.random.Generator) -> Run:
    fall = np.exp(-np.arange(30) / 3)
    curves: Curves = {("loss", s): 0.5025 + 1.6 * fall + 0.001 * rng.normal(size=30) for s in ("train", "val")}
    curves |= {("accuracy", s): 0.998 - 0.5 * fall for s in ("train", "val")}
    known = Facts(loss="crossentropy", n_classes=10, label_smoothing=0.1, n_train=5000, n_val=1000, framework="keras")
    return run_of(curves, known)


def top_k_of_k(rng: np.random.Generator) -> Run:
    t = learned(25)
    curves = pair(rng, (2.5 * t, 1 + 0.4 * t), (2.4 * t, 1 + 0.4 * t))
    curves |= {("top_k_categorical_accuracy", split): np.ones(25) for split in ("train", "val")}
    return run_of(curves, binary())
