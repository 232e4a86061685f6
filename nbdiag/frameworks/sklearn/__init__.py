"""scikit-learn: its text, its hook and what fitted estimators remember, as one ``Framework``."""

from __future__ import annotations

from nbdiag.frameworks.base import Framework
from nbdiag.frameworks.sklearn.hook import hook
from nbdiag.frameworks.sklearn.remembered import read, reads
from nbdiag.frameworks.sklearn.text import SklearnReader

SKLEARN = Framework("sklearn", modules=("sklearn",), reader=SklearnReader, hook=hook, reads=reads, read=read)
