"""Hugging Face's ``Trainer``: its text, its hook, its states, as one ``Framework``."""

from __future__ import annotations

from nbdiag.frameworks.base import Framework
from nbdiag.frameworks.transformers.hook import hook
from nbdiag.frameworks.transformers.stopping import stop
from nbdiag.frameworks.transformers.text import TrainerReader, read, reads

__all__ = ["TRANSFORMERS", "read", "reads"]


TRANSFORMERS = Framework(
    "transformers", modules=("transformers",), reader=TrainerReader, hook=hook, stop=stop, reads=reads, read=read
)
