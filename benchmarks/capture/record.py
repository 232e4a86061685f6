"""Runs the programs in tests/data/programs for real and keeps what each printed with the numbers it must give.

    python -m benchmarks.capture.record [NAME ...]        # without a name: those whose framework is installed

A program whose name ends with ``-terminal`` or ``-notebook`` is run there, any other as a script whose output is piped
(a notebook needs nbclient and ipykernel; what Jupyter would have saved is kept as ``raw.ipynb``); a file ``raw.*`` that
it writes is kept in place of its output. Folders of this machine and web addresses are left out. It gets
``keep(split, metric, value, epoch=..., step=..., label=..., run=...)`` and calls it with each number it prints, at full
precision. ``raw.txt``, ``truth.csv`` and ``versions.json`` are written to ``tests/data/transcripts/NAME``.
"""

from __future__ import annotations

import csv
import json
import os
import re
import sys
import tempfile
from pathlib import Path

from benchmarks.capture import places

DATA = Path(__file__).parents[2] / "tests" / "data"
PROGRAMS, TRANSCRIPTS = DATA / "programs", DATA / "transcripts"
COLUMNS = ["epoch", "step", "split", "metric", "value", "run", "label", "printed", "shown_epoch", "unit", "optional"]
_FOLDER, _ADDRESS = r"/\S+/site-packages/", r"https?://[\w.-]+\.\w+(/[\w./-]*)?"
PRELUDE = Path(__file__).with_name("prelude.py")


def record(program: Path) -> None:
    """Run one program where its name says: as a script whose output is piped, in a terminal, or in a notebook."""
    with tempfile.TemporaryDirectory() as folder:
        truth = Path(folder, "truth.jsonl")
        environment = {
            "KERAS_BACKEND": "torch", **os.environ, "NBDIAG_TRUTH": str(truth), "OMP_NUM_THREADS": "1", "PYTHONUNBUFFERED": "1",
            "CUDA_VISIBLE_DEVICES": "", "COLUMNS": "160" if program.stem.endswith("-terminal") else "100",
        }  # fmt: skip
        prelude, code = PRELUDE.read_text(), program.read_text()
        name = "raw.txt"
        if program.stem.endswith("-notebook"):
            name, shown = "raw.ipynb", places.in_a_notebook(prelude, code, environment, folder)
        elif program.stem.endswith("-terminal"):
            shown = places.in_a_terminal(prelude + code, environment, folder)
        else:
            shown = places.in_a_pipe(prelude + code, environment, folder)
            if (file := next(Path(folder).glob("raw.*"), None)) is not None:
                name, shown = file.name, file.read_bytes()
        versions = Path(f"{truth}.versions").read_text()
        rows = [json.loads(line) for line in truth.read_text().splitlines()] if truth.exists() else []
    target = TRANSCRIPTS / program.stem
    target.mkdir(parents=True, exist_ok=True)
    (target / name).write_bytes(_anywhere(shown.decode()).encode())
    (target / "versions.json").write_text(versions + "\n")
    with (target / "truth.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    print(f"{program.stem}: {len(shown)} bytes, {len(rows)} values")


def _anywhere(shown: str) -> str:
    """The output as it could have been printed on any machine."""
    return re.sub(_ADDRESS, "https://example.org/", re.sub(_FOLDER, "site-packages/", shown))


if __name__ == "__main__":
    chosen = sys.argv[1:] or [p.stem for p in sorted(PROGRAMS.glob("*.py"))]
    for name in chosen:
        record(PROGRAMS / f"{name}.py")
