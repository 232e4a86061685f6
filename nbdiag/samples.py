"""Validation losses of single samples: arrays come in, a checked ``SampleLosses`` goes out."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

import numpy as np

from nbdiag.errors import ConfigError


@dataclasses.dataclass(frozen=True, eq=False)
class SampleLosses:
    """Validation loss of each sample, shape ``(n,)`` each, in the order of the validation data.

    ``best`` is at the epoch with the lowest validation loss, ``last`` at the last epoch. ``probabilities`` has
    shape ``(n, n_classes)`` or ``(n,)`` for one sigmoid output.
    """

    last: np.ndarray
    best: np.ndarray | None = None
    labels: np.ndarray | None = None
    predicted: np.ndarray | None = None
    confidence: np.ndarray | None = None
    probabilities: np.ndarray | None = None
    best_epoch: float | None = None
    last_epoch: float | None = None

    def __len__(self) -> int:
        return len(self.last)


_ARRAYS = ("last", "best", "labels", "predicted", "confidence", "probabilities")
_EPOCHS = ("best_epoch", "last_epoch")


def sample_losses(given: Mapping[str, Any] | np.ndarray | SampleLosses | None) -> SampleLosses | None:
    """A ``SampleLosses`` from what a caller gave: one array (last epoch) or a mapping of arrays.

    Raises ``ConfigError`` when a key is unknown, ``last`` is missing, or the lengths differ.
    """
    if given is None or isinstance(given, SampleLosses):
        return given
    parts: Mapping[str, Any] = given if isinstance(given, Mapping) else {"last": given}
    unknown = sorted(set(parts) - {*_ARRAYS, *_EPOCHS})
    if unknown:
        raise ConfigError(f"sample_losses has no part {unknown[0]!r}; its parts are {', '.join(_ARRAYS)}")
    if parts.get("last") is None:
        raise ConfigError("sample_losses needs 'last': the validation loss of each sample at the last epoch")
    arrays = {k: np.asarray(parts[k]) for k in _ARRAYS if parts.get(k) is not None}
    for key in ("last", "best", "confidence"):
        if key in arrays:
            arrays[key] = arrays[key].astype(float).reshape(-1)
    n = len(arrays["last"])
    for key, array in arrays.items():
        if len(array) != n:
            raise ConfigError(f"sample_losses: {key!r} has {len(array)} values, 'last' has {n}")
    epochs = {k: float(parts[k]) for k in _EPOCHS if parts.get(k) is not None}
    return SampleLosses(**arrays, best_epoch=epochs.get("best_epoch"), last_epoch=epochs.get("last_epoch"))
