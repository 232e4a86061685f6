"""A folder of MLflow's file store goes in (a run's, its metrics', an experiment's), its runs come out."""

from __future__ import annotations

import re
from pathlib import Path

from nbdiag.capture.measures import is_aside, is_measure
from nbdiag.events import Record
from nbdiag.files.base import text_of
from nbdiag.metrics import identify, is_setting
from nbdiag.run import Run

_LINE = re.compile(r"(\d{1,16}) (\S{1,40}) (-?\d{1,12})(?: [^\n]*)?")
"""Milliseconds, value, step; MLflow 3 adds what the value was measured on."""


def read(path: Path) -> list[Run]:
    """The runs; none where this is no such folder."""
    if path.name == "metrics" and (path.parent / "meta.yaml").is_file():
        path = path.parent
    homes = [home.parent for pattern in ("metrics", "*/metrics", "*/*/metrics") for home in sorted(path.glob(pattern))]
    runs = [run for home in homes if (home / "meta.yaml").is_file() and len(run := _run(home))]
    for number, run in enumerate(runs, 1):
        run.number = number
    return runs


def _run(home: Path) -> Run:
    run = Run(name=_name(home))
    for file in sorted(each for each in (home / "metrics").rglob("*") if each.is_file()):
        label = file.relative_to(home / "metrics").as_posix()
        named = identify(label)
        if is_aside(label) or not (is_measure(named.metric) or is_setting(named.metric)):
            continue
        for line in text_of(file).splitlines():
            if found := _LINE.fullmatch(line):  # a half last line is one that is still being written
                time, step = int(found[1]) / 1000, int(found[3])
                run.append(Record(named.metric, named.split or "train", float(found[2]), None, step, label, time=time))
    return run


def _name(home: Path) -> str:
    """What the run is called; its folder has a number only."""
    found = re.search(r"^run_name: *['\"]?(.*?)['\"]?$", text_of(home / "meta.yaml"), re.MULTILINE)
    return found[1] if found else ""
