"""CatBoost: its text, its hook and what a fitted model remembers, as one ``Framework``."""

from __future__ import annotations

from nbdiag.frameworks.base import Framework
from nbdiag.frameworks.catboost.hook import hook
from nbdiag.frameworks.catboost.stopping import stop
from nbdiag.frameworks.catboost.text import parse, split_of
from nbdiag.frameworks.evals_result import keeps_results, run_of
from nbdiag.frameworks.rounds import RoundReader

CATBOOST = Framework(
    "catboost",
    modules=("catboost",),
    reader=lambda: RoundReader("catboost", parse),
    hook=hook,
    stop=stop,
    stop_costs=True,
    reads=lambda source: keeps_results(source, "catboost"),
    read=lambda source: run_of("catboost", source, lambda names: {name: split_of(name) for name in names}, "{} {}"),
)
