"""Where in a training a hand-written line stands: a line goes in, its epoch and step go out."""

from __future__ import annotations

import dataclasses
import re

_I = re.IGNORECASE
_END = r"(?:(?=[轮輪步次批])|(?![\w%]|\.\d))"
_OPEN, _CLOSE = r"['\"]?\s{0,4}[:=#]?\s{0,6}[\[(]?\s{0,6}#?", r"\s{0,4}[\])]?"
_OF = r"(?:\s{0,6}(?:/|of|de|von|из)\s{0,6}(\d{1,9}))"
_CALLED = r"(?:no\.?|num|number|idx|index|id|progress)"
_ABROAD = ("poche", "poca", "pok", "chritt", "paso", "asso", "lote")  # stand in a line that counts in another language
_COUNTED_EPOCH = (
    r"(?:\((?:train|val|test)\))?[ _]?"
    rf"{_CALLED}?{_OPEN}(\d{{1,7}}(?:\.\d{{1,6}})?){_OF}?{_END}(?!-\d|\s?(?:ms|s|secs?|seconds|minutes)\b(?!\s?[=:])){_CLOSE}"
)
_EPOCH = re.compile(rf"(?<![\w.])(?<!over )(?<!per )(?:epoch|ep\.?){_COUNTED_EPOCH}", _I)
_EPOCH_ABROAD = re.compile(
    rf"(?<![\w.])(?:epoche|[eé]poca|époque|epoka|epok|эпоха|轮次|エポック|에포크|에폭){_COUNTED_EPOCH}", _I
)
_EPOCHS = re.compile(rf"(?<![\w.])epochs{_OPEN}(\d{{1,7}}){_OF}{_END}{_CLOSE}", _I)
_COUNTED_STEP = rf"(?:\(train\))?(?:[_ ]?{_CALLED})?{_OPEN}(\d{{1,3}}(?:,\d{{3}})+|\d{{1,9}}){_OF}?{_END}{_CLOSE}"
_STEP = re.compile(
    rf"(?<![\w./])(?:global[_ ]?|train(?:ing)?[_ ]?|mini-?)?(?:step|iter|iteration|batch|it|update|episode){_COUNTED_STEP}",
    _I,
)
_STEP_ABROAD = re.compile(
    rf"(?<![\w./])(?:步数|迭代次数|迭代|批次|序号|ステップ|バッチ|스텝|배치|schritt|paso|passo|lote|шаг){_COUNTED_STEP}",
    _I,
)
_FIRST_STEPS = re.compile(rf"\s{{0,8}}(?:steps|iters|iterations|batches)[:=]\s{{0,4}}(\d{{1,9}}){_END}", _I)
_STEPS = re.compile(rf"(?<![\w.])(?:steps|iters|iterations|batches){_OPEN}(\d{{1,9}}){_OF}{_END}{_CLOSE}", _I)
_BATCHES = re.compile(r"(?<![\w./])(\d{1,9})\s{0,4}/\s{0,4}(\d{1,9})\s{1,4}(?:batches|steps|iters|iterations)\b", _I)
_NUMBERED = re.compile(r"\s{0,8}(\d{1,7})(?:/(\d{1,7}))?epoch(?![A-Za-z])", _I)  # 3epoch results: loss=0.4
_ORDINAL = re.compile(r"第\s?(\d{1,7})(?:\s?/\s?(\d{1,7}))?\s?(?:轮|輪|个?\s?epoch)", _I)
_RANGE = re.compile(r"(?<![\w.])\d{1,9}-(\d{1,9})\s?batch", _I)  # 101-200batch
_BEHIND = re.compile(  # epoch 3:  100 / 5000 loss=0.4
    r"\s{0,8}[:,;|]?\s{0,8}(\d{1,9})\s{0,4}/\s{0,6}(\d{1,9})(?=[;,|]\s|\s{1,4}[A-Za-z]\w{0,30}[=:])"
)
_BESIDE = re.compile(r"(?<![\w./])iters\s?[:=]\s?(\d{1,9})(?![\w.%])", _I)  # (epoch: 3, iters: 400, time: 0.5)
_ROUND = re.compile(
    rf"(?<![\w.])round[ _]?{_CALLED}?{_OPEN}(\d{{1,7}}){_OF}?{_END}{_CLOSE}", _I
)  # of federated learning
_ALONE = re.compile(r"[\W_]{0,300}(?:(?:learning|training|train|starting|start|begin)[\W_]{0,300})?", _I)
_PAIRED = re.compile(r"epoch/(?:iter|step|batch)\w{0,6}\s?[:=]\s{0,4}(\d{1,7})\s?/\s?(\d{1,9})", _I)
_ENDED = re.compile(r"\W{0,4}(?:is\s)?(?:end|ended|ends|done|finished|complete|completed)\b\W{0,60}\Z", _I)
_LED = re.compile(r"\W{0,8}train(?:ing)?\s(\d{1,7})\s?[,:]\s(?=[A-Za-z][\w ]{0,30}[:=])", _I)  # Train 3, loss: 0.4
_PAIR = re.compile(r"\[\s{0,6}(\d{1,7}),\s{0,8}(\d{1,9})\]")  # [1,  2000] loss: 2.173
_TWO = re.compile(
    r"(?:train(?:ing)?\s?:\s{0,4})?\[\s{0,6}(\d{1,7})\s?/\s?(\d{1,7})\s?\]\s?\[\s{0,8}(\d{1,9})\s?/\s?(\d{1,9})\s?\]",
    _I,
)  # [0/5][50/1583]
_ONE = re.compile(
    r"(?<!%)(?<!%\s)[\[(]\s{0,8}(\d{1,9})\s?/\s{0,8}(\d{1,9})\s{0,4}(?:\(\s?\d{1,3}(?:\.\d{1,3})?\s?%\))?\s?[\])]"
)
_PHASE = re.compile(
    r"(?:train|val|valid|test|eval)\w{0,7}:\s\[?(\d{1,7})(?:\]\s?|\s)\[\s{0,8}(\d{1,9})/(\d{1,9})(?:\s\(\s{0,3}\d{1,3}%\))?\]",
    _I,
)  # Train: 0 [  50/1251 (  4%)]
_LINE = re.compile(r"\[\s{0,6}(\d{1,9})\]\s{1,4}(?=[A-Za-z][\w ]{1,40}[: ])")  # [3] mse 0.33 test mse 0.31
_LOGGED = re.compile(r"\[(\d{1,9})\]\s(?=[A-Za-z]\w{1,40}=)")  # [100] accuracy=0.9, loss=0.4
_EVALUATED = re.compile(
    r"(?:test|val|validation|eval|evaluation|evaluating)\s(?:batch|iter|iteration)\b|iter\((?:val|test)\)", _I
)  # how far one got
_AT_START = re.compile(
    r"\s{0,8}(\d{1,9})\s?/\s?(\d{1,9})(?=,?\s{1,4}(?:[-|]\s{1,4})?[A-Za-z_])"
)  # 1/50, train_loss: 0.6
_WHEN = re.compile(r"\s(?:over|after|at|for|in|on|of)\s(?:the\s)?(?:iter|epoch|step|batch)", _I)
_AFTER = re.compile(
    r"(?P<name>(?:[A-Za-z.]{1,20}[ _]){0,5}(?:cost|loss|error|accuracy|acc|perplexity|auc|f1|mrr|bleu|psnr))(?:\s\([\w ]{1,30}\))?"
    r"\s(?:over|after|at|for|in|on|of)\s(?:the\s)?(?P<counter>(?:iteration|iter|epoch|step|batch)\s#?\d{1,9}(?:/\d{1,9})?"
    r"(?:,?\s(?:iteration|iter|step|batch)\s\d{1,9}(?:/\d{1,9})?)?)"
    r"\s{0,4}(?::|=|is\b|was\b|->)\s{0,8}(?=[-+.\d\[\w])",
    _I,
)
_TOLD_OF = re.compile(
    r"(?:最佳|最好|最高|\b(?:mejor|melhor|beste|meilleure|best|at|from|in|since|until|for|every|before|loaded|loading|saved|saving|checkpoint|last|stopp\w{1,6}))"
    r"\W{1,3}(?:model\s|the\s)?\Z", _I
)  # fmt: skip

_BEGINS = re.compile(
    r"\W{0,200}(?:(?:results?|metrics|summary|stats|statistics|scores?|report|losses|train|training|val|valid|validation|eval|evaluation|test)\s)?"
    r"(?:in|at|for|of)\s(?:the\s)?(?:global\s)?",
    _I,
)  # "In epoch 3, loss …", "Results for epoch 3:", "eval in step: 20"
_MEASURED = re.compile(
    r"(?:\b(?:over|per|this|each|entire|whole|full)|loss|acc|accuracy|error|score)[ _](?:the\s)?\Z", _I
)


@dataclasses.dataclass(frozen=True, slots=True)
class Place:
    """The counters of a line as shown, and the line with blanks for them. ``samples``: the step counts samples.

    ``at`` says where in the line each counter stands: name, start, stop. ``turned``: the line was put in another order. ``doubtful``: games
    have such a counter, too. ``alone``: the line names an epoch or a step, and nothing else. ``ended``: it says that the epoch is at its end.
    """

    rest: str
    epoch: float | None = None
    planned: int | None = None
    step: int | None = None
    steps: int | None = None
    samples: bool = False
    told_of: bool = False
    turned: bool = False
    doubtful: bool = False
    alone: bool = False
    ended: bool = False
    at: tuple[tuple[str, int, int], ...] = ()


def place(text: str, start: int = 0) -> Place:
    """Find the counters from ``start`` on. ``told_of``: an epoch is only spoken of, as in ``best at epoch 7``."""
    turned = False
    if _WHEN.search(text, start) and (after := _AFTER.search(text, start)) is not None:
        turned = True
        text = f"{text[: after.start()]}{after['counter']} {after['name']}: {text[after.end() :]}"
    text = " " * start + text[start:]
    first = len(text) - len(text.lstrip())
    if found := _TWO.match(text, first):
        return _made(_blank(text, found), {"epoch": found, "planned": found, "step": found, "steps": found}, turned)
    if _EVALUATED.match(text, first):
        return Place(text, told_of=True)
    if found := _PHASE.match(text, first):
        return _made(_blank(text, found), {"epoch": found, "step": found, "steps": found}, turned)
    if found := _PAIR.match(text, first) or (_PAIRED.search(text) if "poch/" in text else None):
        return _made(_blank(text, found), {"epoch": found, "step": found}, turned)
    counters: dict[str, re.Match[str]] = {}
    samples = False
    behind = None
    if found := _epoch(text, first):
        if _spoken_of(text, found):
            return Place(text, told_of=True)
        counters |= {"epoch": found, "planned": found}
        text = _blank(text, found)
        if _ENDED.match(text, found.end()):
            return dataclasses.replace(_made(text, counters, turned), ended=True)
        behind = _BEHIND.match(text, found.end()) or _beside(text)
    step = behind or _FIRST_STEPS.match(text, first) or _step(text)
    if step is None or _spoken_of(text, step):
        step = _ONE.search(text) or _AT_START.match(text, first) or _LINE.match(text, first)
        samples = step is not None
        if step is None and "epoch" not in counters:
            step = _LOGGED.match(text, first)
    if step is not None:
        counters |= {"step": step, "steps": step}
        text = _blank(text, step)
    elif (
        "epoch" not in counters
        and "ound" in text.lower()
        and (played := _ROUND.search(text)) is not None
        and not _spoken_of(text, played)
    ):
        return dataclasses.replace(
            _made(_blank(text, played), {"epoch": played, "planned": played}, turned), doubtful=True
        )
    made = _made(text, counters, turned, samples)
    return (
        dataclasses.replace(made, alone=True) if len(counters) == 2 and not samples and _ALONE.fullmatch(text) else made
    )


def _epoch(text: str, first: int) -> re.Match[str] | None:
    found = _EPOCH.search(text) or _EPOCHS.search(text) or (_EPOCH_ABROAD.search(text) if _abroad(text) else None)
    if found and "." in found[1] and _MEASURED.search(text, max(0, found.start() - 30), found.start()):
        found = None  # "Training acc over epoch: 0.75"
    found = found or _NUMBERED.match(text, first) or _LED.match(text, first)
    return _ORDINAL.search(text) if found is None and "第" in text else found


def _abroad(text: str) -> bool:
    """Whether the line may count in another language than English."""
    return not text.isascii() or any(word in text for word in _ABROAD)


def _beside(text: str) -> re.Match[str] | None:
    """The step of a line that names its epoch in other words than a line of steps would."""
    found = _BESIDE.search(text) if "iters" in text else None
    return found or (_RANGE.search(text) if "batch" in text else None)


def _step(text: str) -> re.Match[str] | None:
    found = _STEP.search(text) or _STEPS.search(text) or _BATCHES.search(text)
    return _STEP_ABROAD.search(text) if found is None and _abroad(text) else found


def _spoken_of(text: str, counter: re.Match[str]) -> bool:
    """Whether a counter is only spoken of: ``saved at step 100``; not where the line begins with it: ``At step 100``."""
    start = counter.start()
    return bool(_TOLD_OF.search(text, max(0, start - 30), start)) and not _BEGINS.fullmatch(text[:start])


def as_epoch(where: Place) -> Place:
    """What was taken for a step counts epochs, where none is told."""
    if where.epoch is not None:
        return where
    return dataclasses.replace(
        where, epoch=float(where.step or 0), planned=where.steps, step=None, steps=None, samples=False
    )


def _made(rest: str, counters: dict[str, re.Match[str]], turned: bool, samples: bool = False) -> Place:
    """A place from the matches that hold its counters: each takes its match's next group."""
    taken: dict[re.Match[str], int] = {}
    shown: dict[str, str] = {}
    at = []
    for name, match in counters.items():
        group = taken[match] = taken.get(match, 0) + 1
        if group <= match.re.groups and match[group] is not None:
            shown[name] = match[group]
            at.append((name, *match.span(group)))
    return Place(
        rest,
        float(shown["epoch"]) if "epoch" in shown else None,
        int(shown["planned"]) if "planned" in shown else None,
        int(shown["step"].replace(",", "")) if "step" in shown else None,
        int(shown["steps"]) if "steps" in shown else None,
        samples,
        False,
        turned,
        at=tuple(at),
    )


def _blank(text: str, found: re.Match[str]) -> str:
    """The text with a semicolon and blanks for a counter, as long as before."""
    tail = text[found.end() :]
    kept = tail.lstrip(" :,-")
    return text[: found.start()] + " ;".ljust(len(text) - found.start() - len(kept)) + kept
