"""A Keras fit under %%diagnose trains, prints and raises exactly as without it, on torch and on jax."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from tests.kernel.talk import Answer, Kernel

pytestmark = [pytest.mark.kernel, pytest.mark.frameworks]

SETUP = """
import hashlib, os, random, types
import numpy as np, keras
from keras.src.utils import progbar
progbar.time = types.SimpleNamespace(time=lambda: 0.0)  # the bar prints how long a step took: by this clock always as long

rng = np.random.default_rng(0)
x = rng.normal(size=(160, 6)).astype("float32")
y = (x[:, 0] + 0.5 * rng.normal(size=160) > 0).astype("int32")

def generators():
    states = [repr(random.getstate()), repr(np.random.get_state())]
    if os.environ["KERAS_BACKEND"] == "torch":
        import torch
        states.append(torch.get_rng_state().numpy().tobytes().hex())
    return hashlib.sha256("".join(states).encode()).hexdigest()

def weights(model):
    return hashlib.sha256(b"".join(np.ascontiguousarray(w).tobytes() for w in model.get_weights())).hexdigest()
"""

FIT = """
keras.utils.set_random_seed(1)
model = keras.Sequential([
    keras.Input((6,)), keras.layers.Dense(16, activation="relu"), keras.layers.BatchNormalization(),
    keras.layers.Dropout(0.4), keras.layers.Dense(2, activation="softmax"),
])
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
history = model.fit(x[:120], y[:120], validation_data=(x[120:], y[120:]), epochs=25, batch_size=16, verbose={verbose})
"""

FAIL = """
class Fails(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        if epoch == 2:
            raise RuntimeError("on purpose")
model.fit(x, y, epochs=5, verbose=0, callbacks=[Fails()])
"""


@pytest.fixture(scope="module", params=["torch", "jax"])
def keras_kernel(request: pytest.FixtureRequest) -> Iterator[Kernel]:
    kernel = Kernel(KERAS_BACKEND=request.param)
    try:
        assert kernel.run("%load_ext nbdiag").status == "ok"
        assert kernel.run(SETUP).status == "ok"
        yield kernel
    finally:
        kernel.close()


@pytest.mark.parametrize("verbose", [0, 1])
def test_weights_history_generators_and_text_are_the_same(keras_kernel: Kernel, verbose: int):
    def trained(first: str) -> tuple[str, object]:
        answer = keras_kernel.run(first + FIT.format(verbose=verbose))
        assert answer.status == "ok", answer.tracebacks
        return answer.text(), keras_kernel.value("[weights(model), generators(), history.history]")

    bare, watched, again = trained(""), trained("%%diagnose -o found\n"), trained("")
    assert bare == again  # or the comparison below would prove nothing
    assert watched == bare
    assert keras_kernel.value("len(found[0].run.curve('loss', 'val', 'epoch'))") == 25


def test_an_error_inside_fit_shows_no_frame_of_ours(keras_kernel: Kernel):
    keras_kernel.run(FIT.format(verbose=0))
    bare, watched = keras_kernel.run(FAIL), keras_kernel.run("%%diagnose\n" + FAIL)
    assert watched.status == bare.status == "error"
    assert (watched.ename, watched.evalue) == (bare.ename, bare.evalue)
    assert frames(watched) == frames(bare)


def frames(answer: Answer) -> list[tuple[str, str]]:
    """File or cell, and function, of each frame shown."""
    plain = re.sub(r"\x1b\[[0-9;]*m", "", answer.tracebacks[0])
    found = re.findall(r"^(?:File (\S+?):\d+|Cell In).*?(?:, in (\S+?)\(|$)", plain, re.MULTILINE)
    assert len(found) >= 2
    return found
