"""The folder a CatBoost training writes into comes in, the values of its rounds go out while it trains."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from pathlib import Path

from nbdiag.frameworks.hooks.guard import Guard

PAUSE = 0.5
"""Seconds between two looks, as often as CatBoost itself writes."""

Tell = Callable[[str, str, list[float], list[int]], None]
"""Called with a set's name, a metric, all its values so far and their rounds."""


class Progress:
    """Reads in a thread of its own: the training's waits in C++, and the watch's knows no files."""

    def __init__(self, folder: str, sets: int, tell: Tell, guard: Guard) -> None:
        self._files = [
            _File(Path(folder, "learn_error.tsv").absolute(), lambda column: ("learn", column)),
            _File(Path(folder, "test_error.tsv").absolute(), lambda column: _held(column, sets)),
        ]
        self._tell, self._guard, self._over = tell, guard, threading.Event()
        self._thread = threading.Thread(target=self._follow, name="nbdiag-catboost", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop reading."""
        self._over.set()
        self._thread.join()

    def _follow(self) -> None:
        with self._guard:
            while not self._over.wait(PAUSE):
                for file in self._files:
                    for (name, metric), values in file.read().items():
                        self._tell(name, metric, values, file.rounds)


def _held(column: str, sets: int) -> tuple[str, str]:
    """An evaluation set's name and the metric: of several sets, the last is written without its number."""
    metric, _, number = column.rpartition(":")
    if metric and number.isdigit():
        return f"validation_{number}", metric
    return "validation" if sets == 1 else f"validation_{sets - 1}", column


class _File:
    """One table that grows: a header, then a line for each round."""

    def __init__(self, path: Path, named: Callable[[str], tuple[str, str]]) -> None:
        self._path, self._named = path, named
        self._before = _state(path)  # an earlier training's file, until this one has begun its own
        self._at = 0
        self._columns: list[tuple[str, str]] = []
        self._values: dict[tuple[str, str], list[float]] = {}
        self.rounds: list[int] = []

    def read(self) -> dict[tuple[str, str], list[float]]:
        """All values so far, by set and metric."""
        if self._before is not None and _state(self._path) == self._before:
            return {}
        self._before = None
        try:
            with self._path.open("rb") as file:
                file.seek(self._at)
                new = file.read()
        except FileNotFoundError:
            return {}
        whole = new[: new.rfind(b"\n") + 1]
        self._at += len(whole)
        for line in whole.decode().splitlines():
            self._take(*line.split("\t"))
        return self._values

    def _take(self, place: str, *cells: str) -> None:
        if not self._columns:
            self._columns = [self._named(cell) for cell in cells]
            self._values = {column: [] for column in self._columns}
        else:
            self.rounds.append(int(place) + 1)
            for column, cell in zip(self._columns, cells, strict=False):
                self._values[column].append(float(cell))


def _state(path: Path) -> tuple[int, int, int] | None:
    try:
        found = os.stat(path)
    except FileNotFoundError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size
