"""Recorded transcripts with the numbers each must give, and the comparison of runs with those numbers."""

from __future__ import annotations

import csv
import math
import re
from pathlib import Path

from nbdiag.run import Run

FOLDER = Path(__file__).parent / "data" / "transcripts"
NAMES = sorted(p.parent.name for p in FOLDER.glob("*/raw.txt"))


def text(name: str) -> str:
    return (FOLDER / name / "raw.txt").read_bytes().decode()


def truth(name: str) -> list[dict[str, str]]:
    with (FOLDER / name / "truth.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def values(runs: list[Run]) -> dict[tuple, float]:
    """Every value by run, split, metric, epoch and step."""
    found = {}
    for run in runs:
        for curve in (*run.curves("epoch"), *run.curves("step")):
            split = "train" if curve.split == "train" else "val"  # the truth writes every evaluation set as val
            for value, epoch, step in zip(curve.values, curve.epochs, curve.steps, strict=True):
                place = (None if math.isnan(epoch) else float(epoch), None if math.isnan(step) else int(step))
                found[run.number, split, curve.metric, *place] = float(value)
    return found


def differences(name: str, runs: list[Run]) -> list[str]:
    """What the runs lack, have wrong, or have beside the truth."""
    found, wanted = values(runs), {}
    for row in truth(name):
        place = (float(row["epoch"]) if row["epoch"] else None, int(row["step"]) if row["step"] else None)
        wanted[int(row["run"]), row["split"], row["metric"], *place] = row
    wrong = [f"not in the truth: {key} = {found[key]}" for key in found.keys() - wanted.keys()]
    for key, row in wanted.items():
        if key not in found:
            wrong += [f"missing: {key}"] if row["optional"] != "1" else []
        elif not same(found[key], float(row["value"]), row["printed"], row["unit"]):
            wrong.append(f"wrong: {key} = {found[key]}, printed {row['printed']}")
    return sorted(wrong)


def same(found: float, value: float, printed: str, unit: str) -> bool:
    """Equal at the printed precision."""
    if not math.isfinite(value):
        return repr(found) == repr(value)
    scale = 100 if unit == "%" else 1
    shown = re.fullmatch(r"-?[\d,]*\.?(\d*)(?:e([+-]?\d+))?", printed)
    half = 0.5 * 10.0 ** (int(shown[2] or 0) - len(shown[1])) if printed and shown else 1e-9
    return abs(found * scale - value) <= half * 1.01 + 1e-12
