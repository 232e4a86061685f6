"""What a metric's or a loss function's name tells: a name as shown goes in, split, canonical name and meaning go out."""

from __future__ import annotations

import dataclasses
import functools
import re
from typing import Literal

from nbdiag.words import english

LossFamily = Literal["binary-crossentropy", "crossentropy", "mse", "mae", "other"]


@dataclasses.dataclass(frozen=True, slots=True)
class Named:
    """A metric's name, taken apart: canonical ``metric``, ``split`` (None where the name does not say), ``label``."""

    metric: str
    split: str | None
    label: str


_SPLIT_WORDS = {
    "train": "train", "training": "train", "tr": "train", "trn": "train",
    "val": "val", "valid": "val", "validation": "val", "dev": "val", "va": "val", "vali": "val",
    "test": "test", "testing": "test", "eval": "eval", "evaluation": "eval", "holdout": "test",
}  # fmt: skip
_ACCURACY = {"acc", "accuracy", "binary_accuracy", "categorical_accuracy", "sparse_categorical_accuracy"}
_SAME = {
    "avg_loss": "loss", "average_loss": "loss", "mean_loss": "loss", "running_loss": "loss", "total_loss": "loss",
    "epoch_loss": "loss", "losses": "loss", "cost": "loss",
    "avg_acc": "accuracy", "avg_accuracy": "accuracy", "average_accuracy": "accuracy", "mean_accuracy": "accuracy", "accuracies": "accuracy",
    "accs": "accuracy", "top1": "accuracy", "acc@1": "accuracy", "acc1": "accuracy", "acc_1": "accuracy",
    "top_1": "accuracy", "top1_accuracy": "accuracy", "acc_top1": "accuracy",
    "lr": "learning_rate", "learningrate": "learning_rate",
    "ppl": "perplexity", "mean_absolute_error": "mae", "mean_squared_error": "mse",
    "root_mean_squared_error": "rmse", "grad_norm": "gradient_norm", "gradnorm": "gradient_norm",
}  # fmt: skip
_SPLIT_AT_START = re.compile(
    r"(train|training|trn|tr|val|vali|valid|validation|va|dev|test|testing|eval|evaluation|holdout)(?:[_/.\-: ]+|(?=[A-Z]))(?:set[_ ](?=\w))?"
)
_SPLIT_AT_END = re.compile(r"[_/.\-: (\[]+(train|training|val|vali|valid|validation|dev|test|eval)[)\]]?$")
_GLUED = re.compile(r"(?<=[A-Za-z\d])(?=(?:Loss|Acc|Accuracy|Error)\Z)")
"""Where a name such as ``RPNLogLoss`` or ``CELoss`` says what it is."""
_FILLER = {
    "avg", "average", "averaged", "mean", "running", "total", "overall", "current", "epoch", "batch", "minibatch", "mini",
    "set", "data", "main", "the", "a", "is", "was", "and", "with", "of", "on", "over", "per", "for", "at", "finished",
    "done", "complete", "completed",
}  # fmt: skip
"""Words beside a loss, an accuracy or a perplexity that do not make it another one: ``average training loss``."""
_ERRORS = {"loss", "acc", "accuracy", "error", "err", "mse", "mae", "rmse", "auc", "f1"}
_COSTS = {"batch", "data", "epoch", "of", "on", "for", "per"}  # what something takes, no loss
_PLAIN = ("loss", "accuracy", "perplexity", "learning_rate")
_HIGHER = re.compile(
    r"acc|auc|f1|fbeta|precision|recall|r2|r_2|iou|dice|bleu|rouge|ndcg|map\b|hit|psnr|ssim|score|correct|kappa|mcc|sensitivity|specificity|reward"
)
_UNIT = re.compile(
    r"^(?:.*_)?(acc|accuracy|auc|f1|f1_score|precision|recall|iou|dice|sensitivity|specificity|top\d+|top_\d+|acc_?@?\d+|top_k_.*accuracy)(?:_.*)?$"
)


@functools.lru_cache(maxsize=4096)
def identify(shown: str) -> Named:
    """Take a shown name apart: ``"Val Acc"`` is metric ``accuracy`` on split ``val``."""
    label = " ".join(shown.split())
    name = english(label.strip(" :=-*#|").strip())
    split = None
    if found := _SPLIT_AT_START.match(name.lower() if not re.match(r"[a-z]+[A-Z]", name) else name):
        split, name = _SPLIT_WORDS[found[1]], name[found.end() :]
    elif found := _SPLIT_AT_END.search(name.lower()):
        split, name = _SPLIT_WORDS[found[1]], name[: found.start()]
    metric = canonical(name)
    if metric not in _PLAIN:
        words = re.split(r"[^a-z@\d]+", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower())
        splits = {_SPLIT_WORDS[word] for word in words if word in _SPLIT_WORDS} | ({split} if split else set())
        rest = canonical("_".join(word for word in words if word not in _FILLER and word not in _SPLIT_WORDS))
        if rest in _PLAIN and len(splits) < 2 and not ("cost" in words and _COSTS & {*words}):
            metric, split = rest, next(iter(splits), None)
        elif split is None and len(splits) == 1 and _ERRORS & {*words}:  # ``mae_train_loss``
            metric, split = "_".join(word for word in words if word and word not in _SPLIT_WORDS), next(iter(splits))
    return Named(metric, split, label)


def split_of(word: str) -> str | None:
    """The split that a word by itself means: ``Validation`` is ``val``."""
    return _SPLIT_WORDS.get(english(word).lower())


@functools.lru_cache(maxsize=4096)
def canonical(name: str) -> str:
    """The canonical name of a metric, its split already taken off: ``acc`` is ``accuracy``."""
    snake = re.sub(r"[^\w@]+", "_", _GLUED.sub("_", name.strip()).lower()).strip("_")
    return "accuracy" if snake in _ACCURACY else _SAME.get(snake, snake)


def is_accuracy(metric: str) -> bool:
    """Whether this is plain top-1 accuracy: only that enters arithmetic against the loss."""
    return metric == "accuracy"


def is_loss(metric: str) -> bool:
    """Whether smaller is better and the name says loss."""
    return (
        metric == "loss"
        or metric.endswith("_loss")
        or metric in {"logloss", "mlogloss", "binary_logloss", "multi_logloss"}
    )


def is_setting(metric: str) -> bool:
    """Whether this is set or observed beside training, not a measure of the model: learning rate, gradient norm, time."""
    return bool(
        re.match(r"(learning_rate|gradient_norm|momentum|weight_decay|.*_per_second|.*runtime|time|seconds)", metric)
    )


def lower_is_better(metric: str) -> bool:
    """Direction of improvement; unknown names count as errors, where lower is better."""
    return not _HIGHER.search(metric) or is_loss(metric)


def is_fraction(metric: str) -> bool:
    """Whether the metric lies between 0 and 1 by its meaning."""
    return bool(_UNIT.match(metric)) and "loss" not in metric


def loss_family(name: str | None) -> LossFamily | None:
    """The family of a loss function from any spelling of its name; None when no name is given."""
    if not name:
        return None
    flat = re.sub(r"[^a-z]", "", str(name).lower())
    if "focal" in flat:
        return "other"
    if (
        "bce" in flat
        or ("binary" in flat and ("cross" in flat or "logloss" in flat or "logistic" in flat))
        or flat == "logistic"
    ):
        return "binary-crossentropy"
    if "crossentropy" in flat or flat in {
        "ce",
        "celoss",
        "nll",
        "nllloss",
        "logloss",
        "mlogloss",
        "multilogloss",
        "xent",
        "softmaxloss",
    }:
        return "crossentropy"
    if flat in {"mse", "mseloss", "meansquarederror", "squarederror", "l", "ltwo", "regsquarederror", "squared"}:
        return "mse"
    if flat in {"mae", "maeloss", "lloss", "meanabsoluteerror", "absoluteerror"}:
        return "mae"
    return "other"
