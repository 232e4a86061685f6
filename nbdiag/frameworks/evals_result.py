"""What boosters' fitted models keep in ``evals_result_`` comes in, the run they remember goes out at full precision."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from nbdiag.events import Record
from nbdiag.metrics import canonical
from nbdiag.run import Run


def keeps_results(source: Any, framework: str) -> bool:
    """A fitted model of ``framework`` that was given evaluation sets."""
    return type(source).__module__.partition(".")[0] == framework and bool(getattr(source, "evals_result_", None))


def run_of(framework: str, source: Any, splits: Callable[[list[str]], Mapping[str, str]], label: str) -> list[Run]:
    """The run it remembers; ``splits`` tells each set's split, ``label`` how a set and a metric are named together."""
    results = source.evals_result_
    known = splits(list(results))
    run = Run(framework=framework)
    for name, metrics in results.items():
        for metric, values in metrics.items():
            shown = label.format(name, metric)
            for i, value in enumerate(values, 1):
                run.append(Record(canonical(metric), known[name], float(value), i, label=shown))
    return [run]
