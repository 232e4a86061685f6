"""A CSV file goes in (Keras' CSVLogger, Lightning's metrics.csv, one's own), runs come out."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path

from nbdiag.errors import DamagedSource
from nbdiag.files.base import Format, text_of
from nbdiag.files.cells import number_of
from nbdiag.files.table import is_counter, runs_from_columns
from nbdiag.run import Run

_SEPARATORS = ",;\t"
_REMARKS = re.compile(r"\A(?:\s*#[^\n]*[,;\t ][^\n]*\n)+(?=[^\n]*[,;\t])")


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
    text = _REMARKS.sub("", text)
    first = text.lstrip().partition("\n")[0]
    separator = max(_SEPARATORS, key=first.count)
    if separator not in first and " " in first.strip():
        text = "\n".join(separator.join(line.split()) for line in text.splitlines())  # columns set apart by blanks
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
        elif row == header and _goes_on(header, body, rows[at : at + 1]):
            continue
        elif row == header or _heads(row, header):
            yield _columns(header, body)
            header, body = row, []
        elif len(row) == len(header):
            body.append(row)
        elif at == len(rows) and len(row) < len(header):
            break  # the last row is still being written
        else:
            raise DamagedSource(f"{name}, row {at}: {len(row)} cells where the header has {len(header)}")
    if header:
        yield _columns(header, body)


def _goes_on(header: list[str], body: list[list[str]], following: list[list[str]]) -> bool:
    """Whether what stands below a header that is repeated counts on from what stands above it: a training was resumed."""
    counted = next((i for i, name in enumerate(header) if is_counter(name)), None)
    if counted is None or not body or not following or len(following[0]) != len(header):
        return False
    last, first = number_of(body[-1][counted]), number_of(following[0][counted])
    return last is not None and first is not None and first > last


def _heads(row: list[str], header: list[str]) -> bool:
    """Whether a row names columns: words, the header's first among them. A training with other metrics was appended."""
    return header[0] in row and not any(number_of(cell) is not None for cell in row)


def _columns(header: list[str], body: list[list[str]]) -> dict[str, list[str]]:
    return {name: [row[i] for row in body] for i, name in enumerate(header)}


CSV_LOG = Format("CSV table", knows, read)
