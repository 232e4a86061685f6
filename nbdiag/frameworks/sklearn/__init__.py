"""scikit-learn: its text, its hook and what fitted estimators remember, as one ``Framework``."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any

from nbdiag.frameworks.base import Emit, Framework
from nbdiag.frameworks.sklearn.remembered import read, reads
from nbdiag.frameworks.sklearn.text import SklearnReader


def _hook(emit: Emit) -> AbstractContextManager[Any]:
    from nbdiag.frameworks.sklearn.hook import hook

    return hook(emit)


SKLEARN = Framework("sklearn", modules=("sklearn",), reader=SklearnReader, hook=_hook, reads=reads, read=read)
