"""What scikit-learn knows where it fits and scores an estimator comes in, which fold that is goes out."""

from __future__ import annotations

import sys
import weakref
from collections.abc import Mapping
from types import FrameType
from typing import Any

_GONE: Any = weakref.ref(set())
_validation: Any = _GONE
_part: Any = _GONE
_count = 0
"""The cross-validation under way, the training part of its present fold, and its number: it does not number them."""


def fold_of(known: Mapping[str, Any]) -> str:
    """``fold 2`` of a cross-validation, ``alpha=0.1, fold 2`` of a search."""
    given = ", ".join(f"{name}={value}" for name, value in (known.get("parameters") or {}).items())
    progress = known.get("split_progress")
    fold = progress[0] + 1 if progress else _numbered(known["train"])
    return ", ".join(part for part in (given, f"fold {fold}" if fold else "") if part)


def _numbered(part: Any) -> int:
    """``cross_validate`` keeps an object of its own for each call, which lives as long as it."""
    global _validation, _part, _count
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and frame.f_code.co_name != "cross_validate":
        frame = frame.f_back
    parallel = frame.f_locals.get("parallel") if frame is not None else None
    if parallel is None:
        return 0
    if _validation() is not parallel:
        _validation, _part, _count = weakref.ref(parallel), _GONE, 0
    if _part() is not part:
        _part, _count = weakref.ref(part), _count + 1
    return _count
