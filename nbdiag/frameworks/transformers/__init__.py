"""Hugging Face's ``Trainer``: its text, its hook, its states, as one ``Framework``."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any

from nbdiag.frameworks.base import Emit, Framework
from nbdiag.frameworks.transformers.text import TrainerReader, read, reads

__all__ = ["TRANSFORMERS", "read", "reads"]


def _hook(emit: Emit) -> AbstractContextManager[Any]:
    from nbdiag.frameworks.transformers.hook import hook

    return hook(emit)


TRANSFORMERS = Framework(
    "transformers", modules=("transformers",), reader=TrainerReader, hook=_hook, reads=reads, read=read
)
