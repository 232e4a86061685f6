"""Which of a line's pairs are measures of a model: pairs go in, metrics with their split go out."""

from __future__ import annotations

import dataclasses
import re

from nbdiag.capture.pairs import Pair
from nbdiag.metrics import identify

_KNOWN = re.compile(
    r"(?:^|_)(?:loss\w{0,3}|nll|b?ce|cross_entropy|logloss|r?mse|mae|mape|kld?|elbo|cost|err|error|perplexity|ppl|bp[bcd]"
    r"|acc\w{0,8}|accuracy|auc|auroc|auprc|f1|f1_score|precision|recall|m?iou|dice|bleu|rouge\w{0,3}|wer|cer|r2|m?ap|psnr|ssim|mcc)"
    r"(?:_|$)|^acc\w{0,10}@\d|_acc\w{0,8}@\d|^loss[_A-Za-z]{0,12}$"
)
_NO_MEASURE = re.compile(
    r"(?:^|_)(?:time|times|sec|secs|seconds|ms|elapsed|eta|speed|throughput|mem|memory|gpu|cpu|ram|batch|size|step|steps|iter|iters|"
    r"iteration|iterations|epoch|epochs|samples?|seed|patience|counter|count|best|min|max|num|n|total|remaining|duration|fps|tokens?|"
    r"it|data|examples?|params?|parameters|rank|world|version|port|id|idx|index|layers?|date|improvement|delta|threshold|weight|alpha|mfu|"
    r"saved?|early_stopping|wait)(?:_|$)"
)
_PLAIN_NAME = re.compile(r"[A-Za-z_][\w@/.\- ]{0,40}\Z")


@dataclasses.dataclass(frozen=True, slots=True)
class Measure:
    """One measured value: ``split`` is None where neither its name nor its line says which data."""

    metric: str
    split: str | None
    value: float
    rounding: float
    unit: str
    label: str
    at: tuple[int, int] | None = None  # where in the line its number stands; None where it is made of two


def measures(found: list[Pair], line_split: str | None = None) -> list[Measure]:
    """The measures among the pairs of one line, or none where no loss and no known metric is among them."""
    shown = {pair.name for pair in found}
    named = [
        (pair, identify(_without_period(pair.name)))
        for pair in found
        if not pair.timed and not (pair.name.endswith("_step") and f"{pair.name[:-5]}_epoch" in shown)
    ]
    known = [bool(_KNOWN.search(n.metric)) and not _spoken_of(p.name) for p, n in named]
    if not any(known):
        return []
    kept = [
        (pair, name)
        for (pair, name), is_known in zip(named, known, strict=True)
        if is_known or name.metric in ("learning_rate", "gradient_norm") or _custom(pair, name.metric)
    ]
    explicit = {(n.metric, n.split) for _, n in kept if n.split}
    splits = {n.split for _, n in kept if n.split}
    out: list[Measure] = []
    carried: str | None = None
    for pair, name in kept:
        split = name.split
        if split:
            if " " in name.label or len(splits) > 1:
                carried = split
        elif name.metric in ("learning_rate", "gradient_norm"):
            split = "train"
        elif carried and (name.metric, carried) not in explicit:
            split = carried
        else:
            split = line_split
        out.append(
            Measure(name.metric, split, pair.value, pair.rounding, "%" if pair.percent else "", pair.name, pair.at)
        )
    return out


_LEADING = re.compile(
    r"\W{0,8}(train|training|val|valid|validation|test|testing|eval|evaluation)(?:\s(?:set|error|epoch|phase|results?))?\b"
    r"(?=\s?[:\[\]|\-]|\s+(?:epoch|ep)\b|\Z)",
    re.IGNORECASE,
)


def split_word(word: str) -> str:
    """The split a word such as ``Validation`` means."""
    return {"tr": "train", "va": "val", "te": "test", "ev": "eval"}[word.lower()[:2]]


def leading_split(text: str) -> str | None:
    """The split a line begins with: ``Test set: Average loss: 0.05``."""
    found = _LEADING.match(text)
    return split_word(found[1]) if found else None


def _without_period(name: str) -> str:
    """``train_loss_epoch`` is ``train_loss``; beside it, ``train_loss_step`` is the last batch's and is left out."""
    for period in ("_epoch", "_step"):
        if name.endswith(period) and _KNOWN.search(name[: -len(period)]):
            return name[: -len(period)]
    return name


def is_measure(metric: str) -> bool:
    """Whether a canonical name is a known measure of a model: a loss, an accuracy, an error, a score."""
    return bool(_KNOWN.search(metric))


def _spoken_of(label: str) -> bool:
    """Whether a value is told as a record of the past: ``best val loss``."""
    return bool(
        re.search(
            r"\b(?:best|min|max|lowest|highest|previous|prev|target|last|threshold|final)\b",
            label.lower().replace("_", " "),
        )
    )


def _custom(pair: Pair, metric: str) -> bool:
    """A metric of the reader's own, on a line with a known one: named with ``:`` or ``=``, and no time, size or count."""
    return not (pair.spaced or pair.whole or _NO_MEASURE.search(metric) or _spoken_of(pair.name)) and bool(
        _PLAIN_NAME.match(pair.name)
    )
