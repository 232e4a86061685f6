"""A run with its ranked findings goes in; one headline, one sentence of numbers and what was not found go out."""

from __future__ import annotations

from collections.abc import Sequence

from nbdiag import stats
from nbdiag.finding import Finding, Severity
from nbdiag.rules import evidence
from nbdiag.rules.evaluation import margin_of
from nbdiag.rules.wording import num, place
from nbdiag.run import Run

_LOOKED_FOR = (
    ("non-finite", "NaN or infinite values"),
    ("divergence", "divergence"),
    ("overfitting", "overfitting"),
    ("loss-metric-mismatch", "accuracy that contradicts the loss"),
    ("noisy-validation", "noise beyond what the validation set's size explains"),
)
_TREND_POINTS, _TURN_POINTS = 4, 8  # fewer epochs cannot show a trend, or a turn of one, against its own noise


def headline(run: Run, findings: Sequence[Finding]) -> str:
    """The one fact to know."""
    if findings and findings[0].headline:
        return findings[0].headline
    if any(f.severity in (Severity.BROKEN, Severity.PROBLEM) for f in findings):
        return findings[0].title
    if not len(run):
        return "Nothing measured yet"
    if _points(run) < _TREND_POINTS:
        return "Too early to judge"
    return "Nothing wrong found"


def summary(run: Run, findings: Sequence[Finding]) -> str:
    """The sentence that proves the headline: the first finding's own, otherwise the run's main numbers."""
    if findings and findings[0].summary:
        return findings[0].summary
    parts = []
    loss = evidence.loss(run, "val") or evidence.loss(run, "train")
    if loss is not None:
        values, places = loss.raw.summary(), evidence.places(loss.raw)
        i = values.low_at if loss.lower_is_better else values.high_at
        best, where = loss.raw.values[i], places[i]
        unit = evidence.unit(run)
        now = f", {num(loss.last)} at the last" if where < places[-1] else ", the last" if len(loss) > 1 else ""
        parts.append(f"Best {loss.label} was {num(float(best))} at {unit} {place(float(where))}{now}")
    accuracy = evidence.accuracy(run, "val") or evidence.accuracy(run, "train")
    if accuracy is not None:
        verb = "is at" if run.status == "running" else "ended at"
        parts.append(f"{accuracy.label} {verb} {num(accuracy.last)}")
    return "; ".join(parts) + "." if parts else ""


def not_found(run: Run, findings: Sequence[Finding], looked: Sequence[str]) -> tuple[str, ...]:
    """What was looked for, could have been seen, and is not there; in words."""
    found = {f.rule for finding in findings for f in (finding, *finding.explains)}
    points, both = _points(run), evidence.pair(run, "accuracy") is not None
    can = {
        "non-finite": len(run) > 0,
        "divergence": points >= _TREND_POINTS,
        "overfitting": points >= _TURN_POINTS and evidence.loss(run, "val") is not None,
        "loss-metric-mismatch": both and evidence.in_nats(run) and "train-loss-weighted" not in found,
        "noisy-validation": points >= _TURN_POINTS and evidence.loss(run, "val") is not None,
    }
    absent = [words for rule, words in _LOOKED_FOR if can[rule] and rule in looked and not _seen(rule, found)]
    return (*absent, *_large_enough(run, found))


def _large_enough(run: Run, found: set[str]) -> list[str]:
    """That the validation set is no small one, with what it resolves."""
    size, accuracy = evidence.n_val(run), evidence.accuracy(run, "val")
    if size is None or accuracy is None or "small-validation-set" in found:
        return []
    points = margin_of(stats.median(accuracy.y), size.value)
    return (
        [f"too small a validation set ({int(size.value):,} samples are good for ±{points:.1f} points)"]
        if points <= 3
        else []
    )


def too_early(run: Run) -> tuple[str, ...]:
    """What cannot be judged with so few epochs, in words."""
    points = _points(run)
    if not points or points >= _TURN_POINTS:
        return ()
    unit = evidence.unit(run)
    turns = f"overfitting and plateaus (from {_TURN_POINTS} {unit}s on)"
    return (turns,) if points >= _TREND_POINTS else (f"any trend (from {_TREND_POINTS} {unit}s on)", turns)


def _seen(rule: str, found: set[str]) -> bool:
    family = {"overfitting": {"overfitting", "val-loss-up-accuracy-holding", "best-epoch-passed", "broad-loss-shift"}}
    return bool(family.get(rule, {rule}) & found)


def _points(run: Run) -> int:
    main = evidence.loss(run, "train") or evidence.loss(run, "val")
    return len(main) if main is not None else 0
