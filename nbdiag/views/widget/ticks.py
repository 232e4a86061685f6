"""Ticks and their texts go in, the labels of a bqplot axis go out: a dict by the number as JavaScript writes it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from bqplot import Axis

from nbdiag.views.widget.sync import assign


def set_ticks(axis: Axis, ticks: Sequence[float], texts: Sequence[str]) -> None:
    """The axis shows ``texts`` at ``ticks``. Labels go first: bqplot 0.13 formats new ticks by the labels it knew before."""
    assign(axis, tick_labels=tick_labels(ticks, texts))
    assign(axis, tick_values=np.array(ticks, dtype=float))


def ticks_of(ticks: Sequence[float], texts: Sequence[str]) -> dict[str, Any]:
    """The traits of an axis that is made with these."""
    return {"tick_labels": tick_labels(ticks, texts), "tick_values": np.array(ticks, dtype=float)}


def tick_labels(ticks: Sequence[float], texts: Sequence[str]) -> dict[str, str]:
    """Text by tick."""
    return {as_key(tick): text for tick, text in zip(ticks, texts, strict=True)}


def as_key(number: float) -> str:
    """A number as JavaScript names a property after it: ``1`` and not ``1.0``, ``1e-7`` and not ``1e-07``."""
    if number and not 1e-6 <= abs(number) < 1e21:
        mantissa, exponent = np.format_float_scientific(number, trim="-").split("e")
        return f"{mantissa}e{int(exponent):+d}"
    return str(np.format_float_positional(number, trim="-"))
