"""Runs the first notebook for real; prints what it found, writes it as HTML, and says how to open it live."""

from __future__ import annotations

import os
import pathlib

import nbformat
from nbclient import NotebookClient
from nbconvert import HTMLExporter

ROOT = pathlib.Path(__file__).resolve().parents[1]
NOTEBOOK = ROOT / "example_notebooks" / "quickstart.ipynb"
OUT = ROOT / ".demo"


def main() -> None:
    """Execute, print, write."""
    OUT.mkdir(exist_ok=True)
    os.environ.setdefault("KERAS_BACKEND", "jax")
    os.environ["PATH"] = f"{ROOT / '.venv' / 'bin'}{os.pathsep}{os.environ['PATH']}"
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    print(f"Running {NOTEBOOK.relative_to(ROOT)} (a real Keras training) …\n", flush=True)
    NotebookClient(notebook, timeout=600, kernel_name="python3", resources={"metadata": {"path": str(OUT)}}).execute()
    for cell in notebook.cells:
        if cell.cell_type == "code" and cell.source.startswith("%%diagnose"):
            print(_static_text(cell))
    page = OUT / "quickstart.html"
    page.write_text(HTMLExporter().from_notebook_node(notebook)[0], encoding="utf-8")
    print(f"\nThe notebook as run:      {page.relative_to(ROOT)}")
    print(f"The diagnosis on a page:  {(OUT / 'report.html').relative_to(ROOT)}")
    print("Open it live:             make lab")


def _static_text(cell: nbformat.NotebookNode) -> str:
    """The longest plain text among the cell's outputs: the static output, not the widget's one line."""
    texts = [o.get("data", {}).get("text/plain", "") for o in cell.outputs]
    return max(texts, key=len, default="")


if __name__ == "__main__":
    main()
