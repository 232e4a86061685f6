"""A run goes in, findings come out: the rules, one file per family. ``RULES`` lists them all, causes before consequences."""

from __future__ import annotations

from nbdiag.rules.base import Rule
from nbdiag.rules.overfit import best_epoch_passed, overfitting, val_loss_up_accuracy_holding

RULES: tuple[Rule, ...] = (
    overfitting,
    val_loss_up_accuracy_holding,
    best_epoch_passed,
)
