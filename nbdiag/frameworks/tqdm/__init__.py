"""tqdm: the text of its bars, and a hook that sees what they are told to show, also where no text is written."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any

from nbdiag.frameworks.base import Emit, Framework
from nbdiag.frameworks.tqdm.text import Bar, Bars, read_bar

__all__ = ["TQDM", "Bar", "Bars", "read_bar"]


def _hook(emit: Emit) -> AbstractContextManager[Any]:
    from nbdiag.frameworks.tqdm.hook import hook

    return hook(emit)


TQDM = Framework("tqdm", modules=("tqdm",), hook=_hook)
