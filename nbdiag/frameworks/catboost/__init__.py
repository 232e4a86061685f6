"""CatBoost: its text, its hook and what a fitted model remembers, as one ``Framework``."""

from __future__ import annotations

from nbdiag.frameworks.base import Framework
from nbdiag.frameworks.catboost.hook import hook
from nbdiag.frameworks.catboost.measured import read
from nbdiag.frameworks.catboost.stopping import stop
from nbdiag.frameworks.catboost.text import CatBoostReader
from nbdiag.frameworks.evals_result import keeps_results

CATBOOST = Framework(
    "catboost",
    modules=("catboost",),
    reader=CatBoostReader,
    hook=hook,
    stop=stop,
    stop_costs=True,
    reads=lambda source: keeps_results(source, "catboost"),
    read=read,
)
