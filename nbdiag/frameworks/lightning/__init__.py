"""Lightning: its rich bar's text and its hook, as one ``Framework``."""

from __future__ import annotations

from nbdiag.frameworks.base import Framework
from nbdiag.frameworks.lightning.hook import hook
from nbdiag.frameworks.lightning.stopping import stop
from nbdiag.frameworks.lightning.text import RichBarReader

LIGHTNING = Framework(
    "lightning", modules=("lightning", "pytorch_lightning"), reader=RichBarReader, hook=hook, stop=stop
)
