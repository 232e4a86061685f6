"""A file of JSON lines goes in, one row each, runs come out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from nbdiag.errors import DamagedSource
from nbdiag.files.base import Format, text_of
from nbdiag.files.table import runs_from_rows
from nbdiag.run import Run


def knows(path: Path, head: bytes) -> bool:
    """By its name, or because its first line is an object."""
    return path.suffix.lower() in (".jsonl", ".ndjson") or (path.suffix.lower() != ".json" and _first_is_object(head))


def read(path: Path) -> list[Run]:
    """The runs of a file."""
    return read_text(text_of(path), path.name)


def read_text(text: str, name: str) -> list[Run]:
    """The runs of JSON lines; a half last line is one that is still being written."""
    rows: list[Mapping[Any, Any]] = []
    lines = [(at, line) for at, line in enumerate(text.splitlines(), 1) if line.strip()]
    for at, line in lines:
        try:
            row = json.loads(line)
        except json.JSONDecodeError as error:
            if at == lines[-1][0] and rows:
                break
            raise DamagedSource(f"{name}, line {at}: no JSON: {error.msg}") from None
        if isinstance(row, Mapping):
            rows.append(row)
    runs = runs_from_rows(rows) if rows else []
    if not runs:
        raise DamagedSource(f"{name} holds no known metric in its {len(rows)} rows")
    return runs


def _first_is_object(head: bytes) -> bool:
    line = head.lstrip(b"\xef\xbb\xbf \r\n").split(b"\n", 1)[0]
    try:
        return isinstance(json.loads(line), dict)
    except ValueError:
        return False


JSONL_LOG = Format("JSON lines", knows, read)
