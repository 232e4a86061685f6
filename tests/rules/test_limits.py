"""The costs at which losses saturate, as the installed frameworks compute them."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from nbdiag.rules.arithmetic import LIMITS

PROGRAM = """
import json
import keras, torch
sure, wrong = [[1.0], [0.0]], [[0.0], [1.0]]
each = keras.ops.convert_to_numpy(keras.losses.binary_crossentropy(keras.ops.array(wrong), keras.ops.array(sure)))
kinds = keras.losses.categorical_crossentropy(keras.ops.array([[0.0, 1.0, 0.0]]), keras.ops.array([[1.0, 0.0, 0.0]]))
bce = torch.nn.BCELoss(reduction="none")(torch.tensor([1.0, 0.0]), torch.tensor([0.0, 1.0]))
print(json.dumps([each.tolist(), keras.ops.convert_to_numpy(kinds).tolist(), bce.tolist()]))
"""


@pytest.mark.frameworks
def test_limits_are_those_of_keras_and_torch() -> None:
    env = {**os.environ, "KERAS_BACKEND": "torch", "OMP_NUM_THREADS": "1"}
    ran = subprocess.run([sys.executable, "-c", PROGRAM], check=True, env=env, capture_output=True, text=True)
    binary, categorical, bce = json.loads(ran.stdout.splitlines()[-1])
    (low, high), (clamp, _) = LIMITS[1], LIMITS[3]
    assert min(binary) == pytest.approx(low, abs=1e-3) and max(binary) == pytest.approx(high, abs=1e-3)
    assert categorical == [pytest.approx(high, abs=1e-3)]
    assert bce == [clamp, clamp]
