"""Real trainings with one fault in model, loss or data, and the same without it, come in; what a reader is told is checked."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.frameworks

PROGRAMS = Path(__file__).parent / "programs"

# What an expert would say: the first or second finding is this rule, its text or its first two causes hold these words.
ON_TORCH = {
    "sigmoid-categorical": ("output-loss-pair", "always 1"),
    "softmax-one-unit": ("output-loss-pair", "Softmax over one unit is always 1"),
    "softmax-twice": ("output-loss-pair", "applies another softmax"),
    "no-activation": ("output-loss-pair", "Without an activation"),
    "pixels": ("inputs-not-normalised", "from 0 to 255"),
    "rate-1": ("stuck-at-chance", "units died or saturated | it is 1"),
    "rate-1e-7": ("stuck-at-chance", "Learning rate far too low | it is 1e-07"),
    "cold-batchnorm": ("batchnorm-cold-stats", "After 40 steps with `momentum=0.99`"),
    "dropout-0.9": ("high-dropout", "sees 10 % of that layer"),
    "sorted": ("shuffle-off", "samples of one class stand together"),
    "imbalance": ("constant-prediction", "One class is much more frequent"),
    "frozen": ("nothing-to-train", "every parameter is frozen"),
    "accuracy-of-regression": ("accuracy-on-regression", "Accuracy counts targets that are hit exactly"),
    "several-labels": ("loss-metric-mismatch", "the loss asks 6 yes-no questions"),
    "mse-one-hot": ("loss-unusual-for-classes", "Squared error of classes"),
}
# torch raises an error where a label has no unit or lies outside 0 and 1; jax goes on.
ON_JAX = {
    "sigmoid-for-five": ("output-loss-pair", "always 1"),
    "labels-one-two": ("labels-out-of-range", "from 1 to 2, the loss takes 0 to 1"),
    "labels-minus-one": ("labels-out-of-range", "Labels −1 and 1"),
    "labels-beyond": ("labels-out-of-range", "More classes in the data than output units"),
}
HEALTHY = (
    "binary", "five", "categorical", "logits", "binary-logits", "scaled-pixels", "warm-batchnorm", "dropout-0.3",
    "smoothed", "penalised", "weighted", "half-frozen", "regression", "perfect", "weighted-batches",
)  # fmt: skip
SICK_LOOPS = {
    "softmax-inside": "applies another softmax",
    "sigmoid-inside": "applies a softmax",
    "sigmoid-twice": "applies another sigmoid",
}
LOOPS = (
    "plain", "last-batch", "accumulation", "smoothing", "smoothing-both", "penalty", "weights", "weights-both", "logits",
    "masked", "two-decimals", "perfect", "mixed-precision", "normalised",
)  # fmt: skip


def answers(program, path, *arguments, **environment):
    """What a program writes of its trainings."""
    env = os.environ | {"OMP_NUM_THREADS": "1"} | environment
    command = [sys.executable, str(PROGRAMS / program), str(path), *arguments]
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=280)
    assert done.returncode == 0, done.stderr[-4000:]
    assert "NbdiagWarning" not in done.stderr
    return json.loads(path.read_text())


@pytest.fixture(scope="module")
def keras_runs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("keras")
    torch = answers("model_checks.py", folder / "torch.json", *ON_TORCH, *HEALTHY, KERAS_BACKEND="torch")
    return torch | answers("model_checks.py", folder / "jax.json", *ON_JAX, KERAS_BACKEND="jax")


@pytest.fixture(scope="module", params=["hooks", "text"])
def loops(request, tmp_path_factory):
    path = tmp_path_factory.mktemp("loops") / "loops.json"
    return answers("misleading_loops.py", path, request.param, *LOOPS) | {"seen": request.param}


@pytest.fixture(scope="module")
def sick_loops(tmp_path_factory):
    return answers("misleading_loops.py", tmp_path_factory.mktemp("sick") / "sick.json", "hooks", *SICK_LOOPS)


@pytest.mark.parametrize("name", [*ON_TORCH, *ON_JAX])
def test_the_cause_an_expert_would_name_comes_first_or_second(keras_runs, name):
    rule, words = (ON_TORCH | ON_JAX)[name]
    found = keras_runs[name]
    named = [f for f in found["findings"][:2] if f["rule"] == rule]
    assert named and found["failures"] == [], [f["title"] for f in found["findings"]]
    assert words in " ".join([named[0]["title"], named[0]["message"], *named[0]["causes"][:2]])


@pytest.mark.parametrize("name", HEALTHY)
def test_the_same_program_made_healthy_is_left_alone(keras_runs, name):
    found = keras_runs[name]
    assert found["failures"] == []
    for finding in found["findings"]:
        assert finding["severity"] in ("good", "note"), finding["title"]
        assert finding["certainty"] != "exact" or finding["rule"] == "class-imbalance", finding["title"]


def test_what_the_objects_tell(keras_runs):
    facts = {name: found["facts"] for name, found in keras_runs.items()}
    assert facts["weighted"]["class_weight"] == {"0": 1.0, "1": 4.0} and facts["five"]["class_weight"] is False
    assert facts["weighted-batches"]["class_weight"]["0"] == 5 and "input_range" not in facts["weighted-batches"]
    assert facts["smoothed"]["label_smoothing"] == 0.2 and facts["five"]["label_smoothing"] == 0
    assert facts["penalised"]["has_penalty"] is True and facts["five"]["has_penalty"] is False
    assert facts["scaled-pixels"]["input_range"] == pytest.approx([0, 1], abs=0.01)
    assert facts["labels-one-two"]["label_range"] == [1, 2]
    assert facts["accuracy-of-regression"]["task"] == facts["regression"]["task"] == "regression"
    assert (facts["mse-one-hot"]["task"], facts["mse-one-hot"]["n_classes"]) == ("classification", 5)
    assert facts["logits"]["output_activation"] == "linear" and facts["logits"]["from_logits"] is True
    assert facts["frozen"]["frozen"] == 1 and 0.2 < facts["half-frozen"]["frozen"] < 0.4
    assert facts["sorted"]["label_order"] == "sorted" and facts["five"]["label_order"] == "mixed"


@pytest.mark.parametrize("name", LOOPS)
def test_numbers_that_could_mislead_prove_nothing(loops, name):
    assert len(loops[name]) == 1
    found = loops[name][0]
    assert found["failures"] == [] and "accuracy" in found["metrics"]
    for finding in found["findings"]:
        assert finding["severity"] in ("good", "note"), finding["title"]
        assert finding["certainty"] != "exact", finding["title"]


def test_what_a_loss_call_tells(loops):
    facts = {name: found[0]["facts"] for name, found in loops.items() if name != "seen"}
    if loops["seen"] == "text":
        assert not any("output_activation" in known or "task" in known for known in facts.values())
        return
    plain, logits = facts["plain"], facts["logits"]
    assert (plain["task"], plain["n_classes"], plain["output_units"]) == ("classification", 4, 4)
    assert plain["from_logits"] is True and plain["output_activation"] == "linear" and plain["class_weight"] is False
    assert (logits["task"], logits["n_classes"], logits["output_units"]) == ("classification", 2, 1)
    assert logits["from_logits"] is True and facts["weights"]["class_weight"] is True
    assert [name for name, known in facts.items() if "has_batchnorm" in known] == ["normalised"]
    assert "loss" not in facts["penalty"] and "from_logits" not in facts["penalty"]  # a sum of parts


@pytest.mark.parametrize("name", SICK_LOOPS)
def test_a_pytorch_model_that_ends_wrongly(sick_loops, name):
    (found,) = sick_loops[name]
    first = found["findings"][0]
    assert first["rule"] == "output-loss-pair" and SICK_LOOPS[name] in first["message"]
