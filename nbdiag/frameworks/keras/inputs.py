"""A built Keras model and its training data come in; the span of values that reaches the first trainable layer goes out.

A few thousand values are looked at, none are computed by the model: layers before the first with weights either leave
values as they are, or scale them by a constant; after anything else nothing is known.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from nbdiag.frameworks.keras.data import as_numpy, tree
from nbdiag.frameworks.keras.layers import from_keras

# Values looked at: a hundredth of a millisecond's work, and a bright pixel of an image is not missed.
_ROWS, _VALUES = 1024, 8192

_SAME = {"InputLayer", "Flatten", "Reshape", "Permute", "Identity", "Masking", "SpatialDropout1D", "SpatialDropout2D"}
_SAME |= {"Dropout", "ZeroPadding1D", "ZeroPadding2D", "Cropping2D", "MaxPooling1D", "MaxPooling2D", "RepeatVector"}
_SAME |= {"RandomFlip", "RandomTranslation", "RandomRotation", "RandomZoom", "RandomCrop", "CenterCrop", "Resizing"}
_WEIGHTED = {"Dense", "Conv1D", "Conv2D", "Conv3D", "LSTM", "GRU", "SimpleRNN", "Bidirectional", "SeparableConv2D"}


def input_range(model: Any, x: Any) -> tuple[float, float] | None:
    """Smallest and largest input of the first trainable layer; None where that is not known."""
    scaling = _scaling(model)
    leaves = tree().flatten(x)
    if scaling is None or len(leaves) != 1:
        return None
    values = sample(leaves[0])
    if values is None or not values.size:
        return None
    scale, offset = scaling
    ends = sorted((float(values.min()) * scale + offset, float(values.max()) * scale + offset))
    return ends[0], ends[1]


def sample(array: Any) -> np.ndarray | None:
    """Some thousand finite values of an array in memory, from rows spread over all of it."""
    shape = tuple(getattr(array, "shape", ()))
    if not shape or not shape[0] or type(array).__module__.partition(".")[0] not in {"numpy", "pandas", "torch"}:
        return None
    n = int(shape[0])
    width = max(1, int(np.prod(shape[1:])))
    rows = np.unique(np.linspace(0, n - 1, min(n, _ROWS, max(8, _VALUES // width))).astype(int))
    some = as_numpy(array.iloc[rows] if hasattr(array, "iloc") else array[rows])
    if some is None or some.dtype.kind not in "biuf":
        return None
    flat = some.reshape(len(rows), -1)
    flat = flat[:, :: max(1, flat.size // (4 * _VALUES))].astype(float)
    found: np.ndarray = flat[np.isfinite(flat)]
    return found


def _scaling(model: Any) -> tuple[float, float] | None:
    """Factor and offset that lie before the first trainable layer."""
    inner = getattr(model, "_functional", None) or model
    operations = getattr(inner, "operations", None)
    if operations is None or len(getattr(inner, "inputs", ())) != 1:
        return None
    scale, offset = 1.0, 0.0
    for operation in operations:
        kind = type(operation).__name__
        if not from_keras(type(operation)):
            return None
        if kind == "Rescaling":
            factor, shift = operation.scale, operation.offset
            if not isinstance(factor, (int, float)) or not isinstance(shift, (int, float)):
                return None
            scale, offset = scale * factor, offset * factor + shift
        elif kind not in _SAME:
            return (scale, offset) if kind in _WEIGHTED and operation.trainable else None
    return None
