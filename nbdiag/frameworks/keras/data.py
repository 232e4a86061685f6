"""A Keras ``EpochIterator`` comes in; what its data are, and the facts they tell, go out. Nothing is iterated."""

from __future__ import annotations

import dataclasses
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


def describe(iterator: Any) -> Source:
    """What can be known of the data without reading them."""
    adapter = iterator.data_adapter
    common: dict[str, Any] = {"batch_size": _whole(adapter.batch_size), "steps": _whole(iterator.num_batches)}
    kind, capped = type(adapter).__name__, bool(iterator.steps_per_epoch)
    if kind == "ArrayDataAdapter":
        x, y, weights = _parts(adapter._inputs)
        return Source(
            arrays=True, x=x, y=y, n=_whole(adapter._num_samples), capped=capped,
            shuffle=bool(adapter._shuffle), weighted=weights is not None, **common,
        )  # fmt: skip
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
