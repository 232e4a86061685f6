"""Anything a caller may have goes in (history object, table, text, file), its runs come out."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from nbdiag import frameworks
from nbdiag.capture.pairs import pairs
from nbdiag.errors import DamagedSource, SourceError, UnknownSource
from nbdiag.files import FORMATS, folder, text_log
from nbdiag.files.csv_log import read_text as read_csv_text
from nbdiag.files.json_log import runs_from_json
from nbdiag.files.jsonl_log import read_text as read_jsonl_text
from nbdiag.files.table import runs_from_columns
from nbdiag.run import Run

ACCEPTED = (
    "a Keras History, a dict of lists such as {'loss': [...], 'val_loss': [...]}, a DataFrame (wide, or tidy with the "
    "columns metric and value), a list of dicts, a path to a CSV, JSON, TensorBoard or text log or a notebook, or a log's text itself"
)
"""What ``read_runs`` reads, in the words of its error."""

_TABLE_HEADER = re.compile(r"\s{0,9}(?:epoch|step|loss)[\w/ ]{0,40}[,;\t][^\n]{1,2000}\n", re.IGNORECASE)

_NAMED_LIST = re.compile(
    r"^[ \t>]{0,9}([A-Za-z]\w{0,60}(?: \w{1,30}){0,3})\s{0,3}[:=]\s{0,3}(\[\s{0,9}[-+\d.][^\[\]]{0,200000}\])",
    re.MULTILINE,
)


def read_runs(source: Any, pattern: str | None = None) -> list[Run]:
    """The runs in ``source``, in order; never an empty list.

    Raises ``UnknownSource`` where it is of no kind that is read, ``DamagedSource`` where it is but is broken.
    """
    if isinstance(source, Run):
        return [source]
    for framework in frameworks.known():
        if framework.reads is not None and framework.read is not None and framework.reads(source):
            return _some(framework.read(source), source)
    if isinstance(source, Path):
        return _read_file(source, pattern)
    if isinstance(source, str):
        return _read_file(Path(source), pattern) if _is_file(source) else _read_text(source, pattern)
    if hasattr(source, "to_pandas") and hasattr(source, "columns"):
        source = source.to_pandas()  # polars, pyarrow
    if hasattr(source, "columns") and hasattr(source, "itertuples"):
        return _some(_read_frame(source), source)
    if isinstance(source, (Mapping, list, tuple)):
        return _some(runs_from_json(source), source)
    if isinstance(history := getattr(source, "history", None), Mapping):
        return _some(runs_from_json(history), source)
    raise UnknownSource(f"{_shown(source)} is nothing nbdiag reads. It reads {ACCEPTED}.")


def _some(runs: list[Run], source: Any) -> list[Run]:
    if not runs:
        raise UnknownSource(f"{_shown(source)} holds no values of a loss or a known metric. nbdiag reads {ACCEPTED}.")
    return runs


def _is_file(text: str) -> bool:
    if not text or "\n" in text or "\0" in text:
        return False
    try:
        return Path(text).exists()
    except OSError:  # longer than a name may be
        return False


def _read_file(path: Path, pattern: str | None) -> list[Run]:
    if "\0" in str(path):
        raise UnknownSource(f"{str(path)!r} cannot be a file's name")
    try:
        if path.is_dir():
            return folder.read(path, lambda file: _read_file(file, None))
        with path.open("rb") as file:
            head = file.read(4096)
        if pattern is not None:
            return text_log.read_text(path.read_text(encoding="utf-8", errors="replace"), path.name, pattern)
        return next(f for f in FORMATS if f.knows(path, head)).read(path)
    except FileNotFoundError:
        raise UnknownSource(f"no file is called {str(path)!r}") from None
    except OSError as error:
        raise DamagedSource(f"{str(path)!r} cannot be read: {error.strerror or error}") from None


def _read_text(text: str, pattern: str | None) -> list[Run]:
    if "\n" not in text and len(pairs(text)) < 2 and "{" not in text:
        raise UnknownSource(
            f"{_shown(text)}: no file has this name, and as a text it holds no log: that would have a line break or at "
            f"least two values such as 'loss: 0.4'. nbdiag reads {ACCEPTED}."
        )
    if pattern is None:
        for read in (_plain_data, _table_text, _json_lines):
            if runs := read(text):
                return runs
    try:
        return text_log.read_text(text, pattern=pattern)
    except UnknownSource:
        if pattern is None and (runs := _data_within(text)):
            return runs
        raise


def _plain_data(text: str) -> list[Run]:
    """A printed ``history.history`` or JSON."""
    if text.lstrip()[:1] not in ("{", "["):
        return []
    for parse in (json.loads, ast.literal_eval):
        try:
            return runs_from_json(parse(text.strip()))
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            continue
    return []


def _data_within(text: str) -> list[Run]:
    """A history within a sentence, or lists with their names: asked only where no line shows a training."""
    if lists := _NAMED_LIST.findall(text):
        return _plain_data("{" + ", ".join(f"{name!r}: {values}" for name, values in lists) + "}")
    begin, end = text.find("{"), text.rfind("}")
    return _plain_data(text[begin : end + 1]) if "[" in text[begin:end] else []


def _table_text(text: str) -> list[Run]:
    if not _TABLE_HEADER.match(text):
        return []
    try:
        return read_csv_text(text.strip(), "the text")
    except SourceError:
        return []


def _json_lines(text: str) -> list[Run]:
    if not text.lstrip().startswith('{"'):
        return []
    try:
        return read_jsonl_text(text.strip(), "the text")
    except SourceError:
        return []


def _read_frame(frame: Any) -> list[Run]:
    columns = {str(name): frame[name].tolist() for name in frame.columns}
    index = frame.index
    if str(index.name).lower() in ("epoch", "step") and not {"epoch", "step"} & {c.lower() for c in columns}:
        columns[str(index.name)] = index.tolist()
    return runs_from_columns(columns, missing=True)


def _shown(source: Any) -> str:
    """A short, safe name for what was given."""
    if isinstance(source, str):
        return repr(source if len(source) <= 80 else source[:77] + "…")
    kind = type(source)
    return f"{'an' if kind.__name__[:1].lower() in 'aeiou' else 'a'} {kind.__module__}.{kind.__qualname__}".replace(
        "builtins.", ""
    )
