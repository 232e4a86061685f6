"""A Keras ``EpochIterator`` comes in; what its data are, and the facts they tell, go out. Nothing is iterated."""

from __future__ import annotations

import dataclasses
import sys
from typing import Any

import numpy as np

# Counting this many labels takes well under a millisecond.
_COUNTABLE = 200_000
# More distinct values than this are no classes one would look at.
_MOST_CLASSES = 1000


@dataclasses.dataclass(frozen=True, eq=False)
class Source:
    """The data of one ``EpochIterator``. ``arrays`` is true when ``x`` and ``y`` are whole and in memory."""

    arrays: bool = False
    x: Any = None
    y: Any = None
    n: int | None = None
    batch_size: int | None = None
    steps: int | None = None
    capped: bool = False
    """Only the first ``steps`` batches of it are seen in an epoch."""
    shuffle: bool | None = None
    weighted: bool | None = None
    """Class or sample weights are used; None when not known."""
    weights: Any = None
    """The weight of each sample, as Keras makes it of ``class_weight`` too; that mapping itself where there are no arrays."""


def describe(iterator: Any) -> Source:
    """What can be known of the data without reading them."""
    adapter = iterator.data_adapter
    common: dict[str, Any] = {"batch_size": _whole(adapter.batch_size), "steps": _whole(iterator.num_batches)}
    kind, capped = type(adapter).__name__, bool(iterator.steps_per_epoch)
    if kind == "ArrayDataAdapter":
        x, y, weights = _parts(adapter._inputs)
        return Source(
            arrays=True, x=x, y=y, n=_whole(adapter._num_samples), capped=capped,
            shuffle=bool(adapter._shuffle), weighted=weights is not None,
            weights=weights, **common,
        )  # fmt: skip
    if kind == "PyDatasetAdapter":
        weights = getattr(adapter, "class_weight", None)
        return Source(weights=weights, weighted=bool(weights) or None, capped=capped, **common)
    if kind == "TorchDataLoaderAdapter":
        loader = adapter._dataloader
        sampler = type(getattr(loader, "sampler", None)).__name__
        shuffle = {"RandomSampler": True, "SequentialSampler": False}.get(sampler)
        plain = shuffle is not None and not loader.drop_last and not capped
        n = _whole(len(loader.sampler)) if plain else None
        return Source(n=n, shuffle=shuffle, capped=capped, **common)
    return Source(capped=capped, **common)


def _parts(inputs: Any) -> tuple[Any, Any, Any]:
    """``x, y, sample_weight`` as ``pack_x_y_sample_weight`` packs them."""
    if not isinstance(inputs, tuple):
        return inputs, None, None
    x, y, weights = (*inputs, None, None)[:3]
    return x, y, weights


def _whole(number: Any) -> int | None:
    return None if number is None else int(number)


def labels(y: Any) -> np.ndarray | None:
    """Class numbers of each sample, shape ``(n,)``, from integer or one-hot targets; None where they are no classes."""
    array = as_numpy(y)
    if array is None or array.size == 0 or array.size > _COUNTABLE or array.dtype.kind not in "biuf":
        return None
    if array.ndim == 2 and array.shape[1] > 1:
        one_hot = bool(((array == 0) | (array == 1)).all() and (array.sum(axis=1) == 1).all())
        return array.argmax(axis=1) if one_hot else None
    if array.ndim > 2 or array.size != len(array):
        return None
    flat = array.reshape(-1)
    whole = flat.astype(np.int64, copy=False)
    if array.dtype.kind == "f" and not (flat == whole).all():
        return None
    return whole if whole.min() >= 0 and whole.max() < _MOST_CLASSES else None


def class_counts(y: Any, n_classes: int | None) -> tuple[int, ...] | None:
    """How many samples each class has."""
    found = labels(y)
    if found is None:
        return None
    return tuple(int(c) for c in np.bincount(found, minlength=n_classes or 0))


def label_range(y: Any) -> tuple[float, float] | None:
    """Smallest and largest target; None where they are not few, finite numbers in memory."""
    array = as_numpy(y)
    if array is None or array.size == 0 or array.size > _COUNTABLE or array.dtype.kind not in "biuf":
        return None
    ends = float(array.min()), float(array.max())
    return ends if np.isfinite(ends).all() else None


def label_order(y: Any) -> str | None:
    """``sorted`` where neighbours are of different classes less than a tenth as often as chance would have it; else
    ``mixed``; None where fewer than two classes, or too few samples to tell, are in memory."""
    classes = labels(y)
    if classes is None or len(classes) < 50:
        return None
    shares = np.bincount(classes) / len(classes)
    expected = float((len(classes) - 1) * (1 - (shares**2).sum()))
    if expected < 10:
        return None
    return "sorted" if np.count_nonzero(np.diff(classes)) < 0.1 * expected else "mixed"


def kind_of_targets(y: Any, units: int | None) -> tuple[str, int] | None:
    """Where the loss alone does not tell: ``classification`` and its classes for one-hot targets, or 0 and 1 for one
    unit; ``regression`` (0 classes) for other numbers; None where the targets are not in memory."""
    ends, array = label_range(y), as_numpy(y)
    if ends is None or array is None:
        return None
    if array.ndim == 2 and array.shape[1] > 1:
        return ("classification", array.shape[1]) if labels(y) is not None else ("regression", 0)
    two = labels(y) is not None and ends == (0.0, 1.0) and units == 1
    return ("classification", 2) if two else ("regression", 0)


def weighting(source: Source) -> dict[int, float] | bool | None:
    """The weight of each class where a class has only one; True for other weights, False where all are 1."""
    if isinstance(source.weights, dict):
        return {int(k): float(w) for k, w in source.weights.items()}
    weights, classes = as_numpy(source.weights), labels(source.y)
    if weights is None or weights.size == 0 or weights.size > _COUNTABLE:
        return source.weighted
    if (weights == 1).all():
        return False
    if classes is None or weights.size != len(classes):
        return True
    flat, found = weights.reshape(-1), {}
    for number in np.unique(classes):
        own = flat[classes == number]
        if not (own == own[0]).all():
            return True
        found[int(number)] = float(own[0])
    return found


def as_numpy(array: Any) -> np.ndarray | None:
    """The array as numpy where that copies nothing from a device; None for anything else."""
    if isinstance(array, np.ndarray):
        return array
    package = type(array).__module__.partition(".")[0]
    if package == "pandas":
        return np.asarray(array)
    if package == "torch" and array.device.type == "cpu":
        return np.asarray(array.detach().numpy())
    return None


def tree() -> Any:
    """Keras' functions for nested structures; Keras 3.0 has none of its own and imports a package of this name."""
    return getattr(sys.modules["keras"], "tree", None) or sys.modules["tree"]
