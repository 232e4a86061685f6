"""Runs the programs in tests/data/programs for real and keeps what each printed with the numbers it must give.

    python -m benchmarks.capture.record [NAME ...]        # without a name: those whose framework is installed

A program gets ``keep(split, metric, value, epoch=..., step=..., label=..., run=...)`` and calls it with each number it
prints, at full precision. ``raw.txt``, ``truth.csv`` and ``versions.json`` are written to ``tests/data/transcripts/NAME``.
"""

from __future__ import annotations

import csv
import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

DATA = Path(__file__).parents[2] / "tests" / "data"
PROGRAMS, TRANSCRIPTS = DATA / "programs", DATA / "transcripts"
COLUMNS = ["epoch", "step", "split", "metric", "value", "run", "label", "printed", "shown_epoch", "unit", "optional"]
PRELUDE = Path(__file__).with_name("prelude.py")


def record(program: Path) -> None:
    """Run one program, its output going to a pipe as from a script."""
    with tempfile.TemporaryDirectory() as folder:
        truth = Path(folder, "truth.jsonl")
        environment = os.environ | {
            "NBDIAG_TRUTH": str(truth), "KERAS_BACKEND": "torch", "OMP_NUM_THREADS": "1", "PYTHONUNBUFFERED": "1",
            "CUDA_VISIBLE_DEVICES": "", "COLUMNS": "100",
        }  # fmt: skip
        done = subprocess.run(
            [sys.executable, "-c", PRELUDE.read_text() + program.read_text()],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=environment, cwd=folder, check=False,
        )  # fmt: skip
        if done.returncode:
            sys.exit(f"{program.name} failed:\n{done.stdout.decode(errors='replace')[-2000:]}")
        versions = Path(f"{truth}.versions").read_text()
        rows = [json.loads(line) for line in truth.read_text().splitlines()] if truth.exists() else []
    target = TRANSCRIPTS / program.stem
    target.mkdir(parents=True, exist_ok=True)
    text = done.stdout.decode()
    (target / "raw.txt").write_bytes(re.sub(r"/\S+/site-packages/", "site-packages/", text).encode())
    (target / "versions.json").write_text(versions + "\n")
    with (target / "truth.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    print(f"{program.stem}: {len(text)} characters, {len(rows)} values")


if __name__ == "__main__":
    chosen = sys.argv[1:] or [p.stem for p in sorted(PROGRAMS.glob("*.py"))]
    for name in chosen:
        record(PROGRAMS / f"{name}.py")
