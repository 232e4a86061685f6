"""Measured validation samples go in; how far their confidence can be believed, in words, comes out."""

from __future__ import annotations

import numpy as np

from nbdiag.rules import arithmetic
from nbdiag.rules.wording import num, pct
from nbdiag.samples import SampleLosses


def calibration(samples: SampleLosses) -> tuple[str, tuple[str, ...]]:
    """A sentence on confidence against accuracy with the temperature that fits, and the fix; empty where unknown."""
    p, labels = samples.probabilities, samples.labels
    if p is None or labels is None or np.asarray(labels).ndim != 1 or len(labels) < 10:
        return "", ()
    p = np.asarray(p, float)
    p = p.reshape(len(p)) if p.ndim == 2 and p.shape[1] == 1 else p
    labels = np.asarray(labels)
    kinds = 2 if p.ndim == 1 else p.shape[1]
    if not np.isfinite(p).all() or p.min() < 0 or p.max() > 1 or not np.isin(labels, np.arange(kinds)).all():
        return "", ()
    predicted = (p > 0.5).astype(int) if p.ndim == 1 else p.argmax(axis=1)
    confidence = np.maximum(p, 1 - p) if p.ndim == 1 else p.max(axis=1)
    right = predicted == labels
    heat = arithmetic.temperature(p, labels)
    words = f" On average the model is {pct(float(confidence.mean()))} sure and {pct(float(right.mean()))} right"
    error = arithmetic.calibration_error(confidence, right)
    # 5 % up or down is within what 1,000 samples leave open for a temperature.
    if abs(heat - 1) < 0.05:
        return f"{words} (calibration error {pct(error)}).", ()
    surer = "too sure" if heat > 1 else "not sure enough"
    return (
        f"{words}, calibration error {pct(error)}: {surer}. Dividing the logits by a temperature of {num(round(heat, 2))} would fit.",
        (
            f"Divide the logits by {num(round(heat, 2))} before the softmax (temperature scaling): the answers stay, the confidence fits.",
        ),
    )
