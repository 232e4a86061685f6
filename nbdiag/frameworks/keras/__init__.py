"""Keras: its progress text, its hook and its history objects, as one ``Framework``."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any

from nbdiag.frameworks.base import Asked, Emit, Framework
from nbdiag.frameworks.keras.history import is_history, read_history
from nbdiag.frameworks.keras.text import KerasReader


def _hook(emit: Emit) -> AbstractContextManager[Any]:
    from nbdiag.frameworks.keras.hook import hook

    return hook(emit)


def _stop(asked: Asked, emit: Emit) -> AbstractContextManager[Any]:
    from nbdiag.frameworks.keras.stopping import stop

    return stop(asked, emit)


KERAS = Framework(
    "keras", modules=("keras",), reader=KerasReader, hook=_hook, stop=_stop, reads=is_history, read=read_history
)
