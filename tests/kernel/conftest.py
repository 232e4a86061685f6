"""One kernel for each IPython and module; the IPythons beside the installed one are fetched once, into ``.venvs``."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.kernel.talk import ROOT, Kernel

VERSIONS = {
    "7.34": ("ipython==7.34.0", "backcall", "decorator", "pickleshare"),
    "8.37": ("ipython==8.37.0", "decorator"),
    "installed": (),
}
"""The oldest IPython we support (Google Colab's), the last one for Python 3.10, and the one in this environment (9.x)."""


def ipython(version: str) -> Path | None:
    """The folder that holds this IPython and what it needs beyond the installed one's needs."""
    if not VERSIONS[version]:
        return None
    folder = ROOT / ".venvs" / f"ipython-{version}"
    if not folder.exists():
        half = folder.with_name(f"{folder.name}-{os.getpid()}")
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(half)]
        subprocess.run([*pip, *VERSIONS[version]], check=True, capture_output=True)
        try:
            half.rename(folder)  # in one step: tests may run side by side
        except OSError:
            shutil.rmtree(half)
    return folder


@pytest.fixture(scope="module", params=list(VERSIONS))
def every_kernel(request: pytest.FixtureRequest) -> Iterator[Kernel]:
    """A kernel with nbdiag loaded, on each IPython."""
    yield from _kernel(ipython(request.param))


@pytest.fixture(scope="module")
def kernel() -> Iterator[Kernel]:
    """A kernel with nbdiag loaded, on the installed IPython."""
    yield from _kernel(None)


def _kernel(path: Path | None) -> Iterator[Kernel]:
    kernel = Kernel(path)
    try:
        assert kernel.run("%load_ext nbdiag").status == "ok"
        yield kernel
    finally:
        kernel.close()
