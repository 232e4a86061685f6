"""A fitted model comes in, the curves it remembers go out, each value with its round."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from nbdiag.events import Record
from nbdiag.frameworks.catboost.text import split_of
from nbdiag.metrics import canonical
from nbdiag.run import Run

Measured = tuple[str, str, Sequence[float], Sequence[int]]
"""Set, metric, values and their rounds, counted from 1."""


def measured(model: Any, period: int) -> Iterator[Measured]:
    """Its curves. Only each ``period``-th round and the last are measured, but for what stops the training early."""
    results = model.evals_result_
    counts = {len(values) for metrics in results.values() for values in metrics.values()}
    trained = max(*counts, int(model.tree_count_))
    if len(counts) == 1:  # nothing was measured more often
        trained = max(trained, min(model.get_all_params().get("iterations", 0), (min(counts) - 1) * period + 1))
    for name, metrics in results.items():
        for metric, values in metrics.items():
            yield name, metric, values, _rounds(len(values), period, trained)


def _rounds(count: int, period: int, trained: int) -> Sequence[int]:
    if count == trained:
        return range(1, count + 1)
    return [min(i * period + 1, trained) for i in range(count)]


def read(source: Any) -> list[Run]:
    """The run a fitted model remembers, at full precision."""
    run = Run(framework="catboost")
    for name, metric, values, rounds in measured(source, _period(source)):
        for i, value in zip(rounds, values, strict=True):
            run.append(Record(canonical(metric), split_of(name), float(value), i, label=f"{name} {metric}"))
    return [run]


def _period(model: Any) -> int:
    """It was given to the model; or to ``fit``, and then only the number of trees tells it."""
    given = model.get_params().get("metric_period")
    count, trees = len(next(iter(model.evals_result_["learn"].values()))), model.tree_count_
    if given or count >= trees:
        return int(given or 1)
    return next((p for p in range(2, trees) if len({*range(0, trees, p), trees - 1}) == count), 1)
