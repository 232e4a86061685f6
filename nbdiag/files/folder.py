"""A folder that a trainer or a logger wrote goes in, the runs of the logs in it come out."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from nbdiag.errors import UnknownSource
from nbdiag.files import mlflow
from nbdiag.files.tensorboard import TENSORBOARD
from nbdiag.run import Run

_NAMES = ("trainer_state.json", "metrics.csv", "results.csv", "catboost_training.json")
"""What the Hugging Face Trainer, Lightning, YOLO and CatBoost call their logs."""
_CHECKPOINT = re.compile(r"checkpoint-(\d+)")
_VERSION = re.compile(r"version_(\d+)")


def read(path: Path, read_file: Callable[[Path], list[Run]]) -> list[Run]:
    """The runs of a folder: of its own log, of its last checkpoint's, of each of its versions or runs."""
    for name in _NAMES:
        if (path / name).is_file():
            return read_file(path / name)
    if last := _numbered(path, _CHECKPOINT, _NAMES[0])[-1:]:
        return read_file(last[0])  # each keeps what was logged before it
    if versions := _numbered(path, _VERSION, _NAMES[1]):
        named = [(version.parent.name, run) for version in versions for run in read_file(version)]
        for number, (name, run) in enumerate(named, 1):
            run.number, run.name = number, name if len(versions) > 1 else run.name
        return [run for _, run in named]
    if runs := mlflow.read(path):
        return runs
    if TENSORBOARD.knows(path, b""):
        return TENSORBOARD.read(path)
    raise UnknownSource(f"{str(path)!r} is a folder that holds no log by a known name; give a file in it")


def _numbered(path: Path, pattern: re.Pattern[str], name: str) -> list[Path]:
    """The files of this name in folders that are numbered so, in the numbers' order."""
    found = {int(match[1]): each / name for each in path.iterdir() if (match := pattern.fullmatch(each.name))}
    return [file for _, file in sorted(found.items()) if file.is_file()]
