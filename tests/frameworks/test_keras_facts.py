"""A compiled Keras model goes in; what is said of its loss is true."""

import os
import subprocess
import sys

import pytest

PROGRAM = """
import keras, numpy as np, nbdiag
keras.utils.set_random_seed(0)
rng = np.random.default_rng(0)
x = rng.normal(size=(200, 8)).astype("float32")
y = (x[:, 0] > 0).astype("int32") + (x[:, 1] > 1)
y[:40] = -1  # to be ignored
model = keras.Sequential([keras.Input((8,)), keras.layers.Dense(16, "relu"), keras.layers.Dense(3, "softmax")])
model.compile("adam", keras.losses.SparseCategoricalCrossentropy(ignore_class=-1), metrics=["accuracy"])
with nbdiag.watch(view="none") as watch:
    model.fit(x, y, epochs=8, verbose=0)
[diagnosis] = watch.diagnoses
print([f.rule for f in diagnosis.findings if f.severity.value in ("broken", "problem") or f.certainty.value == "exact"])
"""


@pytest.mark.frameworks
def test_an_ignored_class_is_no_label_out_of_range():
    environment = {**os.environ, "KERAS_BACKEND": "torch"}
    done = subprocess.run([sys.executable, "-c", PROGRAM], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.strip().splitlines()[-1] == "[]"
