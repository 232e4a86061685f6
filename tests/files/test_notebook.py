"""Saved notebooks and loggers' files, recorded from the real libraries, come in; every value they show is checked, and no other."""

from __future__ import annotations

import json

import pytest

from nbdiag.errors import UnknownSource
from nbdiag.sources import read_runs
from tests import transcripts

RECORDED = sorted(p for p in transcripts.FOLDER.glob("*/raw.*") if p.suffix != ".txt")


@pytest.mark.parametrize("path", RECORDED, ids=lambda path: path.parent.name)
def test_every_value_and_no_other(path):
    assert transcripts.differences(path.parent.name, read_runs(path)) == []


def html(path, *tables):
    outputs = [{"output_type": "display_data", "metadata": {}, "data": {"text/html": [table]}} for table in tables]
    cell = {"cell_type": "code", "execution_count": 3, "source": [], "metadata": {}, "outputs": outputs}
    path.write_text(json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))
    return path


def table(*rows):
    return (
        "<table>" + "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows) + "</table>"
    )


def test_a_table_of_epochs_is_read_and_any_other_is_not(tmp_path):
    path = tmp_path / "a.ipynb"
    (run,) = read_runs(
        html(path, table(("Epoch", "Training Loss", "Validation <b>Loss</b>"), (1, "0.5", "0.6"), (2, "0.4", "No log")))
    )
    assert run.cell == 3 and run.curve("loss", "train").values.tolist() == [0.5, 0.4]
    assert run.curve("loss", "val").values.tolist() == [0.6]
    frame = table(("", "loss", "val_loss"), (0, "0.5", "0.6"), (1, "0.4", "0.5"))
    broken = "<table><td>Epoch</td><tr><td>Epoch<td>Loss</tr><tr>1 0.5"
    with pytest.raises(UnknownSource):
        read_runs(html(path, frame, broken, "<p>loss: 0.4</p>", table(("Epoch", "Loss"))))


LOG = "".join(f"Epoch {e}/3 - loss: {v}\n" for e, v in ((1, 1.0), (2, 0.5), (3, 0.25)))
DOWN = [1.0, 0.5, 0.25]


def stream(text):
    return {"output_type": "stream", "name": "stdout", "text": text}


def shown(**data):
    return {"output_type": "display_data", "metadata": {}, "data": data}


def code(*outputs, count=1):
    return {"cell_type": "code", "execution_count": count, "source": [], "metadata": {}, "outputs": list(outputs)}


def saved(path, *cells, **metadata):
    path.write_text(json.dumps({"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}))
    return [(run.number, run.cell, run.curve("loss", "train").values.tolist()) for run in read_runs(path)]


def test_cells_are_runs_in_order_and_what_is_odd_is_passed_over(tmp_path):
    odd = [{"output_type": "stream"}, {"output_type": "display_data", "data": None}, {"a": 1}, None]
    cells = [
        code(stream(LOG), count=3),
        code(*odd),
        {"cell_type": "code", "outputs": None},
        "x",
        code(stream(LOG), count=7),
    ]
    assert saved(tmp_path / "a.ipynb", *cells) == [(1, 3, DOWN), (2, 7, DOWN)]


def test_an_old_notebook_has_sheets_and_other_names(tmp_path):
    outputs = [{"output_type": "stream", "stream": "stdout", "text": LOG.splitlines(True)}]
    cell = {"cell_type": "code", "prompt_number": 4, "input": [], "outputs": outputs}
    path = tmp_path / "a.ipynb"
    path.write_text(json.dumps({"nbformat": 3, "worksheets": [{"cells": [cell]}, {"cells": [cell]}]}))
    assert [(run.number, run.cell, len(run)) for run in read_runs(path)] == [(1, 4, 3), (2, 4, 3)]


def test_a_history_that_a_cell_shows_is_read_where_none_was_printed(tmp_path):
    history = shown(**{"text/plain": ["{'loss': [1.0,\n", "  0.5,\n", "  0.25]}"]})
    other = shown(**{"text/plain": "{'a': [Dense(3)]}"})
    assert saved(tmp_path / "a.ipynb", code(other), code(history, count=5)) == [(1, 5, DOWN)]
    assert saved(tmp_path / "b.ipynb", code(stream(LOG)), code(history, count=5)) == [(1, 1, DOWN)]


def view(name):
    return shown(**{"text/plain": "  0%|   | 0/9", "application/vnd.jupyter.widget-view+json": {"model_id": name}})


@pytest.mark.parametrize("colab", [False, True])
def test_bars_of_the_notebook_are_read_from_the_saved_state(tmp_path, colab):
    states = {}
    for i, value in enumerate(DOWN):
        states[f"bar{i}"] = {
            "model_name": "HBoxModel",
            "state": {"children": [f"IPY_MODEL_{part}{i}" for part in "abc"]},
        }
        states[f"a{i}"] = {"state": {"value": f"Epoch {i + 1}: 100%"}}
        states[f"b{i}"] = {"state": {"max": 9.0, "value": 9.0}}
        states[f"c{i}"] = {"state": {"value": f"\u20079/9 [00:01&lt;00:00,\u20079.1it/s,\u2007loss={value}]"}}
    states["bar1"]["state"]["children"].append("IPY_MODEL_bar1")  # a box in itself
    kept = states if colab else {"version_major": 2, "state": states}
    widgets = {"application/vnd.jupyter.widget-state+json": kept}
    cell = code(*(view(f"bar{i}") for i in range(3)), view("gone"))
    assert saved(tmp_path / "a.ipynb", cell, widgets=widgets) == [(1, 1, DOWN)]
    with pytest.raises(UnknownSource):
        saved(tmp_path / "b.ipynb", cell)


def test_what_an_output_widget_holds(tmp_path):
    state = {"w": {"model_name": "OutputModel", "state": {"outputs": [stream(LOG)]}}}
    widgets = {"application/vnd.jupyter.widget-state+json": {"state": state}}
    assert saved(tmp_path / "a.ipynb", code(view("w")), widgets=widgets) == [(1, 1, DOWN)]
