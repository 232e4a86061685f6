"""CatBoost: its text, its hook and what a fitted model remembers, as one ``Framework``."""

from __future__ import annotations

from nbdiag.capture.rows import COUNT, VALUE
from nbdiag.frameworks.base import Framework
from nbdiag.frameworks.catboost.hook import hook
from nbdiag.frameworks.catboost.measured import read
from nbdiag.frameworks.catboost.stopping import stop
from nbdiag.frameworks.catboost.text import parse
from nbdiag.frameworks.evals_result import keeps_results
from nbdiag.frameworks.rounds import RoundForm, RoundReader

_ASIDE = rf"(?:\tbest: {VALUE} \({COUNT}\))?\ttotal: [0-9][0-9a-z. ]{{0,40}}(?:\tremaining: [0-9a-z. ]{{1,40}})?"
_FORM = RoundForm("", ":", "\t{}: ", end=_ASIDE)

CATBOOST = Framework(
    "catboost",
    modules=("catboost",),
    reader=lambda: RoundReader("catboost", parse, _FORM),
    hook=hook,
    stop=stop,
    stop_costs=True,
    reads=lambda source: keeps_results(source, "catboost"),
    read=read,
)
