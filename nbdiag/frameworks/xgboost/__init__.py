"""XGBoost: its text, its hook and what a fitted model remembers, as one ``Framework``."""

from __future__ import annotations

from nbdiag.capture.rows import VALUE
from nbdiag.frameworks.base import Framework
from nbdiag.frameworks.evals_result import keeps_results, run_of
from nbdiag.frameworks.rounds import RoundForm, RoundReader, evaluation_splits
from nbdiag.frameworks.xgboost.hook import hook
from nbdiag.frameworks.xgboost.stopping import stop
from nbdiag.frameworks.xgboost.text import parse

_FORM = RoundForm(r"\[", r"\]", "\t{}:", rf"(?:\+{VALUE})?")

XGBOOST = Framework(
    "xgboost",
    modules=("xgboost",),
    reader=lambda: RoundReader("xgboost", parse, _FORM),
    hook=hook,
    stop=stop,
    reads=lambda source: keeps_results(source, "xgboost"),
    read=lambda source: run_of("xgboost", source, evaluation_splits, "{}-{}"),
)
