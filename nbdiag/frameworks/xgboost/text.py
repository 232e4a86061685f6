"""Lines that XGBoost's ``EvaluationMonitor`` prints go in, rounds go out."""

from __future__ import annotations

import re

from nbdiag.capture.pairs import NUMBER
from nbdiag.frameworks.rounds import Round, evaluation_splits
from nbdiag.metrics import canonical

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
