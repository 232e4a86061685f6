"""The functions a script calls."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import nbdiag
from nbdiag.errors import ConfigError, NbdiagWarning, UnknownRule, UnknownSource

HISTORY = {
    "loss": [0.9, 0.6, 0.4, 0.3, 0.25, 0.22],
    "val_loss": [0.95, 0.7, 0.55, 0.5, 0.49, 0.5],
    "accuracy": [0.5, 0.7, 0.8, 0.85, 0.9, 0.92],
}
LOG = "".join(
    f"Epoch {e + 1}/6 - loss: {loss:.4f} - val_loss: {val:.4f}\n"
    for e, (loss, val) in enumerate(zip(HISTORY["loss"], HISTORY["val_loss"], strict=True))
)


def values(run, metric="loss", split="train"):
    return run.curve(metric, split).values.tolist()


@pytest.mark.parametrize(
    "source",
    [HISTORY, pd.DataFrame(HISTORY), pd.DataFrame(HISTORY).assign(epoch=range(6)), LOG],
    ids=["dict", "frame", "frame with epochs", "text"],
)
def test_every_kind_of_source_gives_the_same_run(source):
    run = nbdiag.read(source)
    assert values(run) == HISTORY["loss"]
    assert values(run, "loss", "val") == HISTORY["val_loss"]
    assert run.curve("loss", "train").epochs.tolist() == [1, 2, 3, 4, 5, 6]


def test_a_run_goes_through_a_table_and_back():
    run = nbdiag.read(HISTORY)
    again = nbdiag.read(run.to_pandas())
    assert {c.name: c.values.tolist() for c in again.curves()} == {c.name: c.values.tolist() for c in run.curves()}


def test_a_path_and_a_name_are_a_file(tmp_path, monkeypatch):
    (tmp_path / "log.txt").write_text(LOG)
    monkeypatch.chdir(tmp_path)
    assert values(nbdiag.read(Path("log.txt"))) == values(nbdiag.read("log.txt")) == HISTORY["loss"]


@pytest.mark.parametrize("source", ["no-such-file.csv", "hello", "x" * 10_000, "\0", 42, object(), []])
def test_anything_else_is_an_unknown_source_never_an_os_error(source):
    with pytest.raises(UnknownSource):
        nbdiag.diagnose(source)


def test_several_runs_the_last_is_judged_and_a_note_says_so():
    text = LOG + "\n" + LOG.replace("0.2200", "0.2100")
    runs = nbdiag.read_runs(text)
    assert [values(run)[-1] for run in runs] == [0.22, 0.21]
    diagnosis = nbdiag.diagnose(text)
    assert values(diagnosis.run)[-1] == 0.21
    assert any("2 runs" in note for note in diagnosis.run.notes)
    assert [values(nbdiag.diagnose(run).run)[-1] for run in runs] == [0.22, 0.21]


def test_facts_and_samples_are_added_and_the_callers_run_stays_as_it_was():
    run = nbdiag.read(HISTORY)
    known = run.facts
    diagnosis = nbdiag.diagnose(run, facts={"n_val": 128, "lr": 0.1}, sample_losses=np.linspace(0, 3, 128))
    assert (diagnosis.run.facts.n_val, diagnosis.run.facts.learning_rate) == (128, 0.1)
    assert len(diagnosis.run.samples) == 128
    assert (run.facts, run.samples, run.notes) == (known, None, [])
    assert nbdiag.diagnose(run, facts=nbdiag.Facts(n_val=7)).run.facts.n_val == 7


def test_an_unknown_fact_in_a_dict_is_a_warning_an_unknown_part_of_samples_an_error():
    with pytest.warns(NbdiagWarning, match="n_val"):
        nbdiag.diagnose(HISTORY, facts={"nval": 128})
    with pytest.raises(ConfigError, match="worst"):
        nbdiag.diagnose(HISTORY, sample_losses={"last": [1.0], "worst": [2.0]})


def test_select_and_ignore():
    found = {f.rule for f in nbdiag.diagnose(HISTORY).findings}
    assert found
    name = sorted(found)[0]
    assert {f.rule for f in nbdiag.diagnose(HISTORY, select=[name]).findings} == {name}
    assert name not in {f.rule for f in nbdiag.diagnose(HISTORY, ignore=[name]).findings}
    with pytest.raises(UnknownRule, match="overfitting"):
        nbdiag.diagnose(HISTORY, ignore=["overfiting"])


def test_explain_shows_the_page_of_a_rule():
    page = nbdiag.explain("overfitting")
    assert page.rule == "overfitting"
    assert "## What it finds" in page.to_markdown()
    assert "WHAT IT FINDS" in repr(page)
    assert "## What it finds" in page._repr_markdown_()
    finding = nbdiag.diagnose(HISTORY).findings[0]
    assert nbdiag.explain(finding).rule == finding.rule
    with pytest.raises(UnknownRule, match="did you mean 'overfitting'"):
        nbdiag.explain("overfiting")


def test_a_watch_in_a_script_gives_its_diagnosis():
    with nbdiag.watch("mine", view="none") as w:
        for epoch, (loss, val) in enumerate(zip(HISTORY["loss"], HISTORY["val_loss"], strict=True)):
            w.log(epoch=epoch, loss=loss, val_loss=val)
    assert nbdiag.last() is w.diagnoses[0]
    assert nbdiag.last().run.name == "mine"
    assert values(nbdiag.last().run) == HISTORY["loss"]
