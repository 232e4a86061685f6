"""Lines that XGBoost's ``EvaluationMonitor`` prints go in, rounds go out."""

from __future__ import annotations

import re

from nbdiag.capture.pairs import NUMBER, without_prefix
from nbdiag.frameworks.rounds import INDENT, Round, evaluation_splits, is_set
from nbdiag.metrics import canonical

_TAB = "#011"  # a tab, as cloud services log it
_ROUND = re.compile(rf"{INDENT}(?:\[\d\d:\d\d:\d\d\] )?\[(\d{{1,7}})\](?=[\t ]|{_TAB})")
_VALUE = re.compile(rf"[\t ]([^\s:]{{1,80}}-[\w@.\-]{{1,40}}?):({NUMBER})(?:\+{NUMBER})?(?=\s|\Z)")


def parse(text: str) -> Round | None:
    """``[3]<tab>train-rmse:0.5<tab>eval-rmse:0.6``; rounds are shown from 0. Cross-validation adds ``+0.01``."""
    if "]" not in text or len(text) > 5000:
        return None
    text = without_prefix(text) if "]\t" in text or _TAB in text else text
    start = _ROUND.match(text)
    if start is None:
        return None
    found = _VALUE.findall(text.replace(_TAB, "\t"), start.end())
    if not found:
        return None
    names: list[str] = []
    for label, _ in found:
        names.append(_set_of(label, names))
    splits = evaluation_splits(names)
    values = [
        (label, splits[name], canonical(label[len(name) + 1 :]), token)
        for name, (label, token) in zip(names, found, strict=True)
    ]
    return Round(int(start[1]) + 1, values)


def _set_of(label: str, known: list[str]) -> str:
    """The evaluation set of ``train-rmse``. Both it and its metric may hold hyphens: ``validset-0-auc``, ``train-log-cosh``."""
    parts = label.split("-")
    names = ["-".join(parts[:i]) for i in range(1, len(parts)) if parts[i][:1].isalpha()]
    told = [name for name in names if name in known or is_set(name)]
    return (told or names[-1:] or [label.rpartition("-")[0]])[0]
