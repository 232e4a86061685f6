"""Labelled training runs go in; how often the diagnosis is right, wrong, first, early and stable goes out.

    python -m benchmarks.diagnosis [--data FOLDER] [--part tuned|aside|both] [--prefixes] [--markdown FILE]

The folder holds ``curves.parquet``, ``meta.jsonl``, ``runs.jsonl``, ``samples.npz``, ``rules_map.json`` and ``score.py``.
A finding counts as an alarm only when its severity is PROBLEM or BROKEN; merged findings do not count on their own.
"""

from __future__ import annotations

import argparse
import dataclasses
import hashlib
import importlib.util
import json
import time
import warnings
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from nbdiag.diagnosis import Diagnosis, examine
from nbdiag.events import Record, Status
from nbdiag.facts import facts_from
from nbdiag.finding import Severity
from nbdiag.run import Run
from nbdiag.samples import SampleLosses

INTRODUCTION = """# How often the diagnosis is right

Printed by `python -m benchmarks.diagnosis --prefixes --markdown docs/how-often-it-is-right.md` from labelled training
runs: real trainings with one fault put in on purpose and confirmed by an independent measurement, and healthy ones.
Two thirds were looked at while the rules were written (*tuned*); one third was kept aside (*aside*).

A label counts as reported when a finding of its rule stands first in its card; an alarm only as a problem or worse.
*Clean runs*: runs without a fault that got no alarm. *4 decimals*, *2 decimals*: the same runs as a log prints them.
*Last batch*: the last batch's loss printed in place of the epoch's. *False flash*: an alarm that is untrue and not
marked provisional, at any moment of a healthy run. *Delay*: from the epoch the fault began to the first alarm.
"""
ALARMING = (Severity.PROBLEM, Severity.BROKEN)
NAMES = {"acc": "accuracy", "lr": "learning_rate", "grad_norm": "gradient_norm"}
NOT_FACTS = (
    "run_id",
    "best_val_epoch",
    "per_sample",
    "has_step_log",
    "model",
    "y_std_train",
    "n_params",
    "weight_decay",
)


@dataclasses.dataclass
class Sample:
    """One labelled run: the run, as it was recorded, and its truth."""

    run: Run
    truth: dict[str, Any]

    @property
    def aside(self) -> bool:
        """Whether it belongs to the third kept aside while tuning; siblings stay together."""
        return int(hashlib.sha1(self.truth["source"].encode()).hexdigest(), 16) % 3 == 0


def load(folder: Path, decimals: int | None = None, last_batch: bool = False) -> list[Sample]:
    """All labelled runs; with ``decimals`` as a log would print them, with ``last_batch`` as a careless loop would."""
    truths = [json.loads(line) for line in (folder / "runs.jsonl").read_text().splitlines()]
    metas = {m["run_id"]: m for line in (folder / "meta.jsonl").read_text().splitlines() for m in [json.loads(line)]}
    table = dict(list(pd.read_parquet(folder / "curves.parquet").groupby("run_id")))
    losses = np.load(folder / "samples.npz")
    samples = [Sample(_run(table[t["run_id"]], metas[t["run_id"]], losses, decimals), t) for t in truths]
    return [Sample(_with_last_batch(s.run), s.truth) for s in samples] if last_batch else samples


def _run(rows: pd.DataFrame, meta: dict[str, Any], losses: Any, decimals: int | None) -> Run:
    known = {k: v for k, v in meta.items() if k not in NOT_FACTS}
    run = Run(name=meta["run_id"], framework=meta["framework"], facts=facts_from(known, "object"))
    for (split, metric), part in rows.groupby(["split", "metric"], sort=False):
        steps = split == "train_step"
        name, where = NAMES.get(metric, metric.replace("grad_norm", "gradient_norm")), split
        if split in ("opt", "train_step"):
            where = "train"
        rounded = decimals is not None and split in ("train", "val", "train_eval")
        half = 0.5 * 10.0**-decimals if rounded and decimals is not None else 0.0
        for i, (epoch, value) in enumerate(zip(part["epoch"].to_numpy(), part["value"].to_numpy(), strict=True)):
            shown = round(float(value), decimals) if rounded and np.isfinite(value) else float(value)
            run.append(Record(name, where, shown, epoch=float(epoch) + 1, step=i + 1 if steps else None, rounding=half))
    key = meta["run_id"]
    if f"{key}__last" in losses:
        extra = {"best": f"{key}__best", "predicted": f"{key}__pred_last", "labels": f"{key}__y"}
        parts = {part: losses[name] for part, name in extra.items() if name in losses}
        run.samples = SampleLosses(losses[f"{key}__last"], best_epoch=(meta.get("best_val_epoch") or 0) + 1.0, **parts)
    return run


def _with_last_batch(run: Run) -> Run:
    """The run as a loop prints it that shows its last batch's loss for the epoch's.

    Losses of single samples scatter about as far as their mean (they are nearly exponential once a model has learned),
    so a mean over a batch of b of them is a gamma variable of shape b. The tool is not told.
    """
    rng = np.random.default_rng(int(hashlib.sha1(run.name.encode()).hexdigest()[:8], 16))
    shape = float(run.facts.batch_size or 32)
    other = Run(name=run.name, framework=run.framework, facts=run.facts)
    other.samples = run.samples
    for c in (*run.curves("epoch"), *run.curves("step")):
        steps = c.per == "step"
        scatter = rng.gamma(shape, 1 / shape, size=len(c)) if c.name == "train:loss" and not steps else np.ones(len(c))
        for i, value in enumerate((c.values * scatter).tolist()):
            step = int(c.steps[i]) if steps else None
            other.append(Record(c.metric, c.split, value, float(c.epochs[i]), step, rounding=float(c.rounding[i])))
    return other


class Scores:
    """The scorer beside the data, the map from rules to labels, and what is counted beside them."""

    def __init__(self, folder: Path) -> None:
        self.map: dict[str, str | None] = json.loads((folder / "rules_map.json").read_text())
        self.info = json.loads((folder / "labels.json").read_text())
        self.alarm = set(self.info["alarm"])
        spec = importlib.util.spec_from_file_location("score", folder / "score.py")
        assert spec and spec.loader
        self.module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(self.module)

    def labels(self, diagnosis: Diagnosis) -> list[str]:
        """The labels that a diagnosis reports, most important first."""
        found = []
        for f in diagnosis.findings:
            label = self.map.get(f.rule)
            if label and (label not in self.alarm or f.severity in ALARMING):
                found.append(label)
        return list(dict.fromkeys(found))

    def clean(self, sample: Sample, diagnosis: Diagnosis) -> bool | None:
        """Whether a run without an alarm label is free of alarms; None for the others."""
        t = sample.truth
        if self.alarm & {*t["expected"], *(x for g in t["expected_any"] for x in g)}:
            return None
        alarming = [f for f in diagnosis.findings if f.severity in ALARMING]
        return all(self.map.get(f.rule) in t["acceptable"] for f in alarming)

    def rank(self, sample: Sample, diagnosis: Diagnosis) -> int | None:
        """Place of the first true label among the findings (99: missing); None where no alarm is expected.

        As everywhere here an alarm counts only from a PROBLEM on; where a run may as well be called healthy, that counts.
        """
        t = sample.truth
        wanted = [{x} for x in t["expected"] if x in self.alarm]
        wanted += [set(g) for g in t["expected_any"] if set(g) & self.alarm]
        if not wanted:
            return None
        for place, f in enumerate(diagnosis.findings, 1):
            label = self.map.get(f.rule)
            if (label not in self.alarm or f.severity in ALARMING) and any(label in w for w in wanted):
                return place
        return 99


def evaluate(samples: list[Sample], scores: Scores) -> dict[str, Any]:
    """Diagnose every run and count."""
    diagnoses, seconds = [], []
    for s in samples:
        begin = time.perf_counter()
        diagnoses.append(examine(s.run))
        seconds.append(time.perf_counter() - begin)
    labels = {s.run.name: scores.labels(d) for s, d in zip(samples, diagnoses, strict=True)}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        out, table, _, wrong = scores.module.score([s.truth for s in samples], labels, scores.info)
    clean = [c for s, d in zip(samples, diagnoses, strict=True) if (c := scores.clean(s, d)) is not None]
    ranks = [r for s, d in zip(samples, diagnoses, strict=True) if (r := scores.rank(s, d)) is not None]
    failures = Counter(f for d in diagnoses for f in d.failures)
    return {
        "runs": len(samples),
        "macro F1": out["macro_f1"],
        "micro F1": out["micro_f1"],
        "clean runs": float(np.mean(clean)) if clean else float("nan"),
        "false alarms per healthy run": out["false_alarms_per_healthy_run"],
        "true label first": float(np.mean([r == 1 for r in ranks])),
        "true label in first two": float(np.mean([r <= 2 for r in ranks])),
        "ms per run": 1000 * float(np.median(seconds)),
        "failures": dict(failures),
        "table": table,
        "wrong": wrong,
        "diagnoses": diagnoses,
    }


def replay(samples: list[Sample], scores: Scores) -> dict[str, Any]:
    """Diagnose every prefix as it stood while training: how late the truth comes, how often an untrue alarm flashes."""
    delays, flashed, healthy = [], 0, 0
    for s in samples:
        last, t = int(s.run.last_epoch or 0), s.truth
        allowed = {*t["expected"], *t["acceptable"], *(x for g in t["expected_any"] for x in g)}
        wanted = allowed - set(t["acceptable"]) & scores.alarm
        calm = scores.clean(s, examine(s.run)) is not None
        flash, seen = False, None
        for epoch in range(1, last + 1):
            then = s.run.until(epoch)
            then.status = "running"
            for f in examine(then).findings:
                label = scores.map.get(f.rule)
                if f.severity in ALARMING and not f.provisional:
                    flash |= label not in allowed
                    seen = epoch if seen is None and label in wanted else seen
        healthy += calm
        flashed += calm and flash
        if t["onset"] is not None and seen is not None:
            delays.append(max(0, seen - 1 - t["onset"]) / last)
    return {
        "healthy runs with a false flash": flashed / max(healthy, 1),
        "median delay, share of run": np.median(delays),
    }


def speed() -> dict[str, float]:
    """Processor time of the whole catalogue over four curves, and of a live refresh late in a run against an early one."""

    def seconds(epochs: int, repeats: int, status: Status = "finished") -> float:
        t, rng = np.arange(epochs) / epochs, np.random.default_rng(0)
        fall = 0.1 + 0.6 * np.exp(-5 * t) + 0.004 * rng.normal(size=(2, epochs))
        columns = {("loss", "train"): fall[0], ("loss", "val"): fall[1] + 0.1 * t**2}
        columns |= {("accuracy", split): 1 - loss / 2 for (_, split), loss in columns.items()}
        run = Run(framework="torch", facts=facts_from({"loss": "cross_entropy", "n_classes": 2}, "object"))
        for (metric, split), values in columns.items():
            for i, value in enumerate(values.tolist()):
                run.append(Record(metric, split, value, epoch=i + 1.0))
        run.status, spent = status, []
        for _ in range(repeats):
            run.learn(run.facts)  # what was worked out before is forgotten
            begin = time.process_time()
            examine(run)
            spent.append(time.process_time() - begin)
        return min(spent)

    return {
        "100 epochs, ms": 1000 * seconds(100, 20),
        "a million points a curve, s": seconds(1_000_000, 2),
        "live at epoch 10 000 against epoch 100": seconds(10_000, 5, "running") / seconds(100, 20, "running"),
    }


def main() -> None:
    """Print, and write where asked, one table for each part and each way of reading the numbers."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=Path("../shared/samples/curves"))
    parser.add_argument("--part", choices=["tuned", "aside", "both"], default="both")
    parser.add_argument("--prefixes", action="store_true", help="replay every prefix as well (minutes)")
    parser.add_argument("--markdown", type=Path, help="write the tables here too")
    given = parser.parse_args()
    scores, lines = Scores(given.data), []
    ways = {
        "full precision": (None, False),
        "4 decimals": (4, False),
        "2 decimals": (2, False),
        "last batch": (4, True),
    }
    for way, (decimals, last_batch) in ways.items():
        samples = load(given.data, decimals, last_batch)
        for part in ["tuned", "aside"] if given.part == "both" else [given.part]:
            chosen = [s for s in samples if s.aside == (part == "aside")]
            told, result = len(lines), evaluate(chosen, scores)
            lines.append(f"\n### {part}, {way}\n")
            for key, value in result.items():
                if key not in ("table", "wrong", "diagnoses") and value != {}:
                    lines.append(f"- {key}: {value:.3f}" if isinstance(value, float) else f"- {key}: {value}")
            if decimals is None:
                lines.append("\n" + _markdown(result["table"]))
            if given.prefixes and decimals is None:
                lines += [f"- {key}: {value:.3f}" for key, value in replay(chosen, scores).items()]
            print("\n".join(lines[told:]), flush=True)
    lines += [
        "\n### speed, four curves, processor time\n",
        *(f"- {key}: {value:.3g}" for key, value in speed().items()),
    ]
    print("\n".join(lines[-4:]))
    if given.markdown:
        given.markdown.write_text(INTRODUCTION + "\n".join(lines) + "\n")


def _markdown(table: pd.DataFrame) -> str:
    """The scorer's table as Markdown, labels with support only."""
    rows = ["| label | support | precision | recall | F1 |", "| --- | --- | --- | --- | --- |"]
    rows += [
        f"| `{r.label}` | {r.support} | {r.precision:.2f} | {r.recall:.2f} | {r.f1:.2f} |"
        for r in table[table.support + table.fp > 0].itertuples()
    ]
    return "\n".join(rows)


if __name__ == "__main__":
    main()
