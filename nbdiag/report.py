"""Diagnoses come in while a block runs, its report as a file goes out: complete at any moment, whatever happens to the kernel."""

from __future__ import annotations

import contextlib
import errno
import os
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from nbdiag.diagnosis import Diagnosis
from nbdiag.faults import Faults, describe

FIRST = 5.0
"""Seconds until there is a page to open: it takes about 0.04 s, which is 1 % of that time."""
EVERY = 30.0
"""Seconds between two writings at least, from then on: 0.2 % of that time."""
SHARE = 0.002
"""Of the block's time, the part that writing may take, where a page of many values takes longer."""
_WHAT = "the report"


class Report:
    """One HTML page for each run of a block: at the path the latest, ``run-1.html``, ``run-2.html`` … those before it."""

    def __init__(self, path: Path, faults: Faults) -> None:
        self._path, self._faults = path.expanduser().absolute(), faults  # the block may change its folder
        self._due = FIRST
        self._kept, self._empty = 0, True

    def check(self) -> None:
        """Before the block: where the page cannot be written later, say so now."""
        with self._guard():
            if self._path.is_dir():
                raise IsADirectoryError(errno.EISDIR, "is a folder")
            _beside(self._path).unlink()

    def due(self, elapsed: float) -> bool:
        """Whether it is time to write, ``elapsed`` seconds after the block began."""
        return elapsed >= self._due and _WHAT not in self._faults

    def wrote(self, seconds: float, elapsed: float) -> None:
        """Writing that ended at ``elapsed`` took so long. Where there was no run yet, the first page is still due."""
        self._due = elapsed + (0.0 if self._empty else max(EVERY, seconds / SHARE))

    def write(self, diagnoses: Sequence[Diagnosis]) -> None:
        """Write the latest run's page, and once those of the runs it followed."""
        if _WHAT in self._faults:
            return
        with self._guard():
            for number, over in enumerate(diagnoses[self._kept : -1], self._kept + 1):
                _replace(self._path.with_stem(f"{self._path.stem}-{number}"), over.to_html())
                self._kept = number
            self._empty = not diagnoses
            if diagnoses:
                _replace(self._path, diagnoses[-1].to_html())

    @contextlib.contextmanager
    def _guard(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            self._faults.note(_WHAT, f"{self._path}: {error.strerror or error}")
        except Exception as error:
            self._faults.note(_WHAT, describe(error))


def _beside(path: Path) -> Path:
    """A new empty file in the same folder, so that it can take the path's place in one step."""
    handle, name = tempfile.mkstemp(prefix=f".{path.name}-", suffix=".part", dir=path.parent)
    os.close(handle)
    return Path(name)


def _replace(path: Path, text: str) -> None:
    """Whoever reads ``path`` sees the old page or the new one, never half of it."""
    part = _beside(path)
    try:
        part.write_text(text, encoding="utf-8")
        part.chmod(path.stat().st_mode if path.exists() else 0o644)  # a temporary file is its owner's alone
        os.replace(part, path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
