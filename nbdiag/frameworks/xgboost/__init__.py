"""XGBoost: its text, its hook and what a fitted model remembers, as one ``Framework``."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any

from nbdiag.frameworks.base import Emit, Framework
from nbdiag.frameworks.rounds import RoundReader
from nbdiag.frameworks.xgboost.text import parse, read, reads


def _hook(emit: Emit) -> AbstractContextManager[Any]:
    from nbdiag.frameworks.xgboost.hook import hook

    return hook(emit)


XGBOOST = Framework(
    "xgboost", modules=("xgboost",), reader=lambda: RoundReader("xgboost", parse), hook=_hook, reads=reads, read=read
)
