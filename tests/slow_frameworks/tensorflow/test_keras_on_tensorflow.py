"""Real Keras trainings on TensorFlow come in; what the hook told of them is checked as on torch and jax."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "frameworks"))

import test_keras_hook
from test_keras_hook import *  # noqa: F403

pytestmark = pytest.mark.timeout(1800)  # TensorFlow traces a graph for each of many small models


@pytest.fixture(scope="module")
def answers(tmp_path_factory):
    """What all scenarios gave on TensorFlow."""
    return test_keras_hook.answers_on("tensorflow", tmp_path_factory.mktemp("keras") / "answers.json", timeout=1500)
