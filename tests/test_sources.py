"""Anything to runs."""

import json
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from nbdiag.errors import ConfigError, DamagedSource, UnknownSource
from nbdiag.run import Run
from nbdiag.sources import read_runs
from tests import transcripts

HISTORY = {"loss": [0.5, 0.4, 0.3], "val_loss": [0.6, 0.5, 0.55], "accuracy": [0.7, 0.8, 0.9]}
CSV = "epoch,accuracy,loss,val_loss\n0,0.7,0.5,0.6\n1,0.8,0.4,0.5\n2,0.9,0.3,0.55\n"


class History:
    """As Keras leaves it."""

    def __init__(self, history, epoch):
        self.history, self.epoch, self.params = history, epoch, {"epochs": 5, "steps": 7}


def curve(run, split="train", metric="loss"):
    return run.curve(metric, split)


@pytest.mark.parametrize(
    "source",
    [
        History(HISTORY, [0, 1, 2]),
        HISTORY,
        {"history": HISTORY},
        {name: np.array(values) for name, values in HISTORY.items()},
        pd.DataFrame(HISTORY),
        pd.DataFrame({"epoch": [0, 1, 2], **HISTORY}),
        pd.DataFrame({"epoch": [1, 2, 3], **HISTORY}),
        pd.DataFrame(HISTORY, index=pd.Index([1, 2, 3], name="epoch")),
        [{"epoch": i, **{name: values[i] for name, values in HISTORY.items()}} for i in range(3)],
        CSV,
        str(HISTORY),
        json.dumps(HISTORY),
        "".join(
            json.dumps({"epoch": i, "loss": HISTORY["loss"][i], "val_loss": HISTORY["val_loss"][i]}) + "\n"
            for i in range(3)
        ),
    ],
)
def test_a_history_in_every_form(source):
    (run,) = read_runs(source)
    assert curve(run).values.tolist() == HISTORY["loss"]
    assert curve(run).epochs.tolist() == [1, 2, 3]
    assert curve(run, "val").values.tolist() == HISTORY["val_loss"]


def test_what_a_history_knows():
    (run,) = read_runs(History(HISTORY, [0, 1, 2]))
    assert (run.framework, run.facts.epochs, run.facts.steps_per_epoch, run.facts.loss_is) == (
        "keras",
        5,
        7,
        "epoch-mean",
    )
    assert curve(run).exact


def test_validation_every_second_epoch_and_a_later_start():
    history = History({"loss": [1, 2, 3, 4, 5], "val_loss": [2, 4]}, [3, 4, 5, 6, 7])
    (run,) = read_runs(history)
    assert curve(run).epochs.tolist() == [4, 5, 6, 7, 8]
    assert curve(run, "val").epochs.tolist() == [4, 8]


def test_a_run_is_itself_and_its_table_is_read_back():
    (run,) = read_runs(HISTORY)
    assert read_runs(run) == [run]
    (again,) = read_runs(run.to_pandas())
    assert repr(transcripts.values([again])) == repr(transcripts.values([run]))


def test_a_tables_gaps_are_no_values():
    frame = pd.DataFrame({"loss": [0.5, 0.4, 0.3], "val_acc": [None, 50.0, 60.0]})
    (run,) = read_runs(frame)
    assert (curve(run, "val", "accuracy").values.tolist(), curve(run, "val", "accuracy").epochs.tolist()) == (
        [0.5, 0.6],
        [2, 3],
    )
    assert curve(run, "val", "accuracy").unit == "%"


def test_a_loss_that_broke_is_no_gap():
    (run,) = read_runs(pd.DataFrame({"loss": [0.5, math.nan, math.nan], "val_loss": [math.nan, 0.5, math.nan]}))
    assert [str(v) for v in curve(run).values] == ["0.5", "nan"]
    assert [str(v) for v in curve(run, "val").values] == ["0.5", "nan"]
    assert curve(run).epochs.tolist() == [1, 3]


def test_evaluation_results_of_a_booster():
    (run,) = read_runs({"train": {"rmse": [2.0, 1.0]}, "valid": {"rmse": [2.1, 1.5]}})
    assert curve(run, "val", "rmse").values.tolist() == [2.1, 1.5]


def test_steps_and_epochs_in_one_table():
    rows = {"epoch": [0, 0, 0, 1, 1, 1], "step": [9, 19, 19, 29, 39, 39],
            "train_loss_step": [3, 2, None, 1.5, 1.2, None], "train_loss_epoch": [None, None, 2.5, None, None, 1.3],
            "val_loss": [None, None, 2.2, None, None, 1.4]}  # fmt: skip
    (run,) = read_runs(pd.DataFrame(rows))
    assert run.curve("loss", "train", "step").steps.tolist() == [9, 19, 29, 39]
    assert run.curve("loss", "train", "epoch").values.tolist() == [2.5, 1.3]
    assert run.curve("loss", "val", "epoch").epochs.tolist() == [1, 2]


def places(source):
    """Epochs and steps of each curve, NaN left out."""
    (run,) = read_runs(source)
    return {c.name: [[x for x in part.tolist() if x == x] for part in (c.epochs, c.steps)] for c in run.curves()}


FEW, MANY = [2.0, 1.0], [2.2, 1.9, 1.4, 1.2, 1.0, 0.9]


@pytest.mark.parametrize(
    ("source", "train", "val"),
    [
        # The loss of each batch beside that of each epoch: which is which nobody says, but not where they stand.
        ({"loss": MANY, "val_loss": FEW}, [[], [1, 2, 3, 4, 5, 6]], [[], [3, 6]]),
        ({"epoch": [1, 2], "loss": MANY, "val_loss": FEW}, [[1, 1, 1, 2, 2, 2], [1, 2, 3, 1, 2, 3]], [[1, 2], []]),
        ({"epoch": [0, 1, 2, 3, 4, 5], "loss": MANY, "val_loss": FEW}, [[1, 2, 3, 4, 5, 6], []], [[3, 6], []]),
        ({"step": [10, 20, 30, 40, 50, 60], "loss": MANY, "val_loss": FEW}, [[], [10, 20, 30, 40, 50, 60]], [[], [30, 60]]),
        ({"loss": FEW, "val_loss": [3.0, *FEW]}, [[1, 2], []], [[0, 1, 2], []]),  # validated before the first epoch, too
        ({"loss": MANY, "val_loss": MANY[:5]}, [[1, 2, 3, 4, 5, 6], []], [[1, 2, 3, 4, 5], []]),  # interrupted
        ({"loss": [(0, 2.0), (1, 1.0)], "val_loss": [(0, 2.1), (1, 1.5)]}, [[1, 2], []], [[1, 2], []]),
        ({"loss": [(9, 2.0), (19, 1.0)], "val_loss": [(19, 1.1)]}, [[], [9, 19]], [[], [19]]),
        ({"loss": [(i, v) for i, v in enumerate(MANY)], "val_loss": [(2, 2.0), (5, 1.0)]}, [[1, 2, 3, 4, 5, 6], []], [[3, 6], []]),
    ],
)  # fmt: skip
def test_lists_of_other_lengths_and_pairs_stand_where_they_belong(source, train, val):
    assert places(source) == {"train:loss": train, "val:loss": val}


def test_a_list_that_fits_nowhere_beside_a_counter_is_left_out():
    (run,) = read_runs({"epoch": [1, 2, 3, 4, 5, 6, 7], "loss": [*MANY, 0.8], "val_loss": [1.0] * 10})
    assert [c.name for c in run.curves()] == ["train:loss"]


@pytest.mark.parametrize(
    "source",
    [
        {"run": [{}, {}], "loss": FEW},
        {"run": ["a", "b", "b"], "loss": FEW},
        {"metric": ["loss"], "value": FEW, "split": []},
        {"epoch": [1, 2], "step": [9], "loss": FEW},
        {"epoch": [1, 10**400], "loss": FEW},
        {"loss": FEW, "val_loss": [], "val_acc": [None, None]},
    ],
)
def test_columns_that_do_not_fit_each_other_raise_nothing(source):
    assert 1 <= sum(map(len, read_runs(source))) <= 2


def test_histories_by_name_or_in_a_row_are_runs():
    one = {"loss": FEW, "val_loss": FEW}
    for source, names in (
        ({"fold 1": one, "fold 2": one}, ["fold 1", "fold 2"]),
        ({0.1: one, 0.01: one}, ["0.1", "0.01"]),
        ([one, one], ["1", "2"]),
    ):
        assert [(run.name, run.number, len(run)) for run in read_runs(source)] == [(names[0], 1, 4), (names[1], 2, 4)]
    (run,) = read_runs({"loss": {"train": FEW, "val": FEW}, "acc": {"train": FEW, "val": FEW}})
    assert len(run.curves()) == 4


@pytest.mark.parametrize(
    "source",
    [
        {1: {"loss": 2.0, "val_loss": 2.0}, 2: {"loss": 1.0, "val_loss": 1.0}},
        {"epoch_1": {"loss": 2.0, "val_loss": 2.0}, "epoch_2": {"loss": 1.0, "val_loss": 1.0}},
        {"train": [{"epoch": 1, "loss": 2.0}, {"epoch": 2, "loss": 1.0}], "val": [{"epoch": 1, "loss": 2.0}, {"epoch": 2, "loss": 1.0}]},
        {"loss": FEW, "val_loss": FEW, "time": [3.0, 3.1], "grad_norm": ["-", "-"]},
        [  # skorch's
            {"batches": [{"train_loss": 1.5}] * 3, "epoch": e, "train_loss": v, "train_loss_best": True, "valid_loss": v, "dur": 0.1}
            for e, v in enumerate(FEW, 1)
        ],
    ],
)  # fmt: skip
def test_rows_by_name_and_with_other_things_in_them(source):
    assert places(source) == {"train:loss": [[1, 2], []], "val:loss": [[1, 2], []]}


def test_cross_validations_of_boosters_are_their_means():
    table = {"train-logloss-mean": FEW, "train-logloss-std": FEW, "test-logloss-mean": FEW, "test-logloss-std": FEW}
    for source in (pd.DataFrame(table), pd.DataFrame({"iterations": [0, 1], **table})):
        (run,) = read_runs(source)
        assert {c.name: c.values.tolist() for c in run.curves()} == {"train:logloss": FEW, "test:logloss": FEW}
    (run,) = read_runs({"valid binary_logloss-mean": FEW, "valid binary_logloss-stdv": FEW})
    assert [c.name for c in run.curves()] == ["val:binary_logloss"]


def test_folds_are_runs():
    frame = pd.DataFrame({"fold": ["a", "a", "b", "b"], "epoch": [1, 2, 1, 2], "loss": [1.0, 0.5, 1.1, 0.6]})
    assert [(run.number, run.name, len(run)) for run in read_runs(frame)] == [(1, "a", 2), (2, "b", 2)]


def test_text_or_path(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("epoch=1 loss=0.5").write_text(CSV)
    Path("log.csv").write_text(CSV)
    assert len(read_runs("log.csv")[0]) == len(read_runs(Path("log.csv"))[0]) == 9
    with pytest.raises(UnknownSource, match="shows no training"):
        read_runs("epoch=1 loss=0.5\n")
    with pytest.raises(UnknownSource, match=r"no file has this name, and as a text"):
        read_runs("log2.csv")
    with pytest.raises(UnknownSource, match="no file is called"):
        read_runs(Path("log2.csv"))
    with pytest.raises(UnknownSource, match="folder"):
        read_runs(tmp_path)


@pytest.mark.parametrize(
    "source",
    ["", "\0", "x" * 5000, "loss 0.3", 3, None, [], {}, [1, 2], {"a": 1}, object(), pd.DataFrame({"a": [1]}), ("a",)],
)
def test_anything_else_says_what_would_be_accepted(source):
    with pytest.raises(UnknownSource, match="a Keras History, a dict of lists"):
        read_runs(source)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("hello\nthe loss: 0.4\nbye", r"Line 2 came nearest: 'the loss: 0.4'; it has a value, but no epoch"),
        ("a\n\nEpoch 1/5\nfoo\n", "Line 3 came nearest: 'Epoch 1/5'; it counts, but shows no loss"),
        ("Epoch 1: loss: 0.4\nEpoch 1: loss 0.3\n", "never advances"),
        ("nothing\nhere\n", "No line holds an epoch"),
    ],
)
def test_a_text_without_a_curve_says_where_it_stumbled(text, line):
    with pytest.raises(UnknownSource, match=line):
        read_runs(text)


@pytest.mark.parametrize(
    "text",
    [
        "I get {'loss': [2.0, 1.0], 'val_loss': [2.2, 1.9]} after fit",
        "loss = [2.0, 1.0]\nval_loss = [2.2, 1.9]\n",
        "> Train losses: [2.0,\n 1.0]\n> Val losses: [2.2, 1.9]\nwhat is wrong?",
    ],
)
def test_a_history_within_a_text(text):
    assert places(text) == {"train:loss": [[1, 2], []], "val:loss": [[1, 2], []]}


def test_lists_beside_a_log_are_not_read_in_its_place():
    (run,) = read_runs("loss weights: [0.5, 0.25, 0.25]\nepoch 1 loss: 2.0\nepoch 2 loss: 1.0\nlosses = [9.0, 8.0]\n")
    assert curve(run).values.tolist() == [2.0, 1.0]
    with pytest.raises(UnknownSource):
        read_runs("sizes = [1.5, 2.5]\nwe {call} it so\n")


def test_a_pattern_for_a_text(tmp_path):
    text = "a 3 b .5\na 4 b .4\n"
    file = tmp_path / "x.log"
    file.write_text(text)
    pattern = r"a (?P<epoch>\d+) b (?P<loss>\S+)"
    assert read_runs(text, pattern)[0].curve("loss", "train").values.tolist() == [0.5, 0.4]
    assert len(read_runs(file, pattern)[0]) == 2
    with pytest.raises(ConfigError):
        read_runs(text, "(")


@pytest.mark.parametrize("name", ["bad.json", "bad.jsonl", "bad.csv", "bad.log"])
def test_a_broken_file_says_where(tmp_path, name):
    content = {
        "bad.json": '{"loss": [1, 2',
        "bad.jsonl": '{"epoch": 1, "loss": 1}\n{"epo\n{"epoch": 2, "loss": 1}\n',
        "bad.csv": "epoch,loss\n1,0.5\n2,0.4,7,8\n3,0.3\n",
        "bad.log": "\0\1\2" * 100,
    }
    where = {"bad.json": "line 1", "bad.jsonl": "line 2", "bad.csv": "row 3", "bad.log": "zero bytes"}
    (tmp_path / name).write_text(content[name])
    with pytest.raises(DamagedSource, match=where[name]):
        read_runs(tmp_path / name)


def test_an_unreadable_name_is_no_os_error():
    for source in (Path("x" * 5000), Path("a\0b")):
        with pytest.raises((UnknownSource, DamagedSource)):
            read_runs(source)


def test_runs_are_never_none():
    assert isinstance(read_runs(HISTORY)[0], Run)
