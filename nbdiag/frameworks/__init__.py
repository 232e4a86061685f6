"""Every framework nbdiag knows, in the order their readers are asked."""

from __future__ import annotations

from nbdiag.frameworks.base import Framework
from nbdiag.frameworks.keras import KERAS
from nbdiag.frameworks.loop import LOOP

FRAMEWORKS: tuple[Framework, ...] = (KERAS, LOOP)
