"""LightGBM: its text, its hook and what a fitted model remembers, as one ``Framework``."""

from __future__ import annotations

from nbdiag.capture.rows import VALUE
from nbdiag.frameworks.base import Framework
from nbdiag.frameworks.evals_result import keeps_results, run_of
from nbdiag.frameworks.lightgbm.hook import hook
from nbdiag.frameworks.lightgbm.stopping import stop
from nbdiag.frameworks.lightgbm.text import parse, splits_of
from nbdiag.frameworks.rounds import RoundForm, RoundReader

_FORM = RoundForm(r"\[", r"\]", "\t{}: ", rf"(?: \+ {VALUE})?")

LIGHTGBM = Framework(
    "lightgbm",
    modules=("lightgbm",),
    reader=lambda: RoundReader("lightgbm", parse, _FORM),
    hook=hook,
    stop=stop,
    reads=lambda source: keeps_results(source, "lightgbm"),
    read=lambda source: run_of("lightgbm", source, splits_of, "{}'s {}"),
)
