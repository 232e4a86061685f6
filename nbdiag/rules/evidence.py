"""A run goes in; what several rules need to know of it comes out, each computed once: main curves, pairs, sizes, chance."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Literal

import numpy as np

from nbdiag import metrics, stats
from nbdiag.curve import Curve
from nbdiag.rules.places import in_steps as in_steps
from nbdiag.rules.places import placed, shared
from nbdiag.rules.places import places as places
from nbdiag.rules.series import Chance as Chance
from nbdiag.rules.series import Known as Known
from nbdiag.rules.series import Pair as Pair
from nbdiag.rules.series import Series as Series
from nbdiag.run import Run

MOST_POINTS = 256  # half a chart's width in pixels; keeps a look at 10 000 epochs as cheap as two at 100
Role = Literal["train", "val"]
_GAME = re.compile(r"(^|_)(d|g|disc|discriminator|gen|generator|critic|actor|policy|reward|rewards|return|q)(_|$)")
_VAL_NAMES = ("val", "valid", "validation", "test", "eval")
_ERRORS = (
    "loss",
    "logloss",
    "mlogloss",
    "binary_logloss",
    "multi_logloss",
    "cross_entropy",
    "nll",
    "mse",
    "rmse",
    "mae",
)


def series(run: Run, curve: Curve) -> Series | None:
    """The finite part of a curve; None where nothing is finite."""

    def compute() -> Series | None:
        if curve.known("values"):  # nearly always; then nothing of what was seen before is read again
            x, y = stats.bins(placed(curve), curve.summary(), MOST_POINTS)
            return Series(curve, x, y, curve.summary("rounding").high) if len(y) else None
        if not curve.finite.any():
            return None
        x, y = stats.bins(places(curve)[curve.finite], curve.values[curve.finite], MOST_POINTS)
        return Series(curve, x, y, float(np.max(curve.rounding[curve.finite])))

    return run.remember(("series", curve.metric, curve.split, curve.per), compute)


def curve(run: Run, metric: str, role: Role) -> Curve | None:
    """The curve of ``metric`` on the training or the validation data, whatever that split is called."""
    split = train_split(run) if role == "train" else val_split(run)
    return run.curve(metric, split) if split else None


def train_split(run: Run) -> str | None:
    """The name of the split training is measured on. Boosting's first of several numbered sets is taken for it."""

    def compute() -> str | None:
        if "train" in run.splits:
            return "train"
        numbered = [s for s in _measured(run) if s.startswith(("validation_", "valid_", "eval_"))]
        return numbered[0] if len(numbered) > 1 else "learn" if "learn" in run.splits else None

    return run.remember("train split", compute)


def val_split(run: Run) -> str | None:
    """The name of the split the model is judged on: ``val`` before ``test`` before the last other evaluation set."""

    def compute() -> str | None:
        others = [s for s in _measured(run) if s != train_split(run) and not s.startswith(("train", "learn"))]
        return next((s for s in _VAL_NAMES if s in others), others[-1] if others else None)

    return run.remember("val split", compute)


def _measured(run: Run) -> list[str]:
    """Splits that hold a measure of the model."""
    return list(dict.fromkeys(c.split for c in run.curves() if not metrics.is_setting(c.metric)))


def loss_name(run: Run) -> str | None:
    """The metric that training lowers: ``loss`` itself, or the error a booster prints in its place; None in a game."""

    def compute() -> str | None:
        names = [m for m in run.metrics if not metrics.is_setting(m)]
        if any(_GAME.search(m) for m in names):
            return None  # in a game of two networks, or for a reward, a loss that falls is no success
        chosen = next((m for m in _ERRORS if m in names), None)
        if chosen is None:
            parts = [m for m in names if metrics.is_loss(m)]
            # Several partial losses and no total: none of them is what training lowers.
            chosen = parts[0] if len(parts) == 1 else None if parts else _first_error(names)
        return chosen

    return run.remember("loss name", compute)


def _first_error(names: list[str]) -> str | None:
    return next((m for m in names if metrics.lower_is_better(m)), None)


def loss(run: Run, role: Role) -> Series | None:
    """The main loss on training or validation data. One counted in steps cannot stand beside another in epochs."""
    name = loss_name(run)
    found = curve(run, name, role) if name else None
    if name and found is not None and role == "train" and in_steps(found):
        other = curve(run, name, "val")
        found = found if other is None or in_steps(other) else None
    return series(run, found) if found is not None else None


def accuracy(run: Run, role: Role) -> Series | None:
    """Plain accuracy on training or validation data, as a fraction; None where its values are no fractions."""
    found = curve(run, "accuracy", role)
    made = series(run, found) if found is not None else None
    if made is None or made.y.min() < -1e-9 or made.y.max() > 1 + 1e-9:
        return None
    return made


def pair(run: Run, what: Literal["loss", "accuracy"]) -> Pair | None:
    """Training and validation values of the loss or the accuracy at the epochs both have; None without both."""

    def compute() -> Pair | None:
        get = loss if what == "loss" else accuracy
        train, val = get(run, "train"), get(run, "val")
        if train is None or val is None:
            return None
        columns = shared(train.raw, val.raw, MOST_POINTS)
        if columns is None:
            return None
        return Pair(*columns, (train.name, val.name), (train.rounding, val.rounding))

    return run.remember(("both", what), compute)


def complete(run: Run) -> bool:
    """Whether every value of the main losses is finite."""
    return all(s.raw.known("values") for role in ("train", "val") if (s := loss(run, role)) is not None)


def task(run: Run) -> Literal["classification", "regression"] | None:
    """What is learned: as the facts say, or as the loss's name or an accuracy tells."""
    if run.facts.task in ("classification", "regression"):
        return "classification" if run.facts.task == "classification" else "regression"
    family = metrics.loss_family(run.facts.loss) or metrics.loss_family(loss_name(run) or "")
    if family in ("crossentropy", "binary-crossentropy"):
        return "classification"
    if family in ("mse", "mae"):
        return "regression"
    return "classification" if run.facts.n_classes or "accuracy" in run.metrics else None


def in_nats(run: Run) -> bool:
    """Whether the loss is known to be a cross-entropy."""
    family = metrics.loss_family(run.facts.loss) or metrics.loss_family(loss_name(run) or "")
    return family in ("crossentropy", "binary-crossentropy")


def n_classes(run: Run) -> Known | None:
    """Number of classes, where something says it."""
    facts = run.facts
    if facts.n_classes:
        return Known(facts.n_classes, True, facts.origins.get("n_classes", "given"))
    for counts in (facts.class_counts_val, facts.class_counts_train):
        if counts is not None:
            return Known(len(counts), True, "class counts")
    several = (facts.output_units or 1) > 1  # as many yes-no questions, not two classes
    if metrics.loss_family(facts.loss or loss_name(run)) == "binary-crossentropy" and not several:
        return Known(2, False, "the loss is binary")
    return None


def shares(run: Run, role: Role) -> np.ndarray | None:
    """Shares of the classes in training or validation data, where the counts are known. Shape ``(K,)``."""
    counts = run.facts.class_counts_val if role == "val" else run.facts.class_counts_train
    array = np.asarray(counts if counts is not None else [], dtype=float)
    return array / array.sum() if array.sum() > 0 else None


def n_val(run: Run) -> Known | None:
    """Size of the validation set: as the facts say, or as the grid of its accuracies proves (then a divisor of it)."""

    def compute() -> Known | None:
        if run.facts.n_val:
            return Known(run.facts.n_val, True, run.facts.origins.get("n_val", "given"))
        values = accuracy(run, "val")
        if values is None:
            return None
        grid = stats.accuracy_grid(distinct(values.raw), values.rounding)
        return Known(grid.n, False, "the accuracies' own steps") if grid else None

    return run.remember("n_val", compute)


def distinct(curve: Curve) -> np.ndarray:
    """The different values among the first 4000, in order: more say nothing more of how fine their grid is."""
    few = curve.first(4000)
    return np.unique(few.values[few.finite])


def chance(run: Run, role: Role = "val") -> Chance | None:
    """Chance level of this split: class frequencies where known, else equal classes; None without the classes' number."""
    known, classes = shares(run, role), n_classes(run)
    weighted = role == "train" and bool(run.facts.class_weight)
    if known is not None:
        loss = _weighted_entropy(run, known) if weighted else stats.entropy(known)
        return Chance(loss if in_nats(run) else None, float(known.max()), True)
    if classes is None or classes.value < 2:
        return None
    return Chance(math.log(classes.value) if in_nats(run) and not weighted else None, 1 / classes.value, False)


def undecided(run: Run) -> float | None:
    """The training loss of a model that gives every class the same probability: ln K, times the mean weight where
    classes are weighted; None outside cross-entropy, or where K or that weight is not known."""
    known, counts = n_classes(run), shares(run, "train")
    if known is None or known.value < 2 or not in_nats(run):
        return None
    if not run.facts.class_weight:
        return math.log(known.value)
    weights = _class_weights(run, len(counts)) if counts is not None else None
    return None if weights is None or counts is None else math.log(known.value) * float(weights @ counts)


def _weighted_entropy(run: Run, known: np.ndarray) -> float | None:
    """Least loss of a constant answer where class c counts w_c times: it states shares proportional to w·p."""
    weights = _class_weights(run, len(known))
    total = float(weights @ known) if weights is not None else 0.0
    return total * stats.entropy(weights * known / total) if total > 0 else None


def _class_weights(run: Run, k: int) -> np.ndarray | None:
    """The weight of each class where a loss is the plain mean of weighted ones, as in Keras; None where not known."""
    weights = run.facts.class_weight
    if not isinstance(weights, Mapping) or run.framework.lower() not in {"keras", "tensorflow"}:
        return None
    return np.array([float(weights.get(i, 1.0)) for i in range(k)])


def start_level(run: Run) -> float | None:
    """The loss an untrained model of this run has, in the loss's own unit: the yardstick for "much" and "little".

    The larger of the first training and the first validation value: training's is a mean over an epoch of learning,
    validation's comes after it.
    """
    firsts = [s.first for role in ("train", "val") if (s := loss(run, role)) is not None]
    return max(firsts) if firsts else None


def turn(run: Run) -> stats.Turn | None:
    """Where the validation loss falls no more and rises; None below 5 points."""

    def compute() -> stats.Turn | None:
        val = loss(run, "val")
        return stats.turning_point(val.y, val.noise) if val is not None and len(val) >= 5 else None

    return run.remember("turn", compute)


def learning_rate(run: Run) -> Series | None:
    """The learning rate over the run, where it was reported."""
    for found in run.curves():
        if found.metric == "learning_rate":
            return series(run, found)
    return None


def unit(run: Run) -> str:
    """``epoch``, ``round`` for boosting, or ``step`` where no epoch is known: what one point of the x axis is called."""
    if run.framework.lower() in {"xgboost", "lightgbm", "catboost"}:
        return "round"
    main = loss(run, "train") or loss(run, "val")
    if main is not None and in_steps(main.raw):
        return "step"
    return "epoch"
