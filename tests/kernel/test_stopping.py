"""Trainings that end because of what was found, each by its framework's own means; and how others end."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.kernel.talk import Kernel

pytestmark = [pytest.mark.kernel, pytest.mark.frameworks]

KERAS = """
import keras, numpy as np, time
import nbdiag, nbdiag.pace
nbdiag.pace.END = nbdiag.pace.FIRST = nbdiag.pace.CHART = 0.0
x, y = np.ones((64, 3), "float32"), np.ones((64, 1), "float32")
class Slow(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        time.sleep(0.05)
def fit(rate, epochs, **options):
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])
    model.compile(keras.optimizers.SGD(rate), "mse")
    callbacks = [Slow(), *options.pop("callbacks", ())]
    return model.fit(x, y, epochs=epochs, verbose=0, callbacks=callbacks, **options)
"""
TORCH = """
import time, torch
w = torch.ones(3, requires_grad=True)
optimizer = torch.optim.SGD([w], lr=1e30)
steps = 0
for epoch in range(1, 2001):
    optimizer.zero_grad()
    loss = (w @ torch.ones(3) - 1) ** 2
    loss.backward()
    optimizer.step()
    steps += 1
    print(f"Epoch {epoch}/2000 - loss: {loss.item():.4f}")
    time.sleep(0.05)
"""


@pytest.fixture(scope="module")
def keras() -> Iterator[Kernel]:
    kernel = Kernel(KERAS_BACKEND="jax")
    try:
        assert kernel.run(f"%load_ext nbdiag\n{KERAS}").status == "ok"
        yield kernel
    finally:
        kernel.close()


def ends(kernel: Kernel) -> list[str]:
    return kernel.value("[d.run.status for d in found]")


def test_keras_stops_when_its_loss_is_no_number_and_the_next_fit_runs_to_its_end(keras):
    answer = keras.run("%%diagnose -o found --stop-on broken\nbad = fit(1e30, 2000)\ngood = fit(0.01, 5)")
    assert answer.status == "ok", answer.tracebacks
    assert ends(keras) == ["stopped", "finished"]
    assert 1 < keras.value("len(bad.epoch)") < 2000
    assert keras.value("len(good.epoch)") == 5
    assert "non-finite" in keras.value("found[0].run.notes[0]")
    assert keras.value("found[1].run.notes") == []


def test_a_rule_by_name_stops_nothing_else_and_without_the_option_nothing_stops(keras):
    for options in ("--stop-on overfitting", ""):
        keras.run(f"%%diagnose -o found {options}\nbad = fit(1e30, 40)")
        assert ends(keras) == ["finished"]
        assert keras.value("len(bad.epoch)") == 40
    assert keras.run("%%diagnose --stop-on broke\nran = True").ename == "UsageError"


def test_of_several_fits_the_one_that_raised_has_failed(keras):
    body = """
class Fails(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        if epoch == 2:
            1 / 0
fit(0.01, 3)
fit(0.01, 9, callbacks=[Fails()])
"""
    assert keras.run(f"%%diagnose -o found\n{body}").ename == "ZeroDivisionError"
    assert ends(keras) == ["finished", "failed"]


def test_a_list_of_callbacks_that_the_reader_made_is_left_as_it_was(keras):
    body = """
model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])
model.compile("sgd", "mse")
mine = keras.callbacks.CallbackList([Slow()], model=model, add_history=True, epochs=2)
before = list(mine.callbacks)
model.fit(x, y, epochs=2, verbose=0, callbacks=mine)
"""
    keras.run(f"%%diagnose -o found --stop-on broken\n{body}")
    assert keras.value("[len(found[0].run), mine.callbacks == before]") == [2, True]


def test_a_loop_in_torch_ends_with_a_documented_exception(keras):
    answer = keras.run(f"%%diagnose -o found --stop-on broken\n{TORCH}")
    assert answer.ename == "StopTraining"
    assert "non-finite" in answer.evalue
    assert ends(keras) == ["stopped"]
    assert 1 < keras.value("steps") < 2000
    caught = keras.run(
        f"%%diagnose -o found --stop-on broken\ntry:{TORCH.replace(chr(10), chr(10) + '    ')}\nexcept nbdiag.StopTraining:\n    pass"
    )
    assert caught.status == "ok", caught.tracebacks
    assert ends(keras) == ["stopped"]
