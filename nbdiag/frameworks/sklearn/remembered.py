"""A fitted estimator comes in, the curves it remembers go out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from nbdiag.events import Record
from nbdiag.metrics import canonical
from nbdiag.run import Run

_LISTS = ("loss_curve_", "validation_scores_", "train_score_", "validation_score_")

Remembered = tuple[str, str, str, Sequence[float], int]
"""Label, metric, split, values, and the round of the first of them."""


def reads(source: Any) -> bool:
    """A fitted estimator that remembers its losses or scores."""
    return type(source).__module__.partition(".")[0] == "sklearn" and any(_has(source, name) for name in _LISTS)


def read(source: Any) -> list[Run]:
    """The run a fitted estimator remembers, at full precision."""
    run = Run(framework="sklearn")
    for label, metric, split, values, first in remembered(source):
        for i, value in enumerate(values, first):
            if i > 0:
                run.append(Record(canonical(metric), split, float(value), i, label=label))
    return [run]


def remembered(estimator: Any, rounds: int | None = None) -> Iterator[Remembered]:
    """What the estimator remembers, of the first ``rounds`` where it is under way."""
    name = type(estimator).__name__
    if _has(estimator, "loss_curve_"):
        yield "loss_curve_", "loss", "train", estimator.loss_curve_, 1
    if _has(estimator, "validation_scores_"):
        metric = "accuracy" if name.endswith("Classifier") else "score"
        yield "validation_scores_", metric, "val", estimator.validation_scores_, 1
    if "HistGradientBoosting" in name:
        # Scores begin before the first round; with the loss as the score, it is shown negative.
        metric, sign = ("loss", -1) if estimator.scoring == "loss" else ("score", 1)
        for label, split in (("train_score_", "train"), ("validation_score_", "val")):
            if _has(estimator, label):
                yield label, metric, split, [sign * value for value in getattr(estimator, label)], 0
    elif _has(estimator, "train_score_"):
        yield "train_score_", "loss", "train", estimator.train_score_[:rounds], 1


def _has(estimator: Any, name: str) -> bool:
    """Whether a list of this name is there; no property is asked."""
    found = estimator.__dict__.get(name) if hasattr(estimator, "__dict__") else None
    return found is not None and len(found) > 0
