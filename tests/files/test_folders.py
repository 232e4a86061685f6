"""Folders as trainers and loggers leave them: each gives its runs."""

import json

import pytest

from nbdiag.errors import UnknownSource
from nbdiag.sources import read_runs

VALUES = [1.0, 0.5, 0.25]


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def told(folder):
    return [(run.number, run.name, {c.name: c.values.tolist() for c in run.curves()}) for run in read_runs(folder)]


def state(values):
    rows = [{"epoch": float(e), "step": 5 * e, "loss": v} for e, v in enumerate(values, 1)]
    return json.dumps({"global_step": 5 * len(values), "num_train_epochs": 3, "log_history": rows})


def test_a_trainers_checkpoints_the_last_of_which_knows_all(tmp_path):
    for step, values in ((5, VALUES[:1]), (10, VALUES[:2]), (15, VALUES)):
        write(tmp_path / f"checkpoint-{step}" / "trainer_state.json", state(values))
    assert told(tmp_path) == [(1, "", {"train:loss": VALUES})]


def test_a_state_that_keeps_what_was_printed(tmp_path):
    write(tmp_path / "trainer_state.json", state([str(v) for v in VALUES]))
    assert told(tmp_path) == [(1, "", {"train:loss": VALUES})]


def test_versions_of_a_logger_are_runs_in_the_order_of_their_numbers(tmp_path):
    for number in (0, 2, 10):
        rows = "".join(f"{e},{4 * e + 3},{v + number}\n" for e, v in enumerate(VALUES))
        write(tmp_path / f"version_{number}" / "metrics.csv", "epoch,step,train_loss\n" + rows)
    write(tmp_path / "version_1" / "hparams.yaml", "lr: 0.1\n")
    assert told(tmp_path) == [
        (i, f"version_{n}", {"train:loss": [v + n for v in VALUES]}) for i, n in ((1, 0), (2, 2), (3, 10))
    ]


def test_a_file_store_of_mlflow_from_any_of_its_folders(tmp_path):
    home = tmp_path / "mlruns" / "0" / "4f2a"
    write(home / "meta.yaml", "artifact_uri: x\nrun_name: calm-fox-12\n")
    for name, tail in (("train_loss", ""), ("val/loss", " 0 m-1")):
        write(home / "metrics" / name, "".join(f"17000000000{e} {v} {e}{tail}\n" for e, v in enumerate(VALUES)))
    write(home / "metrics" / "system" / "cpu_utilization_percentage", "1700000000001 3.0 0\n1700000000002 4.0 1\n")
    with (home / "metrics" / "train_loss").open("a") as file:
        file.write("1700000")  # still being written
    expected = [(1, "calm-fox-12", {"train:loss": VALUES, "val:loss": VALUES})]
    for folder in (home / "metrics", home, home.parent, home.parent.parent):
        assert told(folder) == expected
    (run,) = read_runs(home)
    assert run.curve("loss", "val").steps.tolist() == [0, 1, 2]


def test_what_catboost_leaves_beside_a_training(tmp_path):
    rounds = [
        {"iteration": i, "learn": [v, 0.1], "test": [v + 1, 0.2], "passed_time": 0.1} for i, v in enumerate(VALUES)
    ]
    measures = [{"name": "Logloss", "best_value": "Min"}, {"name": "AUC", "best_value": "Max"}]
    meta = {"test_sets": ["test"], "learn_metrics": measures, "test_metrics": measures[:1], "iteration_count": 9}
    write(tmp_path / "catboost_training.json", json.dumps({"meta": meta, "iterations": rounds}))
    write(tmp_path / "learn_error.tsv", "iter\tLogloss\n0\t1\n")
    expected = {"train:logloss": VALUES, "train:auc": [0.1] * 3, "val:logloss": [v + 1 for v in VALUES]}
    assert told(tmp_path) == [(1, "", expected)]
    (run,) = read_runs(tmp_path)
    assert (run.curve("logloss", "val").epochs.tolist(), run.facts.epochs) == ([1, 2, 3], 9)


def test_any_other_folder_says_so(tmp_path):
    write(tmp_path / "metrics" / "loss", "1 0.5 0\n")
    with pytest.raises(UnknownSource, match="folder"):
        read_runs(tmp_path)
