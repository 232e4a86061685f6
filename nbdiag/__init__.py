"""nbdiag explains learning curves in the notebook, from the reader's own numbers, while the model still trains."""

from __future__ import annotations

import importlib
from typing import Any

__version__ = "0.1.0"

_HOMES = {
    "Certainty": "finding", "Curve": "curve", "Diagnosis": "diagnosis", "Facts": "facts", "Finding": "finding",
    "NbdiagError": "errors", "Record": "events", "Run": "run", "Severity": "finding", "StopTraining": "errors", "Watch": "live",
    "configure": "api", "diagnose": "api", "explain": "api", "last": "api", "read": "api", "read_runs": "api", "recent": "api",
    "rule": "rules.base", "watch": "api",
}  # fmt: skip

__all__ = sorted(_HOMES)


def __getattr__(name: str) -> Any:
    """Public names come in when first used, so that ``import nbdiag`` stays light."""
    if name not in _HOMES:
        raise AttributeError(f"module 'nbdiag' has no attribute {name!r}")
    return getattr(importlib.import_module(f"nbdiag.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return [*globals(), *__all__]


def load_ipython_extension(ipython: Any) -> None:
    """Called by ``%load_ext nbdiag``."""
    from nbdiag import magics

    magics.load(ipython)


def unload_ipython_extension(ipython: Any) -> None:
    """Called by ``%unload_ext nbdiag``."""
    from nbdiag import magics

    magics.unload(ipython)
