"""The name of a pattern and a seed go in; a run that shows it, with the truth, comes out: for examples, demos and tests."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from functools import partial

import numpy as np

from nbdiag.run import Run
from nbdiag.synthetic import beside, healthy, numbers, slopes, trends


@dataclasses.dataclass(frozen=True, eq=False)
class Example:
    """A run and its truth: the rule that should lead (None: nothing is wrong, no alarm may stand)."""

    run: Run
    rule: str | None


def make(pattern: str, seed: int = 0) -> Example:
    """The run of a pattern. Raises ``KeyError`` for an unknown name; ``PATTERNS`` holds them all."""
    build, rule = PATTERNS[pattern]
    return Example(build(np.random.default_rng(seed)), rule)


PATTERNS: dict[str, tuple[Callable[[np.random.Generator], Run], str | None]] = {
    "healthy": (healthy.healthy, None),
    "healthy, two decimals": (healthy.two_decimals, None),
    "healthy, everything right": (healthy.all_right, None),
    "healthy, smoothed labels": (healthy.smoothed_labels, None),
    "healthy, penalty in the loss": (healthy.penalised, None),
    "healthy, loss of the last batch": (healthy.last_batch, None),
    "healthy, loss divided by accumulation steps": (healthy.divided, None),
    "healthy, infinite gradient norms": (healthy.infinite_norms, None),
    "still improving": (trends.still_improving, "still-improving"),
    "overfitting": (trends.overfitting, "overfitting"),
    "confident mistakes": (trends.confident_mistakes, "val-loss-up-accuracy-holding"),
    "divergence": (trends.divergence, "divergence"),
    "not a number": (trends.non_finite, "non-finite"),
    "spikes": (trends.spikes, "loss-spike"),
    "gap from the start": (trends.gap_from_the_start, "gap-from-first-epoch"),
    "wrong labels": (trends.wrong_labels, "label-noise"),
    "late start": (trends.late_start, "late-start"),
    "learning-rate drop": (trends.rate_drop, "lr-drop"),
    "warm restarts": (trends.restarts, "lr-restarts"),
    "oscillation": (trends.oscillation, "oscillating-loss"),
    "tiny batches": (trends.tiny_batches, "noisy-training"),
    "underfitting": (trends.underfitting, "underfitting"),
    "no better than chance": (trends.at_chance, "stuck-at-chance"),
    "regularised": (trends.regularised, "val-better-than-train"),
    "accuracy of a regression": (numbers.accuracy_of_a_regression, "accuracy-on-regression"),
    "negative cross-entropy": (numbers.negative_cross_entropy, "negative-loss"),
    "weighted training loss": (numbers.weighted_training_loss, "train-loss-weighted"),
    "loss of something else": (numbers.loss_of_something_else, "loss-metric-mismatch"),
    "softmax twice": (numbers.softmax_twice, "double-softmax"),
    "cold averages": (numbers.cold_averages, "train-eval-mode-mismatch"),
    "few steps": (numbers.few_steps, "batchnorm-cold-stats"),
    "limit of the loss": (numbers.limit_of_the_loss, "saturated-outputs"),
    "short epochs": (numbers.short_epochs, "incomplete-epochs"),
    "few validation samples": (numbers.few_validation_samples, "small-validation-set"),
    "flipping class": (numbers.flipping_class, "prediction-flips-class"),
    "one class for all": (numbers.one_class_for_all, "constant-prediction"),
    "nothing moves": (numbers.nothing_moves, "frozen-metrics"),
    "pixels": (beside.pixels, "inputs-not-normalised"),
    "sure at random": (numbers.sure_at_random, "initial-loss-off"),
    "other validation data": (numbers.other_validation_data, "validation-set-mismatch"),
    "swapped labels": (numbers.swapped_labels, "accuracy-below-chance"),
    "copies in validation": (numbers.copies_in_validation, "suspiciously-good"),
    "two outliers": (beside.two_outliers, "loss-hijacked-by-outliers"),
    "sure and wrong": (numbers.sure_and_wrong, "overconfident-wrong"),
    "worse for most": (beside.worse_for_most, "broad-loss-shift"),
    "gradients that die": (beside.gradients_that_die, "vanishing-gradients"),
    "gradient that jumps": (beside.gradient_that_jumps, "exploding-gradients"),
    "same order every epoch": (beside.same_order_every_epoch, "missing-shuffle"),
    "floor of smoothing": (numbers.floor_of_smoothing, "loss-floor"),
    "top k of k": (numbers.top_k_of_k, "uninformative-metric"),
    "collapse": (slopes.collapse, "collapse-after-success"),
    "late understanding": (slopes.late_understanding, "delayed-generalization"),
    "best epoch behind": (slopes.best_epoch_behind, "best-epoch-passed"),
    "both fall": (slopes.both_fall, "loss-and-accuracy-both-fall"),
    "flat loss, rising accuracy": (slopes.flat_loss_rising_accuracy, "train-loss-accuracy-decoupled"),
    "gap that opens": (slopes.gap_that_opens, "generalization-gap"),
    "validation never better": (slopes.validation_never_better, "val-never-improved"),
    "running mean": (slopes.running_mean, "train-metric-lag"),
    "jumping validation": (slopes.jumping_validation, "noisy-validation"),
    "bump that heals": (slopes.bump_that_heals, "loss-bump-recovered"),
    "resting": (slopes.resting, "plateau"),
    "creeping": (slopes.creeping, "slow-progress"),
    "three epochs": (slopes.three_epochs, "too-short-to-judge"),
    "no shuffling": (partial(beside.healthy_with, shuffle=False), "shuffle-off"),
    "unequal classes": (partial(beside.healthy_with, class_counts_train=[1900, 100]), "class-imbalance"),
    "learning rate of 0.5": (partial(beside.healthy_with, learning_rate=0.5), "learning-rate-out-of-range"),
    "softmax over one unit": (
        partial(beside.healthy_with, output_activation="softmax", output_units=1), "output-loss-pair",
    ),
    "labels beyond the loss": (partial(beside.healthy_with, label_range=(0.0, 2.0)), "labels-out-of-range"),
    "all frozen": (beside.all_frozen, "nothing-to-train"),
    "squared error of classes": (
        partial(beside.healthy_with, output_activation="sigmoid", loss="mse"), "loss-unusual-for-classes",
    ),
    "much dropout": (partial(beside.healthy_with, dropout=0.8, has_dropout=True), "high-dropout"),
}  # fmt: skip
"""Each pattern's builder and the rule that should lead its diagnosis; None where nothing is wrong."""
