"""Lines that LightGBM's ``log_evaluation`` prints go in, rounds go out."""

from __future__ import annotations

import re

from nbdiag.capture.pairs import NUMBER, without_prefix
from nbdiag.frameworks.rounds import INDENT, Round, evaluation_splits
from nbdiag.metrics import canonical

_ROUND = re.compile(rf"{INDENT}(?:\[LightGBM\] \[Info\] )?\[(\d{{1,7}})\]:?(?=[\t ])")
_VALUE = re.compile(
    rf"(?:\t|[ ]{{1,8}})([^\t:]{{1,80}}?)'s ([^\t:]{{1,60}}):\s?({NUMBER})(?:\s?\+\s?{NUMBER})?(?=\s|\Z)"
)
_COMMAND_LINE = re.compile(
    rf"{INDENT}\[LightGBM\] \[Info\] Iteration:\s?(\d{{1,7}}), ([^\s:]{{1,80}}?)(?:'s)? ([^:]{{1,60}}?)\s?: ({NUMBER})\s*\Z"
)


def parse(text: str) -> Round | None:
    """``[3]<tab>training's l2: 0.5<tab>valid_0's l2: 0.6``; rounds count from 1. Cross-validation adds ``+ 0.01``.

    R leaves no blank before a number; the command line prints ``Iteration:3, valid_1 auc : 0.5``.
    """
    if len(text) > 5000 or ("'s " not in text and "[LightGBM] [Info] I" not in text):
        return None
    text = without_prefix(text) if "'s " in text else text
    if start := _ROUND.match(text):
        found = [_cross_validated(*value) for value in _VALUE.findall(text, start.end())]
    elif start := _COMMAND_LINE.match(text):
        found = [_cross_validated(*start.groups()[1:])]
    if start is None or not found:
        return None
    splits = splits_of([name for name, _, _, _ in found])
    values = [(label, splits[name], canonical(metric), token) for name, metric, token, label in found]
    return Round(int(start[1]), values)


def _cross_validated(name: str, metric: str, token: str) -> tuple[str, str, str, str]:
    """``cv_agg's valid l2`` names its set in front of the metric."""
    label = f"{name}'s {metric}"
    if name == "cv_agg" and " " in metric:
        name, _, metric = metric.partition(" ")
    return name, metric, token, label


def splits_of(names: list[str]) -> dict[str, str]:
    """LightGBM calls the training data ``training``: ``valid_0`` is validation data, also beside ``valid_1``."""
    splits = evaluation_splits(names)
    return splits | {name: "val" if name == "valid_0" else name for name in names if re.fullmatch(r"valid_\d+", name)}
