"""An environment of its own for what is compared; what cannot be installed goes out as a line that says so."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / ".venvs" / "bench"
PYTHON = FOLDER / "bin" / "python"
KERNEL = "nbdiag-bench"
_NEEDS = {
    "nbdiag, rules included": ("nbdiag", ["-e", str(ROOT), "ipykernel"]),
    "bqplot, whole arrays": ("bqplot", ["bqplot"]),
    "plotly FigureWidget": ("plotly", ["plotly", "anywidget"]),
    "livelossplot": ("livelossplot", ["livelossplot"]),
}


def installed() -> list[str]:
    """The contenders that can run."""
    if not PYTHON.exists():
        subprocess.run([sys.executable, "-m", "venv", str(FOLDER)], check=True)
    return [name for name in _NEEDS if _has(name)]


def _has(name: str) -> bool:
    module, packages = _NEEDS[name]
    there = [str(PYTHON), "-c", f"import {module}"]
    if not subprocess.run(there, capture_output=True, cwd=FOLDER).returncode:
        return True
    pip = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *packages]
    tried = subprocess.run(pip, capture_output=True, text=True)
    if tried.returncode:
        print(f"{name} is left out: {tried.stderr.strip().splitlines()[-1]}")
    return not tried.returncode


def write_kernel(data: Path) -> None:
    """A kernel of that environment, for servers and clients whose JUPYTER_DATA_DIR is ``data``."""
    folder = data / "kernels" / KERNEL
    folder.mkdir(parents=True)
    spec = {
        "argv": [str(PYTHON), "-m", "ipykernel_launcher", "-f", "{connection_file}"],
        "display_name": "benchmark",
        "language": "python",
        "env": {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"},
    }
    (folder / "kernel.json").write_text(json.dumps(spec))
