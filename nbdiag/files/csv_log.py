"""A CSV file goes in (Keras' CSVLogger, Lightning's metrics.csv, one's own), runs come out."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

from nbdiag.errors import DamagedSource
from nbdiag.files.base import Format, text_of
from nbdiag.files.table import runs_from_columns
from nbdiag.run import Run

_SEPARATORS = ",;\t"


def knows(path: Path, head: bytes) -> bool:
    """By its name: text with commas is not yet a table."""
    return path.suffix.lower() in (".csv", ".tsv")


def read(path: Path) -> list[Run]:
    """The runs of a file. A header in the middle starts the next run, as CSVLogger's ``append`` writes them."""
    return read_text(text_of(path), path.name)


def read_text(text: str, name: str) -> list[Run]:
    """The runs of a table's text; ``name`` is what errors call it."""
    if "\0" in text:
        raise DamagedSource(f"{name} is not text: it holds zero bytes")
    first = text.lstrip().partition("\n")[0]
    separator = max(_SEPARATORS, key=first.count)
    try:
        rows = [
            row for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator) if any(c.strip() for c in row)
        ]
    except csv.Error as error:
        raise DamagedSource(f"{name} is no readable table: {error}") from None
    if rows and [cell.strip().lower() for cell in rows[0]] == ["wall time", "step", "value"]:
        rows[0][2] = name.removesuffix(".csv").rpartition("tag-")[
            2
        ]  # TensorBoard names the curve in its download's name
    runs = [run for table in _tables(rows, name) for run in runs_from_columns(table)]
    for i, run in enumerate(runs, 1):
        run.number = i
    if not runs:
        columns = ", ".join(rows[0][:8]) if rows else "none"
        raise DamagedSource(f"{name} holds no column of a loss or a known metric; its columns: {columns}")
    return runs


def _tables(rows: list[list[str]], name: str) -> Iterator[dict[str, list[str]]]:
    header: list[str] = []
    body: list[list[str]] = []
    for at, row in enumerate(rows, 1):
        if not header:
            header = row
        elif row == header:
            yield _columns(header, body)
            body = []
        elif len(row) == len(header):
            body.append(row)
        elif at == len(rows) and len(row) < len(header):
            break  # the last row is still being written
        else:
            raise DamagedSource(f"{name}, row {at}: {len(row)} cells where the header has {len(header)}")
    if header:
        yield _columns(header, body)


def _columns(header: list[str], body: list[list[str]]) -> dict[str, list[str]]:
    return {name: [row[i] for row in body] for i, name in enumerate(header)}


CSV_LOG = Format("CSV table", knows, read)
