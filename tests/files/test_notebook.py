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
