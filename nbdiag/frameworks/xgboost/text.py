"""Lines that XGBoost's ``EvaluationMonitor`` prints and the ``evals_result`` of fitted models go in, rounds and runs go out."""

from __future__ import annotations

import re
from typing import Any

from nbdiag.capture.pairs import NUMBER
from nbdiag.events import Record
from nbdiag.frameworks.rounds import Round, evaluation_splits
from nbdiag.metrics import canonical
from nbdiag.run import Run

_ROUND = re.compile(r"(?:\[\d\d:\d\d:\d\d\] )?\[(\d{1,7})\](?=[\t ])")
_VALUE = re.compile(rf"[\t ]([^\s:]{{1,80}})-([\w@.\-]{{1,40}}?):({NUMBER})(?:\+{NUMBER})?(?=\s|\Z)")


def parse(text: str) -> Round | None:
    """``[3]<tab>train-rmse:0.5<tab>eval-rmse:0.6``; rounds are shown from 0. Cross-validation adds ``+0.01``."""
    start = _ROUND.match(text)
    if start is None or len(text) > 5000:
        return None
    found = _VALUE.findall(text, start.end())
    if not found:
        return None
    splits = evaluation_splits([name for name, _, _ in found])
    values = [(f"{name}-{metric}", splits[name], canonical(metric), token) for name, metric, token in found]
    return Round(int(start[1]) + 1, values)


def reads(source: Any) -> bool:
    """A fitted model of the scikit-learn interface that was given evaluation sets."""
    return type(source).__module__.partition(".")[0] == "xgboost" and bool(getattr(source, "evals_result_", None))


def read(source: Any) -> list[Run]:
    """The run a fitted model remembers, at full precision."""
    results = source.evals_result_
    splits = evaluation_splits(list(results))
    run = Run(framework="xgboost")
    for name, metrics in results.items():
        for metric, values in metrics.items():
            for i, value in enumerate(values, 1):
                run.append(Record(canonical(metric), splits[name], float(value), i, label=f"{name}-{metric}"))
    return [run]
