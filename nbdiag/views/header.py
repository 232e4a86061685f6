"""A diagnosis goes in, the words around its chart go out: headline, status, summary, and what was not found."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import htpy as h
import numpy as np

from nbdiag.finding import Severity
from nbdiag.run import Run
from nbdiag.views import signs
from nbdiag.views.known import known
from nbdiag.views.markup import plain, prose
from nbdiag.views.numbering import severity_of
from nbdiag.views.numbers import duration, place

if TYPE_CHECKING:
    from nbdiag.diagnosis import Diagnosis


def head(diagnosis: Diagnosis, *, level: int = 2) -> h.Element:
    """The headline behind its shape."""
    return {1: h.h1, 2: h.h2}[level][signs.shape(worst(diagnosis)), prose(headline(diagnosis))]


def headline(diagnosis: Diagnosis) -> str:
    """The one fact to know."""
    if diagnosis.headline:
        return diagnosis.headline
    if diagnosis.findings:
        return diagnosis.findings[0].headline or diagnosis.findings[0].title
    return "Nothing found" if len(diagnosis.run) else "No values yet"


def worst(diagnosis: Diagnosis) -> Severity:
    """The severity of the whole."""
    return max((severity_of(f) for f in diagnosis.findings), default=Severity.NOTE)


def summary(diagnosis: Diagnosis) -> h.Element | None:
    """The sentence with the numbers that prove the headline."""
    return h.p(".sub")[prose(diagnosis.summary)] if diagnosis.summary else None


def foot(diagnosis: Diagnosis) -> h.Element | None:
    """What was looked for and is not there, what cannot be judged yet, what broke, and what was known; each a line."""
    lines = [h.p(".foot")[h.b[name], " ", prose(text), "."] for name, text in notes(diagnosis)]
    return h.div[lines] if lines else None


def notes(diagnosis: Diagnosis) -> list[tuple[str, str]]:
    """Name and text of each note at the foot."""
    named = (
        ("Looked for and not found:", ", ".join(diagnosis.not_found)),
        ("Too early to judge:", ", ".join(diagnosis.too_early)),
        ("Failed and left out:", ", ".join(diagnosis.failures)),
        ("Note:", " ".join(note.rstrip(".") + "." for note in diagnosis.run.notes).rstrip(".")),
        ("Known of the run:", known(diagnosis.run.facts)),
    )
    return [(name, text) for name, text in named if text]


def status_line(run: Run) -> h.Element:
    """The status as HTML, with a dot that breathes while the run goes on."""
    return h.div(".status")[h.i if run.status == "running" else None, status(run)]


def status(run: Run) -> str:
    """``epoch 47 of 60, 2 min left``, ``60 epochs in 9 min 12 s``, ``stopped at epoch 31``."""
    unit, done = _done(run)
    planned = run.facts.epochs if unit == "epoch" else None
    if run.status == "running":
        if not done:
            return "running"
        left = _left(run, done, planned)
        return f"{unit} {place(done)}" + (f" of {planned}" if planned else "") + (f", {left} left" if left else "")
    if run.status in ("stopped", "interrupted", "failed"):
        return f"{run.status} at {unit} {place(done)}" if done else run.status
    if not done:
        return "no values"
    short = planned is not None and done < planned
    count = f"{place(done)} of {planned} epochs" if short else f"{place(done)} {unit}{'' if done == 1 else 's'}"
    return count + (f" in {duration(run.seconds)}" if run.seconds else "")


def _done(run: Run) -> tuple[str, float]:
    """How far the run has come, in epochs that ended (the first counts as soon as it begins), else in steps."""
    epoch, step, _ = run.reached
    last = run.last_epoch
    if last is not None:
        return "epoch", last if run.status != "running" else max(float(math.floor(last)), min(last, 1.0))
    if epoch is not None:
        return "epoch", float(epoch)
    ends = [end for c in run.curves() if (end := c.summary("steps").high) == end]
    return "step", max(
        [*ends, float(step or 0), 0.0 if ends else max((float(len(c)) for c in run.curves()), default=0)]
    )


def _left(run: Run, done: float, planned: int | None) -> str:
    """Time to the planned end at the pace so far; coarse, as an estimate should be."""
    ends = [(c.epochs[-1], c.times[-1]) for c in run.curves() if np.isfinite(c.epochs[-1]) and np.isfinite(c.times[-1])]
    if planned is None or not ends or done >= planned or max(ends)[0] <= 0:
        return ""
    epoch, seconds = max(ends)
    left = float(seconds / epoch * (planned - epoch))
    if left < 1:
        return ""
    return duration(round(left / 60) * 60) if left >= 90 else duration(math.ceil(left / 5) * 5 if left > 10 else left)


def title(diagnosis: Diagnosis) -> str:
    """The headline as plain text, behind the run's name where it has one."""
    name = diagnosis.run.name
    return f"{name}: {plain(headline(diagnosis))}" if name else plain(headline(diagnosis))
