"""A saved notebook goes in, the runs that its cells' outputs show come out."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from nbdiag.capture import html_table
from nbdiag.collect import Collector
from nbdiag.errors import DamagedSource, UnknownSource
from nbdiag.files import widget_state
from nbdiag.files.base import Format, text_of
from nbdiag.files.json_log import runs_from_json
from nbdiag.run import Run


def knows(path: Path, head: bytes) -> bool:
    """By its name."""
    return path.suffix.lower() == ".ipynb"


def read(path: Path) -> list[Run]:
    """The runs of a notebook, cell by cell; each knows its cell's execution count."""
    try:
        notebook = json.loads(text_of(path))
        # Notebooks of format 3 are made of sheets.
        cells = notebook.get("cells") or [cell for sheet in notebook["worksheets"] for cell in sheet["cells"]]
        widgets = widget_state.models(notebook)
    except (ValueError, KeyError, AttributeError, TypeError) as error:
        raise DamagedSource(f"{path.name} is no notebook: {type(error).__name__}: {error}") from None
    code = [cell for cell in cells if isinstance(cell, Mapping)] if isinstance(cells, list) else []
    runs = [run for cell in code for run in _printed(cell, widgets)] or [run for cell in code for run in _shown(cell)]
    if not runs:
        raise UnknownSource(f"no output in {path.name} shows a training")
    for number, run in enumerate(runs, 1):
        run.number = number
    return runs


def _printed(cell: Mapping[str, Any], widgets: Mapping[str, Any]) -> list[Run]:
    collector = Collector()
    for output in _outputs(cell):
        for stream, text in _texts(output, widgets):
            collector.chunk(stream, text)
    collector.close()
    return _of_cell(cell, collector.runs)


def _shown(cell: Mapping[str, Any]) -> list[Run]:
    """The histories that a cell shows as its value: asked only where no cell printed a training."""
    runs = []
    for output in _outputs(cell):
        text = _text(_data(output).get("text/plain"))
        if text.startswith("{") and "[" in text:
            try:
                runs += runs_from_json(ast.literal_eval(text))
            except (ValueError, SyntaxError, MemoryError, RecursionError):
                continue
    return _of_cell(cell, runs)


def _of_cell(cell: Mapping[str, Any], runs: list[Run]) -> list[Run]:
    for run in runs:
        run.cell = cell.get("execution_count", cell.get("prompt_number"))
    return runs


def _outputs(cell: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [output for output in cell.get("outputs") or () if isinstance(output, Mapping)]


def _data(output: Mapping[str, Any]) -> Mapping[str, Any]:
    """What an output shows, by its kind; format 3 keeps it beside the rest, under shorter names."""
    if isinstance(data := output.get("data"), Mapping):
        return data
    return {"text/html": output.get("html"), "text/plain": output.get("text")}


def _texts(output: Mapping[str, Any], widgets: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if output.get("output_type") == "stream":
        yield str(output.get("name", output.get("stream", "stdout"))), _text(output.get("text"))
        return
    data = _data(output)
    if "<table" in (html := _text(data.get("text/html"))):
        yield "html", html_table.lines(html)  # fastai and the Trainer write no text in a notebook
    for shown in widget_state.outputs(data, widgets):
        if isinstance(shown, str):
            yield "widget", shown + "\n"
        else:
            yield from _texts(shown, {})


def _text(value: Any) -> str:
    """A text, which a notebook may keep in lines."""
    return "".join(map(str, value)) if isinstance(value, list) else value if isinstance(value, str) else ""


NOTEBOOK = Format("notebook", knows, read)
