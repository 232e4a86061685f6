"""A run goes in, findings come out: the rules, one file per family. ``RULES`` lists them all, causes before consequences."""

from __future__ import annotations

from nbdiag.rules.base import Rule
from nbdiag.rules.chance import stuck_at_chance
from nbdiag.rules.constant import constant_prediction
from nbdiag.rules.mismatch import loss_metric_mismatch
from nbdiag.rules.nonfinite import non_finite
from nbdiag.rules.overfit import best_epoch_passed, overfitting, val_loss_up_accuracy_holding
from nbdiag.rules.weighted import train_loss_weighted

RULES: tuple[Rule, ...] = (
    non_finite,
    train_loss_weighted,
    loss_metric_mismatch,
    constant_prediction,
    stuck_at_chance,
    overfitting,
    val_loss_up_accuracy_holding,
    best_epoch_passed,
)
