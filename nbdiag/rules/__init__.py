"""A run goes in, findings come out: the rules, one file per family. ``RULES`` lists ours, causes before consequences."""

from __future__ import annotations

from nbdiag.rules import third_party
from nbdiag.rules.base import Rule
from nbdiag.rules.below import accuracy_below_chance, suspiciously_good, validation_set_mismatch
from nbdiag.rules.broad import broad_loss_shift
from nbdiag.rules.chance import stuck_at_chance
from nbdiag.rules.confidence import overconfident_wrong
from nbdiag.rules.constant import constant_prediction
from nbdiag.rules.disagree import loss_and_accuracy_both_fall, train_loss_accuracy_decoupled
from nbdiag.rules.divergence import collapse_after_success, divergence
from nbdiag.rules.evaluation import incomplete_epochs, small_validation_set
from nbdiag.rules.flips import prediction_flips_class
from nbdiag.rules.floors import double_softmax, loss_floor
from nbdiag.rules.frozen import frozen_metrics, uninformative_metric
from nbdiag.rules.gap import generalization_gap, val_never_improved
from nbdiag.rules.gradients import exploding_gradients, vanishing_gradients
from nbdiag.rules.holding import val_loss_up_accuracy_holding
from nbdiag.rules.lead import train_metric_lag, val_better_than_train
from nbdiag.rules.memorising import delayed_generalization, label_noise
from nbdiag.rules.mismatch import loss_metric_mismatch
from nbdiag.rules.model import batchnorm_cold_stats, class_imbalance, learning_rate_out_of_range, shuffle_off
from nbdiag.rules.modes import train_eval_mode_mismatch
from nbdiag.rules.noise import noisy_validation
from nbdiag.rules.nonfinite import non_finite
from nbdiag.rules.overfit import best_epoch_passed, overfitting
from nbdiag.rules.pairing import high_dropout, inputs_not_normalised, loss_unusual_for_classes, output_loss_pair
from nbdiag.rules.per_sample import loss_hijacked_by_outliers
from nbdiag.rules.progress import slow_progress, still_improving, too_short_to_judge
from nbdiag.rules.saturated import saturated_outputs
from nbdiag.rules.schedule import late_start, lr_drop, lr_restarts
from nbdiag.rules.settled import converged, plateau, underfitting
from nbdiag.rules.shift import gap_from_first_epoch
from nbdiag.rules.shuffle import missing_shuffle
from nbdiag.rules.spikes import loss_bump_recovered, loss_spike
from nbdiag.rules.weighted import train_loss_weighted
from nbdiag.rules.wiring import labels_out_of_range, nothing_to_train
from nbdiag.rules.wrong_loss import accuracy_on_regression, initial_loss_off, negative_loss
from nbdiag.rules.zigzag import noisy_training, oscillating_loss

RULES: tuple[Rule, ...] = (
    non_finite,
    labels_out_of_range,
    nothing_to_train,
    output_loss_pair,
    inputs_not_normalised,
    learning_rate_out_of_range,
    high_dropout,
    divergence,
    collapse_after_success,
    accuracy_on_regression,
    negative_loss,
    train_loss_weighted,
    loss_metric_mismatch,
    double_softmax,
    train_eval_mode_mismatch,
    batchnorm_cold_stats,
    saturated_outputs,
    incomplete_epochs,
    small_validation_set,
    prediction_flips_class,
    constant_prediction,
    stuck_at_chance,
    frozen_metrics,
    initial_loss_off,
    validation_set_mismatch,
    accuracy_below_chance,
    suspiciously_good,
    loss_hijacked_by_outliers,
    label_noise,
    delayed_generalization,
    gap_from_first_epoch,
    lr_restarts,
    overfitting,
    val_loss_up_accuracy_holding,
    best_epoch_passed,
    overconfident_wrong,
    loss_and_accuracy_both_fall,
    train_loss_accuracy_decoupled,
    vanishing_gradients,
    exploding_gradients,
    lr_drop,
    late_start,
    broad_loss_shift,
    generalization_gap,
    val_never_improved,
    val_better_than_train,
    train_metric_lag,
    underfitting,
    missing_shuffle,
    noisy_training,
    oscillating_loss,
    noisy_validation,
    loss_spike,
    loss_bump_recovered,
    still_improving,
    plateau,
    slow_progress,
    loss_floor,
    uninformative_metric,
    shuffle_off,
    class_imbalance,
    loss_unusual_for_classes,
    converged,
    too_short_to_judge,
)


def known() -> dict[str, Rule]:
    """All rules by name: ours, then those of installed packages."""
    own = {rule.name: rule for rule in RULES}
    return own | {rule.name: rule for rule in third_party.offered(frozenset(own))}
