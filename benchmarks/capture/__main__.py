"""Reads every recorded transcript and the samples' logs, and says what was found, what was wrong, and how fast.

    python -m benchmarks.capture

The samples stand beside the project (``../shared/samples``) or where ``NBDIAG_SAMPLES`` says; without them only the
project's own transcripts are read.
"""

from __future__ import annotations

import importlib.util
import math
import os
import resource
import sys
import time
from pathlib import Path
from types import ModuleType
from typing import Any

from benchmarks.capture import progress
from nbdiag.collect import Collector, collect
from nbdiag.run import Run
from nbdiag.sources import read_runs

ROOT = Path(__file__).parents[2]
OWN = ROOT / "tests" / "data" / "transcripts"
SAMPLES = Path(os.environ.get("NBDIAG_SAMPLES", ROOT.parent / "shared" / "samples")) / "logs"
CHUNK = 1 << 14
"""Characters that are read at once: the inbox gives out what comes within 50 ms as one, of a megabyte a second 50 000."""
MEGABYTES = 100.0


def main() -> int:
    """Return 1 where a value was missed or wrong, or a curve invented."""
    bad = 0
    if (SAMPLES / "score.py").exists():
        score = _module(SAMPLES / "score.py")
        bad += _score("samples", SAMPLES, score.score)
        bad += _score("own transcripts", OWN, score.score)
    else:
        print(f"no samples at {SAMPLES}: run pytest tests/frameworks/test_transcripts_text.py for the project's own")
    for name, text in progress.texts().items():
        _speed(name, text)
    return bool(bad)


def _score(title: str, folder: Path, score: Any) -> int:
    """Print one row for each case; how many cases are not right."""
    print(f"\n{title}\n{'case':42} required   hit wrong extra")
    required = hit = wrong = extra = failed = 0
    for case in sorted(p.parent for p in folder.glob("*/truth.csv")):
        # A cell that printed nothing left its history's numbers; what a notebook showed may be more than text.
        other = next((case / name for name in ("history.json", "raw.ipynb", "raw.csv") if (case / name).exists()), None)
        runs = read_runs(other) if other else collect((case / "raw.txt").read_bytes().decode())
        found = score(case, _points(runs))
        more = len(found["extra_curves"]) + len(found["extra_epochs"])
        print(f"{case.name:42} {found['required']:8} {found['hit']:5} {len(found['wrong_value']):5} {more:5}")
        required, hit = required + found["required"], hit + found["hit"]
        wrong, extra = wrong + len(found["wrong_value"]), extra + more
        failed += bool(more or found["hit"] < found["required"])
    print(f"{'all':42} {required:8} {hit:5} {wrong:5} {extra:5}")
    return failed


def _points(runs: list[Run]) -> list[dict[str, Any]]:
    return [
        {"run": run.number, "split": "train" if c.split == "train" else "val", "metric": c.metric, "value": float(v),
         "epoch": None if math.isnan(e) else float(e), "step": None if math.isnan(s) else int(s)}
        for run in runs
        for c in (*run.curves("epoch"), *run.curves("step"))
        for v, e, s in zip(c.values, c.epochs, c.steps, strict=True)
    ]  # fmt: skip


def _speed(name: str, text: str) -> None:
    """Processor time for 100 MB of this text, as it would come from a running cell, and memory for all its runs."""
    size = len(text.encode()) / 1e6
    rounds = max(1, round(MEGABYTES / size))
    collector = Collector()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    begin = time.process_time()
    for _ in range(rounds):
        for start in range(0, len(text), CHUNK):
            collector.chunk("stdout", text[start : start + CHUNK], 0.0)
    collector.close()
    seconds = time.process_time() - begin
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1000
    values = sum(len(run) for run in collector.runs)
    speed = f"{size * rounds:6.0f} MB in {seconds:5.1f} s: {size * rounds / seconds:6.1f} MB/s"
    print(f"{name:42} {speed}, {values:8} values, peak memory +{grown:.0f} MB")


def _module(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


if __name__ == "__main__":
    sys.exit(main())
