"""Trainings run here and now, under a watch; how often what is said of them is true goes out, as a table.

    python -m benchmarks.trials [--part looked-at|aside|both] [--only WORD] [--markdown FILE]

Each training is judged twice: as a watched cell, with what the hooks know, and from its printed lines alone. Whoever
mends a rule looks at the part *looked-at* only; the third *aside* is for measuring.
"""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import io
import os
from collections.abc import Sequence
from pathlib import Path

os.environ.setdefault("KERAS_BACKEND", "jax")

import numpy as np
import torch

import nbdiag
from benchmarks.trials import boosting, faults, healthy, keras_runs, language, mistakes, others  # noqa: F401 - each defines its trials
from benchmarks.trials.trial import TRIALS, Trial
from nbdiag.diagnosis import Diagnosis, examine
from nbdiag.errors import NbdiagError
from nbdiag.finding import Certainty, Severity
from nbdiag.run import Run

INTRODUCTION = """# How often it is right on trainings made here and now

Printed by `python -m benchmarks.trials --part {part} --markdown docs/how-often-on-trials.md`: of {healthy} healthy
trainings and {faulty} with a fault put in on purpose, of many kinds (PyTorch, Keras, XGBoost, LightGBM, scikit-learn), run
in some minutes on one processor core. Two thirds were looked at while rules were mended (*looked-at*), one third was
kept *aside*. What an expert who knows the fault may name first, and which other alarms are true, stands beside each
training in `benchmarks/trials/`; nothing else confirmed that a fault shows, and some may not.

*Watched*: as a watched cell, with what the hooks know. *Printed*: from the printed lines alone. *Untrue alarm*: a
problem, or worse, that is not true of the training. *Exact and untrue*: an alarm marked exact among them. *Flash*: an
untrue alarm, not marked provisional, at any tenth of a healthy training's way.
"""
ALARMING = (Severity.PROBLEM, Severity.BROKEN)


@dataclasses.dataclass(frozen=True)
class Seen:
    """One training, as it was watched, and as it was printed."""

    trial: Trial
    watched: Sequence[Run]
    printed: Sequence[Run]


def train(trial: Trial) -> Seen:
    """Run a training under a watch that shows nothing."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        watch = nbdiag.watch(view="none", refresh=2.0)
        trial.train()
        diagnoses = watch.finish()
    try:
        printed = nbdiag.read_runs(out.getvalue())
    except NbdiagError:  # it printed nothing that is a curve
        printed = []
    return Seen(trial, [d.run for d in diagnoses], printed)


def untrue(trial: Trial, diagnosis: Diagnosis) -> list[str]:
    """Alarms, neither provisional nor true of this training; the exact ones are marked."""
    true = {*trial.faults, *trial.true}
    alarms = [f for f in diagnosis.findings if f.severity in ALARMING and not f.provisional and f.rule not in true]
    return [f.rule + ("!" if f.certainty is Certainty.EXACT else "") for f in alarms]


def rank(wanted: Sequence[str], diagnosis: Diagnosis) -> int:
    """Place of the first finding that names the fault; 99: none does."""
    return next((i for i, f in enumerate(diagnosis.findings, 1) if f.rule in wanted), 99)


def flashes(trial: Trial, run: Run) -> bool:
    """Whether an untrue alarm stood at some tenth of the way."""
    last = run.last_epoch or 0.0
    for epoch in np.unique(np.ceil(np.linspace(0.1, 1, 10) * last)):
        then = run.until(float(epoch))
        then.status = "running"
        if untrue(trial, examine(then)):
            return True
    return False


def scored(seen: Sequence[Seen], way: str, verbose: bool) -> str:
    """One row of the table, from all trainings of a part judged one way."""
    clean, ranks, wrong, exact, flashed, silent = [], [], 0, 0, [], 0
    for each in seen:
        trial = each.trial
        runs = each.watched if way == "watched" else each.printed
        wanted = trial.faults if way == "watched" or trial.printed is None else trial.printed
        diagnoses = [examine(run) for run in runs]
        bad = [b for d in diagnoses for b in untrue(trial, d)]
        exact += sum(b.endswith("!") for b in bad)
        place = rank(wanted, diagnoses[-1]) if diagnoses else 99
        if not trial.faults:
            clean.append(not bad)
            flashed.append(bool(runs) and flashes(trial, runs[-1]))
            silent += not runs
        else:
            wrong += bool(bad)
            if wanted:
                ranks.append(place)
        if verbose and (bad or (trial.faults and wanted and place > 1)):
            told = [f"{f.rule} ({f.severity.name.lower()})" for d in diagnoses[-1:] for f in d.findings if f.severity]
            print(f"    {way}: {trial.name}: {', '.join(told) or 'nothing'}{f'; untrue: {bad}' if bad else ''}")
    numbers = (np.mean(clean), np.mean(flashed), np.mean([r == 1 for r in ranks]), np.mean([r <= 2 for r in ranks]))
    shares = " | ".join(f"{float(n):.3f}" for n in numbers)
    return f"| {way} | {len(clean)} | {shares} | {len(ranks)} | {wrong} | {exact} | {silent} |"


def main() -> None:
    """Train, judge, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--part", choices=["looked-at", "aside", "both"], default="both")
    parser.add_argument("--only", default="", help="trainings with this word in their name, and what is said of them")
    parser.add_argument("--markdown", type=Path, help="write the tables here too")
    given = parser.parse_args()
    torch.set_num_threads(1)  # the same sums in the same order on every machine
    parts = ["looked-at", "aside"] if given.part == "both" else [given.part]
    lines = [
        "| part, way | healthy | without alarm | with a flash | fault first | in first two | faulty | with an untrue alarm | exact and untrue | healthy, not readable |",
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for part in parts:
        seen = [train(t) for t in TRIALS if t.aside == (part == "aside") and given.only in t.name]
        for way in ("watched", "printed"):
            # What goes wrong is named only where one may look.
            row = scored(seen, way, verbose=part == "looked-at" or bool(given.only))
            lines.append(row.replace("| ", f"| {part}, ", 1))
    print("\n".join(lines))
    if given.markdown:
        faulty = sum(bool(t.faults) for t in TRIALS)
        head = INTRODUCTION.format(part=given.part, healthy=len(TRIALS) - faulty, faulty=faulty)
        given.markdown.write_text(head + "\n" + "\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
