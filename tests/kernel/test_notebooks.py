"""Whole notebooks without a browser: what nbclient, papermill and nbconvert find in them."""

from __future__ import annotations

import nbclient
import nbconvert
import nbformat
import papermill
import pytest

pytestmark = pytest.mark.kernel

LOAD = "%load_ext nbdiag"
TRAINING = (
    "%%diagnose\nimport time\nfor e in range(1, 13):\n"
    "    print(f'Epoch {e}/12 - loss: {1 / e:.4f} - val_loss: {0.5 + 0.02 * e:.4f}')\n    time.sleep(0.4)\n"
)
"""Long enough to be drawn while it runs."""


def notebook(*cells: str):
    made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    made.metadata.kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return made


@pytest.fixture(scope="module")
def executed():
    made = notebook(LOAD, TRAINING)
    nbclient.NotebookClient(made, timeout=120).execute()
    return made


def test_the_widget_and_its_state_are_in_the_saved_notebook(executed):
    outputs = executed.cells[1].outputs
    views = [
        o.data["application/vnd.jupyter.widget-view+json"] for o in outputs if "data" in o and "widget" in str(o.data)
    ]
    assert len(views) == 1
    state = executed.metadata.widgets["application/vnd.jupyter.widget-state+json"]["state"]
    assert views[0]["model_id"] in state
    # Every model that another one names was saved too: those made in our thread belong to the cell as well.
    named = {part for model in state.values() for part in _references(model["state"])}
    assert named
    assert named <= set(state)


def _references(value):
    if isinstance(value, str):
        return {value.removeprefix("IPY_MODEL_")} if value.startswith("IPY_MODEL_") else set()
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return set().union(*(_references(part) for part in parts))


def test_the_chart_and_its_static_copy_are_above_the_output(executed):
    kinds = [o.output_type for o in executed.cells[1].outputs]
    assert kinds[:2] == ["display_data", "display_data"]
    assert set(kinds[2:]) == {"stream"}
    assert "val_loss" in executed.cells[1].outputs[1].data["text/plain"]


def test_as_markdown_it_holds_the_findings_and_a_chart_that_makes_a_pdf(executed):
    body, resources = nbconvert.MarkdownExporter().from_notebook_node(executed)
    assert "its last state is in the output below" in body
    assert "<summary><b>1. " in body and "val_loss" in body
    (chart,) = (file.decode() for name, file in resources["outputs"].items() if name.endswith(".svg"))
    assert chart.startswith("<svg ") and "var(" not in chart


def test_a_failing_cell_fails_for_nbclient():
    made = notebook(LOAD, TRAINING + "1 / 0\n")
    with pytest.raises(nbclient.exceptions.CellExecutionError, match="ZeroDivisionError"):
        nbclient.NotebookClient(made, timeout=120).execute()
    assert [o.output_type for o in made.cells[1].outputs].count("error") == 1


def test_a_failing_cell_fails_for_papermill(tmp_path):
    nbformat.write(notebook(LOAD, TRAINING + "1 / 0\n"), tmp_path / "in.ipynb")
    with pytest.raises(papermill.exceptions.PapermillExecutionError, match="ZeroDivisionError"):
        papermill.execute_notebook(tmp_path / "in.ipynb", tmp_path / "out.ipynb", progress_bar=False)


def test_the_thread_that_draws_imports_nothing():
    body = TRAINING.replace("import time", "import sys, time; known = set(sys.modules)") + "time.sleep(2)\n"
    made = notebook(LOAD, body + "print(*sorted(set(sys.modules) - known))")
    nbclient.NotebookClient(made, timeout=120).execute()
    text = "".join(o.text for o in made.cells[1].outputs if o.output_type == "stream" and o.name == "stdout")
    assert text.splitlines()[-1] == ""
