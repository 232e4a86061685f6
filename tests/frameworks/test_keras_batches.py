"""Loops over Keras' ``train_on_batch``, on torch and jax, come in; the losses of each model are checked."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.frameworks

PROGRAM = Path(__file__).parent / "programs" / "keras_batches.py"


@pytest.fixture(scope="module", params=["torch", "jax"])
def answers(request):
    env = os.environ | {"KERAS_BACKEND": request.param, "OMP_NUM_THREADS": "1"}
    done = subprocess.run([sys.executable, str(PROGRAM)], env=env, capture_output=True, text=True, timeout=280)
    assert done.returncode == 0, done.stderr[-4000:]
    return json.loads(done.stdout.splitlines()[-1])


def test_two_models_are_two_losses_of_one_run_each_at_full_precision(answers):
    found = answers["adversaries"]
    assert found["curves"] == [{"judge loss": found["told"]["judge"], "both loss": found["told"]["both"]}]
    assert (found["facts"]["framework"], found["facts"]["optimizer"]) == ("keras", "Adam")


def test_one_model_has_a_value_for_each_batch(answers):
    found = answers["alone"]
    assert found["curves"] == [{"mine loss": found["told"]["mine"]}]


def test_the_same_losses_with_and_without_us(answers):
    for found in answers.values():
        assert found["told"] == found["bare"] and found["trouble"] == []
