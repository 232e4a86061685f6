"""LightGBM: its text, its hook and what a fitted model remembers, as one ``Framework``."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any

from nbdiag.frameworks.base import Emit, Framework
from nbdiag.frameworks.lightgbm.text import parse, read, reads
from nbdiag.frameworks.rounds import RoundReader


def _hook(emit: Emit) -> AbstractContextManager[Any]:
    from nbdiag.frameworks.lightgbm.hook import hook

    return hook(emit)


LIGHTGBM = Framework(
    "lightgbm", modules=("lightgbm",), reader=lambda: RoundReader("lightgbm", parse), hook=_hook, reads=reads, read=read
)
