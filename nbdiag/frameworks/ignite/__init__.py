"""Ignite: its hook, as one ``Framework``. Its text is what its readers write."""

from __future__ import annotations

from nbdiag.frameworks.base import Framework
from nbdiag.frameworks.ignite.hook import hook
from nbdiag.frameworks.ignite.stopping import stop

IGNITE = Framework("ignite", modules=("ignite",), hook=hook, stop=stop)
