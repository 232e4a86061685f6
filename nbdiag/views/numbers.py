"""Numbers go in, the texts and ticks that show them go out."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

MINUS = "−"


def shown(value: float, *, percent: bool = False) -> str:
    """A measured value: four decimals as training loops print them, four significant digits where that hides it."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "∞" if value > 0 else f"{MINUS}∞"
    if percent:
        text = f"{value * 100:.2f} %"
    elif value == 0 or 1e-3 <= abs(value) < 100:
        text = f"{value:.4f}"
    elif 100 <= abs(value) < 1e6:
        text = f"{value:,.1f}"
    else:
        text = f"{value:.3e}"
    return text.replace("-", MINUS)


def place(value: float) -> str:
    """An epoch or a step: ``21``, ``2.5``, ``1,000,000``."""
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.2f}".rstrip("0").rstrip(".")


def places(start: float | None, stop: float | None) -> str:
    """A span of epochs: ``21–47``, ``3``; ``all`` where it is the whole run."""
    if start is None:
        return "all"
    if stop is None or place(start) == place(stop):
        return place(start)
    return f"{place(start)}–{place(stop)}"


def extent(start: float | None, stop: float | None, unit: str) -> str:
    """``epochs 21–47``, ``step 3``; empty for the whole run."""
    span = places(start, stop)
    return "" if start is None else f"{unit}{'s' if '–' in span else ''} {span}"


def duration(seconds: float) -> str:
    """``9 min 12 s``, ``1 h 5 min``, ``40 s``, ``0.4 s``."""
    if seconds < 1:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    hours, minutes, rest = whole // 3600, whole // 60 % 60, whole % 60
    if hours:
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    if minutes:
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    return f"{rest} s"


def step_for(span: float, most: int) -> float:
    """The smallest of 1, 2, 2.5, 5 times a power of ten that cuts ``span`` into at most ``most`` parts."""
    power = 10.0 ** math.floor(math.log10(span / most))
    for factor in (1, 2, 2.5, 5, 10):
        if factor * power * most >= span * (1 - 1e-9):
            return factor * power
    return 10 * power


def linear_ticks(low: float, high: float, most: int = 6) -> tuple[float, ...]:
    """At most ``most`` nice ticks from at or below ``low`` to at or above ``high``."""
    step = step_for(high - low, most - 1)
    while math.ceil(high / step - 1e-9) - math.floor(low / step + 1e-9) > most - 1:
        step = step_for(step * (most - 1) * 1.01, most - 1)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return tuple(round(i * step, 12) if abs(step) > 1e-9 else i * step for i in range(first, last + 1))


def log_ticks(low: float, high: float, most: int = 6) -> tuple[float, ...]:
    """Powers of ten around ``low`` to ``high``, at most ``most`` of them."""
    first, last = math.floor(math.log10(low) + 1e-9), math.ceil(math.log10(high) - 1e-9)
    last = max(last, first + 1)
    every = math.ceil((last - first) / (most - 1))
    return tuple(10.0**i for i in range(first, last + every, every))


def tick_texts(ticks: Sequence[float], *, percent: bool = False, log: bool = False) -> tuple[str, ...]:
    """Labels of ticks, all with the same number of decimals."""
    if percent:
        return tuple(f"{text} %" for text in tick_texts([round(t * 100, 9) for t in ticks]))
    largest = max((abs(t) for t in ticks), default=0.0)
    if log or largest >= 1e5 or 0 < largest < 1e-3:
        return tuple(_short(t) for t in ticks)
    gap = min(np.diff(ticks), default=1.0) if len(ticks) > 1 else 1.0
    decimals = next((d for d in range(8) if abs(gap * 10**d - round(gap * 10**d)) < 1e-6), 8)
    return tuple(f"{t:,.{decimals}f}".replace("-", MINUS) for t in ticks)


def _short(tick: float) -> str:
    for size, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if size <= abs(tick) < 1e12:
            return f"{tick / size:g}{letter}".replace("-", MINUS)
    if tick == 0 or 1e-3 <= abs(tick) < 1e12:
        return f"{tick:g}".replace("-", MINUS)
    mantissa, exponent = f"{tick:.3e}".split("e")
    return f"{float(mantissa):g}e{int(exponent)}".replace("-", MINUS)
