"""Which of a line's pairs are measures of a model: pairs go in, metrics with their split go out."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Sequence

from nbdiag.capture.pairs import Pair
from nbdiag.capture.splits import Headings
from nbdiag.metrics import Named, canonical, identify, split_of
from nbdiag.words import english

_KNOWN = re.compile(
    r"(?:^|_)(?:loss\w{0,3}|nll|b?ce|cross_entropy|logloss|r?mse|mae|mape|kld?|elbo|xent|cost|err|error|perplexity|ppl|bp[bcd]"
    r"|acc\w{0,8}|accuracy|auc|auroc|auprc|f1|f1_score|precision|recall|m?iou|dice|bleu|rouge\w{0,3}|wer|cer|r2|m?ap|psnr|ssim|mcc)"
    r"(?:_|$)|^top_?\d{1,2}$|^acc\w{0,10}@\d|_acc\w{0,8}@\d|^loss[_A-Za-z]{0,12}$"
)
_LOSS = re.compile(
    r"(?:^|_)(?:loss|losses|nll|b?ce|cross_entropy|logloss|elbo|perplexity|ppl|bp[bcd]|xent)(?:_|$)|^loss"
)
_NO_MEASURE = re.compile(
    r"(?:^|_)(?:time|times|sec|secs|seconds|ms|elapsed|eta|speed|throughput|mem|memory|gpu|cpu|ram|batch|size|step|steps|iter|iters|"
    r"iteration|iterations|epoch|epochs|samples?|seed|patience|counter|count|best|min|max|num|n|total|remaining|duration|fps|tokens?|"
    r"it|data|examples?|params?|parameters|rank|world|version|port|id|idx|index|layers?|date|improvement|delta|threshold|weight|alpha|mfu|"
    r"saved?|early_stopping|wait|ips?|wps|ups|wpb|bsz|wall|scale|norm|img|images?|pid|host|node|lrm|correct|clip|oom|lat|lon|epsilon|decay|"
    r"momentum|dropout|percent|percentage|complete|completed|temperature|tau|ratio|progress|page|line|day|hour|year)(?:_|$)|^.$"
)
_NO_LOSS = re.compile(
    r"(?:^|_)(?:packet|stop|frame|profit|mass|water|drawdown|path|heat|hair|hearing|pressure|insertion|return|transmission|credit|blood|power|friction|head)_loss|loss(?:es)?_(?:weights?|scale|coef\w{0,12}|fn|func\w{0,4}|ratio|type|limit)$"
    r"|^weight_loss|(?:^|_)(?:time|data|batch|reader)_cost|cost_time"
)
_OWN = re.compile(
    r"score|reward|return|kl|kappa|corr|spearman|pearson|jaccard|hamming|entropy|dist|simil|regret|hit|ndcg|mrr|map|iou|dice|auc|f\d|"
    r"sensitivity|specificity|r2|top\d|exact_match|penalty|regulari|metric|d\(|g\("
)
"""What measures of one's own are called; any other name counts as one in a dict or with a split's name only."""
_OF_MODELS = {
    "loss", "losses", "nll", "bce", "ce", "cross", "entropy", "crossentropy", "logloss", "elbo", "perplexity", "ppl", "mse", "mae", "l1", "l2",
    "d", "g", "q", "generator", "discriminator", "gen", "disc", "actor", "critic", "policy", "value", "recon", "reconst", "reconstruction",
    "kl", "content", "style", "cls", "class", "box", "bbox", "obj", "dfl", "mask", "rpn", "seg", "ctc", "att", "lm", "mlm", "aux", "reg",
    "regression", "classification", "adv", "adversarial", "cycle", "identity", "contrastive", "triplet", "smooth", "huber", "hinge", "focal",
    "dice", "vae", "gan", "real", "fake", "ner", "tok2vec", "tagger", "parser", "pde", "bc", "ic", "physics", "boundary", "data", "model", "net",
    "surrogate", "function", "cross_entropy", "negative", "log", "likelihood", "score", "masked", "mean", "squared",
}  # fmt: skip
_WEIGHT = re.compile(
    r"[wbmc]\d?|theta_?\d?|slope|intercept|bias", re.IGNORECASE
)  # of the regressions of a first course
_TRADE = re.compile(r"\b(?:profits?|revenue|premium|equity|wins?|draws?)\b", re.IGNORECASE)
_PLAIN_NAME = re.compile(r"[A-Za-z_][\w@/.\- ]{0,40}\Z")
_TOLD = re.compile(
    r"\b(?:best|min|max|lowest|highest|previous|prev|target|last|threshold|final|improved|decreased|increased|reduced|reached|in top|from)\b"
)


@dataclasses.dataclass(frozen=True, slots=True)
class Measure:
    """One measured value: ``split`` is None where neither its name nor its line says which data.

    ``weak``: the name alone does not tell a training: solvers, shops and satellites have an error, a cost and an accuracy, too.
    """

    metric: str
    split: str | None
    value: float
    rounding: float
    unit: str
    label: str
    at: tuple[int, int] | None = None  # where in the line its number stands; None where it is made of two
    weak: bool = False


def measures(found: list[Pair], line_split: str | None = None, headings: Headings | None = None) -> list[Measure]:
    """The measures among the pairs of one line, or none where no loss and no known metric is among them."""
    found = [_in_english(pair) for pair in found]
    if any(_TRADE.search(pair.name) for pair in found):
        return []
    shown = {pair.name for pair in found}
    named = [
        (pair, identify(_without_period(pair.name)))
        for pair in found
        if not pair.timed and not (pair.name.endswith("_step") and f"{pair.name[:-5]}_epoch" in shown)
    ]
    named = _headed(named)
    in_turns = {pair.name[:2].lower() for pair in found} >= {"d_", "g_"}
    known = [_known(pair, name.metric, headings) or (in_turns and _part(pair)) for pair, name in named]
    if not any(known):
        return []
    kept = [
        (pair, name, is_known)
        for (pair, name), is_known in zip(named, known, strict=True)
        if is_known or name.metric in ("learning_rate", "gradient_norm") or _custom(pair, name.metric)
    ]
    explicit = {(n.metric, n.split) for _, n, _ in kept if n.split}
    splits = {n.split for _, n, _ in kept if n.split}
    out: list[Measure] = []
    beside = sum(not _WEIGHT.fullmatch(pair.name) for pair in found)
    taken: set[tuple[str, str | None]] = set()
    carried: str | None = None
    for pair, name, is_known in kept:
        split = name.split
        if split:
            if " " in name.label or len(splits) > 1:
                carried = split
        elif name.metric in ("learning_rate", "gradient_norm"):
            split = "train"
        elif headings and (headed := headings.before(pair.start)):
            split = headed
        elif carried and (name.metric, carried) not in explicit:
            split = carried
        else:
            split = line_split
        metric = name.metric
        if (metric, split) in taken:  # ``batch loss 0.5, epoch loss 0.6``
            metric = re.sub(r"\W+", "_", pair.name.lower()).strip("_")
            if (metric, split) in taken:
                continue  # ``loss[loss=0.5, ...], tot_loss[loss=0.6, ...]``: what came first is the line's own
        taken.add((metric, split))
        unit = "%" if pair.percent else ""
        weak = not is_known or not (name.split or _tells(metric, pair, beside))
        out.append(Measure(metric, split, pair.value, pair.rounding, unit, pair.printed or pair.name, pair.at, weak))
    return out


def is_measure(metric: str) -> bool:
    """Whether a canonical name is a known measure of a model: a loss, an accuracy, an error, a score."""
    return bool(_KNOWN.search(metric)) and not _NO_LOSS.search(metric)


def is_aside(shown: str) -> bool:
    """Whether a name says time, size, speed or another thing that is counted beside a training, or a record of the past."""
    metric = identify(shown).metric
    return bool(
        _TOLD.search(shown.lower().replace("_", " ")) or (_NO_MEASURE.search(metric) and not _KNOWN.search(metric))
    )


def _in_english(pair: Pair) -> Pair:
    name = english(pair.name)
    return pair if name == pair.name else dataclasses.replace(pair, name=name, printed=pair.name)


def _known(pair: Pair, metric: str, headings: Headings | None) -> bool:
    measured = identify(pair.name).split or (headings and headings.before(pair.start))  # ``valid (NDCG@10: 0.4)``
    named = is_measure(metric) or (measured is not None and _OWN.search(metric) is not None)
    if not named or _TOLD.search(pair.name.lower().replace("_", " ")):
        return False
    return not (pair.percent and metric == "loss")  # a loss is never a percentage: that is lost packets or money


def _part(pair: Pair) -> bool:
    """Whether a name beside ``D_A`` and ``G_A`` is a part of the losses of the two models that train in turns."""
    return not (pair.whole or pair.percent or _NO_MEASURE.search(pair.name.lower())) and pair.name.isidentifier()


def _tells(metric: str, pair: Pair, beside: int) -> bool:
    """Whether a name without a split tells a training. A cost does where it is all that the line tells.

    ``recon_loss`` is a name in a program, ``recon loss`` one of a model's; ``mass loss`` and ``loss of heat`` are anyone's.
    """
    if "cost" in pair.name.lower():
        return beside == 1 and metric == "loss" and len(pair.name.split()) == 1
    words = {*metric.split("_")} if " " in pair.name else set()
    return bool(_LOSS.search(metric)) and words <= _OF_MODELS


def _headed(named: Sequence[tuple[Pair, Named]]) -> list[tuple[Pair, Named]]:
    """``loss train 0.4 valid 0.5``: a name that is a split and nothing else goes on with the metric before it.

    Only where that was named first: ``loss: 1.9, val: 0.7`` is a loss and something else.
    """
    out: list[tuple[Pair, Named]] = []
    above = ""
    for pair, name in named:
        if split := split_of(pair.name):
            if above:
                out.append((pair, Named(above, split, pair.name)))
            continue
        first, _, more = pair.name.partition(" ")
        above = name.metric if name.split and more and canonical(first) == name.metric else ""
        out.append((pair, name))
    return out


def _without_period(name: str) -> str:
    """``train_loss_epoch`` is ``train_loss``; beside it, ``train_loss_step`` is the last batch's and is left out."""
    for period in ("_epoch", "_step"):
        if name.endswith(period) and _KNOWN.search(name[: -len(period)]):
            return name[: -len(period)]
    return name


def _custom(pair: Pair, metric: str) -> bool:
    """A metric of the reader's own, on a line with a known one: named with ``:`` or ``=``, and no time, size or count."""
    if not (pair.quoted or _OWN.search(metric) or identify(pair.name).split):
        return False
    return not (
        pair.spaced or pair.whole or _NO_MEASURE.search(metric) or _NO_LOSS.search(metric)
        or _TOLD.search(pair.name.lower().replace("_", " "))
    ) and bool(_PLAIN_NAME.match(pair.name))  # fmt: skip
