"""Ticks and their texts go in, the labels of a bqplot axis go out: a dict by the number as JavaScript writes it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def tick_labels(ticks: Sequence[float], texts: Sequence[str]) -> dict[str, str]:
    """Text by tick."""
    return {as_key(tick): text for tick, text in zip(ticks, texts, strict=True)}


def as_key(number: float) -> str:
    """A number as JavaScript names a property after it: ``1`` and not ``1.0``, ``1e-7`` and not ``1e-07``."""
    if number and not 1e-6 <= abs(number) < 1e21:
        mantissa, exponent = np.format_float_scientific(number, trim="-").split("e")
        return f"{mantissa}e{int(exponent):+d}"
    return str(np.format_float_positional(number, trim="-"))
