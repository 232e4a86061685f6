"""A seed goes in; small data sets, split in training and validation parts, go out as float32 and int64 arrays."""

from __future__ import annotations

import functools
from typing import NamedTuple

import numpy as np
from sklearn import datasets


class Split(NamedTuple):
    """Training and validation part."""

    x: np.ndarray
    y: np.ndarray
    xv: np.ndarray
    yv: np.ndarray


def split(x, y, n_val, seed=0) -> Split:
    """Shuffle and cut."""
    order = np.random.default_rng(seed).permutation(len(x))
    x, y = np.asarray(x, np.float32)[order], np.asarray(y)[order]
    y = y.astype(np.int64) if y.dtype.kind in "iub" else y.astype(np.float32)
    return Split(x[n_val:], y[n_val:], x[:n_val], y[:n_val])


def scaled(s: Split) -> Split:
    """Standardised with the training part's statistics."""
    mean, std = s.x.mean(0), s.x.std(0) + 1e-6
    return Split((s.x - mean) / std, s.y, (s.xv - mean) / std, s.yv)


def digits(n_val=450, n=1797, seed=0, image=False) -> Split:
    """Handwritten digits, 8 by 8, in [0, 1]."""
    d = datasets.load_digits()
    x = d.data[:n] / 16.0
    return split(x.reshape(-1, 1, 8, 8) if image else x, d.target[:n], n_val, seed)


def cancer(n_val=169, seed=0) -> Split:
    """Breast cancer, raw scales."""
    d = datasets.load_breast_cancer()
    return split(d.data, d.target, n_val, seed)


def wine(n_val=58, seed=0) -> Split:
    """Wine, raw scales."""
    d = datasets.load_wine()
    return split(d.data, d.target, n_val, seed)


def iris(n_val=50, seed=0) -> Split:
    d = datasets.load_iris()
    return split(d.data, d.target, n_val, seed)


def diabetes(n_val=142, seed=0, standard=True) -> Split:
    d = datasets.load_diabetes()
    y = (d.target - d.target.mean()) / d.target.std() if standard else d.target
    return scaled(split(d.data, y, n_val, seed))


def friedman(n=1200, n_val=400, noise=1.0, seed=0, standard=True) -> Split:
    x, y = datasets.make_friedman1(n + n_val, noise=noise, random_state=seed)
    if standard:
        y = (y - y.mean()) / y.std()
    return scaled(split(x, y, n_val, seed))


def tabular(n=1500, n_val=500, k=2, features=20, informative=10, flip=0.01, sep=1.0, weights=None, seed=0) -> Split:
    x, y = datasets.make_classification(
        n + n_val,
        features,
        n_informative=informative,
        n_redundant=0,
        n_classes=k,
        flip_y=flip,
        class_sep=sep,
        weights=weights,
        random_state=seed,
    )
    return scaled(split(x, y, n_val, seed))


def moons(n=800, n_val=400, noise=0.2, seed=0) -> Split:
    return split(*datasets.make_moons(n + n_val, noise=noise, random_state=seed), n_val, seed)


def multilabel(n=1200, n_val=400, k=6, seed=0) -> Split:
    x, y = datasets.make_multilabel_classification(n + n_val, 20, n_classes=k, n_labels=2, random_state=seed)
    return scaled(split(x, y.astype(np.float32), n_val, seed))


def sequences(n=1200, n_val=400, length=20, seed=0) -> Split:
    """Which of three classes a noisy sine's frequency belongs to; shape (n, length, 1)."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 3, n + n_val)
    t = np.arange(length) / length
    x = np.sin(2 * np.pi * (1 + y)[:, None] * t + rng.uniform(0, 6.28, (n + n_val, 1))) + 0.4 * rng.normal(
        size=(n + n_val, length)
    )
    return split(x[..., None], y, n_val, seed)


def ahead(n=1500, n_val=500, length=16, noise=0.1, seed=0, shift=0.0) -> Split:
    """The next value of a noisy sum of two sines, later part for validation."""
    rng = np.random.default_rng(seed)
    t = np.arange(n + n_val + length)
    s = np.sin(t / 5) + 0.5 * np.sin(t / 11 + 1) + noise * rng.normal(size=len(t))
    s[n:] += shift
    x = np.lib.stride_tricks.sliding_window_view(s, length + 1)
    x = x.astype(np.float32)
    return Split(x[:n, :-1, None], x[:n, -1], x[n : n + n_val, :-1, None], x[n : n + n_val, -1])


@functools.cache
def text() -> tuple[np.ndarray, int]:
    """The descriptions of scikit-learn's data sets as characters, and how many different ones there are."""
    whole = " ".join(
        f().DESCR
        for f in (
            datasets.load_digits,
            datasets.load_wine,
            datasets.load_iris,
            datasets.load_breast_cancer,
            datasets.load_diabetes,
        )
    )
    whole = " ".join("".join(c for c in whole.lower() if c.isalpha() or c in " .,").split())
    known = sorted(set(whole))
    return np.array([known.index(c) for c in whole], dtype=np.int64), len(known)


def spots(n=240, n_val=80, size=16, seed=0) -> Split:
    """Noisy images with one bright disc each, and its mask."""
    rng = np.random.default_rng(seed)
    g = np.arange(size)
    c = rng.uniform(4, size - 4, (n + n_val, 2))
    r = rng.uniform(2, 4.5, n + n_val)
    mask = ((g[None, :, None] - c[:, 0, None, None]) ** 2 + (g[None, None] - c[:, 1, None, None]) ** 2) < (r**2)[
        :, None, None
    ]
    x = mask + 0.5 * rng.normal(size=mask.shape)
    return split(x[:, None], mask[:, None].astype(np.float32), n_val, seed)


def mislabelled(s: Split, seed=0, share=1.0) -> Split:
    """The labels of a share of the training part drawn anew."""
    rng = np.random.default_rng(seed + 7)
    y = s.y.copy()
    hit = rng.random(len(y)) < share
    y[hit] = rng.permutation(y[hit]) if share == 1 else rng.integers(0, y.max() + 1, hit.sum())
    return s._replace(y=y)


def spread(s: Split, by: np.ndarray, plus: np.ndarray) -> Split:
    """Features on scales far apart."""
    return s._replace(x=s.x * by + plus, xv=s.xv * by + plus)
