"""Trait values go in; only those that differ are set, so only what changed travels to the browser."""

from __future__ import annotations

from typing import Any

import numpy as np


def assign(widget: Any, **traits: Any) -> None:
    """Set the traits that differ, in one message: x and y of a mark are never seen at different lengths."""
    changed = {name: value for name, value in traits.items() if not _same(getattr(widget, name), value)}
    if changed:
        with widget.hold_sync():
            for name, value in changed.items():
                setattr(widget, name, value)


def _same(old: Any, new: Any) -> bool:
    if isinstance(old, np.ndarray) or isinstance(new, np.ndarray):
        a, b = np.squeeze(old), np.squeeze(new)  # bqplot keeps one row of several as a plain array
        if a.shape != b.shape:
            return False
        if a.dtype == b.dtype and a.dtype.kind in "fiU":  # a third of the time, and NaN equals itself
            return bool(a.tobytes() == b.tobytes())
        return bool(np.array_equal(a, b, equal_nan=a.dtype.kind == "f" and b.dtype.kind == "f"))
    return type(old) is type(new) and bool(old == new)
