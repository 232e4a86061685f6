"""Every framework nbdiag knows, in the order their readers are asked: its own, and those of installed packages."""

from __future__ import annotations

from nbdiag.frameworks import third_party
from nbdiag.frameworks.base import Framework
from nbdiag.frameworks.catboost import CATBOOST
from nbdiag.frameworks.darknet import DARKNET
from nbdiag.frameworks.displayed import DISPLAYED
from nbdiag.frameworks.estimator import ESTIMATOR
from nbdiag.frameworks.fastai import FASTAI
from nbdiag.frameworks.handwritten.loop import LOOP
from nbdiag.frameworks.handwritten.panel import PANEL
from nbdiag.frameworks.handwritten.table import TABLE
from nbdiag.frameworks.ignite import IGNITE
from nbdiag.frameworks.keras import KERAS
from nbdiag.frameworks.lightgbm import LIGHTGBM
from nbdiag.frameworks.lightning import LIGHTNING
from nbdiag.frameworks.sklearn import SKLEARN
from nbdiag.frameworks.skorch import SKORCH
from nbdiag.frameworks.torch import TORCH
from nbdiag.frameworks.tqdm import TQDM
from nbdiag.frameworks.transformers import TRANSFORMERS
from nbdiag.frameworks.xgboost import XGBOOST

FRAMEWORKS: tuple[Framework, ...] = (
    KERAS,
    XGBOOST,
    LIGHTGBM,
    CATBOOST,
    SKLEARN,
    TRANSFORMERS,
    LIGHTNING,
    SKORCH,
    FASTAI,
    IGNITE,
    ESTIMATOR,
    DARKNET,
    TABLE,
    PANEL,
    TORCH,
    TQDM,
    DISPLAYED,
    LOOP,
)


def known() -> tuple[Framework, ...]:
    """All frameworks; those of other packages before the loops, which would read nearly every line."""
    return (*FRAMEWORKS[:-1], *third_party.offered(), *FRAMEWORKS[-1:])
