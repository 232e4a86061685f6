"""Real Keras trainings on torch and jax, each in a process of its own, come in; what the hook told of them is checked."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.frameworks

PROGRAM = Path(__file__).parent / "programs" / "keras_trainings.py"
SCENARIOS = (
    "imported_inside", "identity", "exact", "several", "failing", "inside_and_beside", "odd", "broken", "steps", "outlier", "fits_in_a_loop", "batches",
)  # fmt: skip
PACKAGE = os.path.join("nbdiag", "frameworks")


@pytest.fixture(scope="module", params=["torch", "jax"])
def answers(request, tmp_path_factory):
    """What all scenarios gave on one backend."""
    return answers_on(request.param, tmp_path_factory.mktemp("keras") / "answers.json")


def answers_on(backend, path, timeout=280):
    """Run the scenarios in a process of their own."""
    env = os.environ | {"KERAS_BACKEND": backend, "OMP_NUM_THREADS": "1"}
    command = [sys.executable, str(PROGRAM), str(path), *SCENARIOS]
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=timeout)
    assert done.returncode == 0, done.stderr[-4000:]
    return json.loads(path.read_text()) | {"backend": backend}


def test_keras_imported_while_the_hook_is_open(answers):
    found = answers["imported_inside"]
    assert found["before"] is False
    assert found["begins"] == 1 and found["ends"] == ["finished"]
    assert found["during"] == ["_Observed", "_Observed"] and found["after"] == ["function", "function"]
    assert found["finders"] == []


@pytest.mark.parametrize("verbose", ["0", "1", "2"])
def test_training_is_bit_identical(answers, verbose):
    found = answers["identity"][verbose]
    assert found["steady"], "the training itself must repeat, else nothing is proven"
    assert all(found["same"]), found["same"]
    assert found["sampled"] >= 5
    assert found["trouble"] == []
    assert bool(found["text"]) == (verbose != "0")


def test_values_are_those_of_history(answers):
    found = answers["exact"]
    told = found["told"]
    assert told["history"] == found["history"]
    assert told["epochs"]["loss"] == [4, 5, 6, 7, 8]
    assert told["epochs"]["val_loss"] == [4, 6, 8]
    assert told["trouble"] == [] and told["ends"] == ["finished"]
    assert found["scheduled"] == pytest.approx([0.1, 0.05, 0.025])
    assert found["constant"] is False


def test_fits_of_one_epoch_in_a_loop_are_one_training(answers):
    found = answers["fits_in_a_loop"]
    assert found["runs"] == [
        [[1, 2, 3, 4], 4, "finished"], [[1], 1, "finished"], [[1, 2, 3], 3, "finished"], [[1, 2], 2, "finished"]
    ]  # fmt: skip
    assert found["same"] and found["trouble"] == []


def test_facts_read_from_the_objects(answers):
    told = answers["exact"]["told"]
    assert told["origins"] == ["object"]
    counts = told["facts"].pop("class_counts_train")
    assert sum(counts) == 96 and len(counts) == 2 and sum(told["facts"].pop("class_counts_val")) == 30
    assert told["facts"].pop("learning_rate") == pytest.approx(0.001)
    low, high = told["facts"].pop("input_range")
    assert -5 < low < -2 and 2 < high < 5  # 480 normal numbers
    assert told["facts"] == {
        "task": "classification", "loss": "sparse_categorical_crossentropy", "n_classes": 2, "n_train": 96, "n_val": 30,
        "batch_size": 24, "epochs": 8, "optimizer": "Adam", "has_dropout": True, "has_batchnorm": True,
        "batchnorm_momentum": 0.99, "steps_per_epoch": 4, "label_smoothing": 0.0, "has_penalty": False,
        "class_weight": False, "from_logits": False, "augmentation": False, "loss_is": "epoch-mean",
        "backend": answers["backend"], "framework": "keras", "shuffle": True,
        "dropout": 0.3, "output_activation": "softmax", "output_units": 2, "label_range": [0.0, 1.0],
        "label_order": "mixed", "frozen": 0.0,
    }  # fmt: skip


def test_each_fit_is_a_run_and_evaluations_are_none(answers):
    found = answers["several"]
    assert found["told"]["begins"] == 3 and found["told"]["ends"] == ["finished"] * 3
    assert found["only"] == []


def test_errors_carry_no_frame_of_ours(answers):
    for name, found in answers["failing"].items():
        assert found["trouble"] == [], name
        assert not [f for f in found["files"] if PACKAGE in f and "tests" not in f], (name, found["files"])
        if name != "caught":
            assert found["files"], name


def test_a_fit_that_raises_still_ends(answers):
    found = answers["failing"]
    for filtering in ("True", "False"):
        assert found[f"set_model {filtering}"]["begins"] == 0
        assert found[f"cardinality {filtering}"]["begins"] == 0
        assert found[f"on_train_begin {filtering}"]["begins"] == 0
        assert found[f"on_epoch_end {filtering}"]["ends"] == ["failed"]
        assert found[f"on_epoch_end {filtering}"]["last_is_end"]
    assert found["interrupt"]["ends"] == ["interrupted"]
    assert found["caught"]["ends"] == ["interrupted", "interrupted", "finished"]


def test_a_fit_inside_another_is_part_of_it(answers):
    nested = answers["inside_and_beside"]["nested"]
    assert nested["begins"] == 1 and nested["ends"] == ["finished"]
    assert nested["epochs"]["loss"] == [1, 2, 3] and nested["facts"]["epochs"] == 3


@pytest.mark.parametrize("name", ["thread", "own"])
def test_fits_in_threads_and_of_subclasses(answers, name):
    found = answers["inside_and_beside"][name]
    assert found["begins"] == 1 and found["ends"] == ["finished"]
    assert found["epochs"]["loss"] == [1, 2, 3] and found["trouble"] == []


def test_a_list_of_the_readers_own_is_left_as_it_was(answers):
    found = answers["inside_and_beside"]["list"]
    assert found["left"] == ["History"]
    assert found["begins"] == 2 and found["ends"] == ["finished"] * 2


def test_models_and_data_of_every_shape(answers):
    for name, found in answers["odd"].items():
        assert found["trouble"] == [], name
        assert found["history"] == found["expected"], name
        assert found["sampled"] == 0 or name in {"weights", "loss weights", "tensors"}, name
    odd = {name: found["facts"] for name, found in answers["odd"].items()}
    assert odd["own loss"]["loss"] == "custom" and "from_logits" not in odd["own loss"]
    assert odd["penalty"]["has_penalty"] is True and odd["penalty"]["from_logits"] is True
    assert odd["weights"]["class_weight"] == {"0": 1.0, "1": 4.0}
    assert odd["loss weights"]["loss"] == "custom"
    assert "loss" not in odd["two outputs"]
    assert odd["own compute_loss"]["loss"] == "custom" and odd["own compute_loss"]["loss_is"] == "unknown"
    assert odd["generator"]["steps_per_epoch"] == 4 and "n_train" not in odd["generator"]
    assert odd["sequence"]["steps_per_epoch"] == 4
    if answers["backend"] == "torch":
        assert odd["loader"]["n_train"] == 96 and odd["loader"]["shuffle"] is True and odd["loader"]["n_val"] == 96
        assert sum(odd["tensors"]["class_counts_train"]) == 96


def test_a_fault_of_ours_is_told_and_harms_nothing(answers):
    for name, found in answers["broken"].items():
        assert found["same"], name
        assert found["trouble"] and "planted" in found["trouble"][0], name
        assert found["begins"] == 1 and found["ends"] == ["finished"], name


def test_steps_of_long_epochs_only(answers):
    found = answers["steps"]
    assert found["short"] == [] and found["short reached"]
    places = [(epoch, step) for metric, split, epoch, step in found["long"] if (metric, split) == ("loss", "train")]
    assert len(places) == len(found["long"]) and places
    assert all(epoch % 1 == pytest.approx(step / 6) for epoch, step in places)
    assert places == sorted(places)


def test_the_outlier_is_named(answers):
    found = answers["outlier"]
    last, labels, predicted = found["last"], found["labels"], found["predicted"]
    assert last.index(max(last)) == 3
    assert max(last) > 0.5 * sum(last)
    assert (labels[3], predicted[3]) == (1, 0) and found["confidence"][3] > 0.9
    history = found["expected"]["val_loss"]
    assert sum(last) / 20 == pytest.approx(history[-1], rel=1e-5) and found["last_epoch"] == len(history)
    assert sum(found["best"]) / 20 == pytest.approx(min(history), rel=1e-5)
    assert found["best_epoch"] == history.index(min(history)) + 1
    assert len(found["probabilities"]) == 20


def test_two_models_are_two_losses_of_one_run_each_at_full_precision(answers):
    found = answers["batches"]["adversaries"]
    assert found["curves"] == [{"judge loss": found["told"]["judge"], "both loss": found["told"]["both"]}]
    assert (found["facts"]["framework"], found["facts"]["optimizer"]) == ("keras", "Adam")


def test_one_model_has_a_value_for_each_batch(answers):
    found = answers["batches"]["alone"]
    assert found["curves"] == [{"mine loss": found["told"]["mine"]}]


def test_batches_have_the_same_losses_with_and_without_us(answers):
    for found in answers["batches"].values():
        assert found["told"] == found["bare"] and found["trouble"] == []
