"""A saved notebook goes in, the runs that its cells' outputs show come out."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from nbdiag.capture import html_table
from nbdiag.collect import Collector
from nbdiag.errors import DamagedSource, UnknownSource
from nbdiag.files.base import Format, text_of
from nbdiag.run import Run


def knows(path: Path, head: bytes) -> bool:
    """By its name."""
    return path.suffix.lower() == ".ipynb"


def read(path: Path) -> list[Run]:
    """The runs of a notebook, cell by cell; each knows its cell's execution count."""
    try:
        notebook = json.loads(text_of(path))
        cells = notebook["cells"] if "cells" in notebook else notebook["worksheets"][0]["cells"]
    except (ValueError, KeyError, IndexError, TypeError) as error:
        raise DamagedSource(f"{path.name} is no notebook: {type(error).__name__}: {error}") from None
    runs: list[Run] = []
    for cell in cells if isinstance(cells, list) else []:
        collector = Collector()
        for stream, text in _texts(cell):
            collector.chunk(stream, text)
        collector.close()
        for run in collector.runs:
            run.cell = cell.get("execution_count")
            runs.append(run)
    if not runs:
        raise UnknownSource(f"no output in {path.name} shows a training")
    return runs


def _texts(cell: Any) -> Iterator[tuple[str, str]]:
    for output in cell.get("outputs", ()) if isinstance(cell, Mapping) else ():
        if output.get("output_type") == "stream":
            yield str(output.get("name", "stdout")), "".join(output.get("text", ()))
        elif "<table" in (html := "".join(output.get("data", {}).get("text/html", ()))):
            yield "html", html_table.lines(html)  # fastai and the Trainer write no text in a notebook


NOTEBOOK = Format("notebook", knows, read)
