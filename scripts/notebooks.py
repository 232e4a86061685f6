"""Runs the example notebooks for real and keeps their static outputs, so that they can be read where nothing runs."""

from __future__ import annotations

import os
import pathlib
import tempfile

import nbformat
from nbclient import NotebookClient

ROOT = pathlib.Path(__file__).resolve().parents[1]
WIDGET = "application/vnd.jupyter.widget-view+json"


def main() -> None:
    """Execute each notebook, leave out what only lives beside a kernel, write it back."""
    os.environ.setdefault("KERAS_BACKEND", "torch")  # the one on which single samples are looked at soonest
    os.environ["PATH"] = f"{ROOT / '.venv' / 'bin'}{os.pathsep}{os.environ['PATH']}"
    for path in sorted((ROOT / "example_notebooks").glob("*.ipynb")):
        notebook = nbformat.read(path, as_version=4)
        with tempfile.TemporaryDirectory() as folder:
            NotebookClient(notebook, timeout=600, resources={"metadata": {"path": folder}}).execute()
        notebook.metadata.pop("widgets", None)
        for cell in notebook.cells:
            cell.metadata.pop("execution", None)
            if cell.cell_type == "code":
                cell.outputs = [
                    o
                    for o in cell.outputs
                    if (WIDGET not in o.get("data", {}) and o.output_type != "stream") or o.get("name") == "stdout"
                ]
        nbformat.write(notebook, path)
        print(f"{path.relative_to(ROOT)}: {path.stat().st_size // 1024} kB")


if __name__ == "__main__":
    main()
