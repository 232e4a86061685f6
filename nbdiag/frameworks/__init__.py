"""Every framework nbdiag knows, in the order their readers are asked."""

from __future__ import annotations

from nbdiag.frameworks.base import Framework
from nbdiag.frameworks.catboost import CATBOOST
from nbdiag.frameworks.keras import KERAS
from nbdiag.frameworks.lightgbm import LIGHTGBM
from nbdiag.frameworks.loop import LOOP
from nbdiag.frameworks.sklearn import SKLEARN
from nbdiag.frameworks.table import TABLE
from nbdiag.frameworks.torch import TORCH
from nbdiag.frameworks.transformers import TRANSFORMERS
from nbdiag.frameworks.xgboost import XGBOOST

FRAMEWORKS: tuple[Framework, ...] = (KERAS, XGBOOST, LIGHTGBM, CATBOOST, SKLEARN, TRANSFORMERS, TABLE, TORCH, LOOP)
