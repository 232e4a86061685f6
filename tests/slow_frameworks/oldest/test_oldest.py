"""The oldest versions that are promised, of what nbdiag needs and of what `make test` trains with: its own tests, run with them."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[3]))
sys.path.insert(0, str(Path(__file__).parents[2] / "frameworks"))
sys.path.insert(0, str(Path(__file__).parents[2] / "kernel"))
sys.path.insert(0, str(Path(__file__).parents[1]))

import test_keras_hook
from cell import kernel  # noqa: F401
from test_boosting_hooks import *  # noqa: F403
from test_boosting_stops import *  # noqa: F403
from test_frameworks import *  # noqa: F403
from test_keras_hook import *  # noqa: F403
from test_tqdm_hook import *  # noqa: F403

pytestmark = pytest.mark.timeout(1800)  # the first Keras test of a backend runs all its trainings


@pytest.fixture(scope="module", params=["torch", "jax"])
def answers(request, tmp_path_factory):
    """What all scenarios gave on one backend."""
    path = tmp_path_factory.mktemp("keras") / "answers.json"
    return test_keras_hook.answers_on(request.param, path, timeout=1500)
