"""A run goes in; its findings, merged under their causes and ranked, with one headline, go out."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np

from nbdiag import blocks, metrics, plugins
from nbdiag.finding import Certainty, Finding, Severity
from nbdiag.rules import evidence, precedence, selection, verdict
from nbdiag.rules.base import Rule
from nbdiag.rules.settling import forecast
from nbdiag.run import Run

_NOT_YET = frozenset(
    {
        "stuck-at-chance",
        "constant-prediction",
        "frozen-metrics",
        "underfitting",
        "vanishing-gradients",
        "initial-loss-off",
        "double-softmax",
        "converged",
        "plateau",
    }
)
"""What a late or a rough start, or a rest on the way, looks like too: provisional while the run may still get over it."""


@dataclasses.dataclass(frozen=True, eq=False, repr=False)
class Diagnosis:
    """A run with its findings, most important first.

    ``headline`` is the one fact to know, ``summary`` the sentence with the numbers that prove it. ``not_found`` names
    what was looked for and is not there, ``too_early`` what cannot be judged yet. ``failures`` are rules and
    plugins that broke.
    """

    run: Run
    findings: tuple[Finding, ...]
    headline: str = ""
    summary: str = ""
    not_found: tuple[str, ...] = ()
    too_early: tuple[str, ...] = ()
    failures: tuple[str, ...] = ()
    previous: Diagnosis | None = dataclasses.field(default=None, repr=False)
    """What the same cell gave when it last ran: drawn faintly behind the curves."""

    def __repr__(self) -> str:
        count = f"{len(self.findings)} finding{'' if len(self.findings) == 1 else 's'}"
        return f"<Diagnosis of {self.run.name or 'a run'}: {self.headline or 'not judged'} ({count})>"

    def to_html(self, path: str | Path | None = None) -> str:
        """One self-contained HTML page; written to ``path`` too when given."""
        from nbdiag.views import html

        return _written(html.page(self), path)

    def to_markdown(self) -> str:
        """Headline and findings as Markdown, without the chart."""
        from nbdiag.views import markdown

        return markdown.text(self)

    def to_json(self) -> str:
        """Run, facts and findings as JSON."""
        from nbdiag.views import json

        return json.text(self)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        from nbdiag.views import bundle

        return bundle.static(self)


def examine(
    run: Run,
    *,
    select: Collection[str] | None = None,
    ignore: Collection[str] = (),
    options: Mapping[str, Mapping[str, Any]] | None = None,
) -> Diagnosis:
    """Run the rules over ``run``; a rule that raises is named in ``failures`` and skipped.

    ``options`` holds keyword arguments by rule. The answer depends on nothing but the run: a live run that has ended
    and its saved history get the same. While a run is running, findings that did not hold a few epochs ago, or
    steps where no epoch is known, are provisional. Raises ``UnknownRule`` for a name in ``select`` or ``ignore`` that no rule has.
    """
    wanted = selection.chosen(select, ignore)
    found, failures = _apply(run, wanted, options or {})
    if run.status == "running":
        found = _held(run, found, wanted, options or {})
    merged = precedence.merge(found, wanted)
    findings = precedence.sort(precedence.without_contradictions(merged))
    looked = [rule.name for rule in wanted]
    return Diagnosis(
        run=run,
        findings=tuple(findings),
        headline=verdict.headline(run, findings),
        summary=verdict.summary(run, findings),
        not_found=verdict.not_found(run, findings, looked),
        too_early=verdict.too_early(run),
        failures=(*plugins.failures(), *failures),
    )


def _apply(
    run: Run, chosen_rules: Sequence[Rule], options: Mapping[str, Mapping[str, Any]]
) -> tuple[list[Finding], list[str]]:
    found: list[Finding] = []
    failures = []
    with np.errstate(all="ignore"):
        for each in chosen_rules:
            try:
                found.extend(each(run, **options.get(each.name, {})))
            except Exception as error:  # a rule may be a third party's: none may end the training or the others
                failures.append(f"{each.name}: {type(error).__name__}: {error}")
    return found, failures


def _held(
    run: Run, found: Sequence[Finding], chosen_rules: Sequence[Rule], options: Mapping[str, Mapping[str, Any]]
) -> list[Finding]:
    """Mark as provisional what the run did not show all over the last epochs; what arithmetic proves never is."""
    at = _looks(run)
    if not found or not len(at):
        return list(found)
    # Three looks in a row, or 5 % of all: what noise alone brings up is mostly gone by then.
    patience = max(3, round(0.05 * len(at)))
    part: Literal["epochs", "counted"] = "counted" if run.last_epoch is None else "epochs"
    held = {f.rule for f in found if f.certainty is not Certainty.EXACT}
    alarms = {f.rule for f in found if f.severity in (Severity.PROBLEM, Severity.BROKEN)}
    for back in sorted({1, patience // 2, patience - 1}, reverse=True):
        # A note is worth one look back, an alarm all of them.
        looked = held if back == patience - 1 else held & alarms
        if looked:
            then = run.until(float(at[-1 - back]) if back < len(at) else -math.inf, part)
            before, _ = _apply(then, [r for r in chosen_rules if r.name in looked], options)
            held -= looked - {f.rule for f in before}
    if len(at) < _patience_for_a_start(run) or _still_learning(run):
        held -= _NOT_YET
    return [
        f if f.certainty is Certainty.EXACT or f.rule in held else dataclasses.replace(f, provisional=True)
        for f in found
    ]


def _looks(run: Run) -> np.ndarray:
    """The places at which a run under way was worth a look: its epochs, else the points its loss is drawn with."""
    now = run.last_epoch
    if now is not None:
        # 1 unless the run goes on from an earlier one.
        first = math.ceil(min(low for c in run.curves() if (low := c.summary("epochs").low) == low))
        return now - np.arange(math.ceil(now - first + 1))[::-1]
    measured = [c for c in run.curves() if len(c) and not metrics.is_setting(c.metric)]
    main = evidence.loss(run, "train") or evidence.loss(run, "val")
    curve = main.raw if main is not None else max(measured, key=len, default=None)
    if curve is None:
        return np.zeros(0)
    return curve.counted[:: -blocks.width(len(curve), evidence.MOST_POINTS)][::-1]


def _still_learning(run: Run) -> bool:
    """Whether the training loss of the last third falls by more than its noise: a run that moves may get over its start."""
    loss = evidence.loss(run, "train")
    with np.errstate(all="ignore"):
        ahead = forecast(loss) if loss is not None else None
    return ahead is not None and ahead.falling


def _patience_for_a_start(run: Run) -> float:
    """Epochs a run may take to begin learning: 0.7 of the planned ones, 20 where the plan is unknown.

    A sixth of the labelled runs that learned in the end stood at chance for 5 epochs or more, the latest for 0.67. Where
    only steps are known, nothing tells how many of them are a pass over the data: there it is as long as the run goes on.
    """
    if run.last_epoch is None:
        return math.inf
    return 0.7 * run.facts.epochs if run.facts.epochs else 20.0


def _written(text: str, path: str | Path | None) -> str:
    if path is not None:
        Path(path).write_text(text, encoding="utf-8")
    return text
