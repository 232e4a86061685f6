"""Loops over Keras' ``train_on_batch``, run watched and bare; what the hooks told of them goes out. Imported once Keras is."""

import contextlib
import sys

import numpy as np

from nbdiag.collect import Collector
from nbdiag.events import Trouble
from nbdiag.frameworks.keras.hook import hook
from nbdiag.frameworks.torch.hook import hook as torch_hook

import keras  # isort: skip

R = np.random.default_rng(0)
REAL = R.normal(size=(40, 16, 2)).astype("float32")
NOISE = R.normal(size=(40, 16, 3)).astype("float32")
ONES, ZEROS = np.ones((16, 1)), np.zeros((16, 1))


def network(inputs, outputs, activation=None, name=None):
    return keras.Sequential(
        [keras.Input((inputs,)), keras.layers.Dense(8, "relu"), keras.layers.Dense(outputs, activation)], name=name
    )


def first(values):
    """The loss: the first value, of an array, a list, or alone, as Keras' versions give it."""
    return float(np.ravel(values)[0])


def adversaries(rounds=12):
    """A discriminator and the generator that is trained through it; what ``train_on_batch`` gave."""
    keras.utils.clear_session()  # until Keras 3.3, a seed left the generators there were as they were
    keras.utils.set_random_seed(1)
    judge, maker = network(2, 1, "sigmoid", "judge"), network(3, 2, None, "maker")
    judge.compile("adam", "binary_crossentropy", metrics=["accuracy"])
    z = keras.Input((3,))
    both = keras.Model(z, judge(maker(z)), name="both")
    both.compile("sgd", "binary_crossentropy")
    told = {"judge": [], "both": []}
    for i in range(rounds):
        fake = np.asarray(maker.predict_on_batch(NOISE[i]))
        real = first(judge.train_on_batch(REAL[i], ONES))
        told["judge"].append((real + first(judge.train_on_batch(fake, ZEROS))) / 2)
        told["both"].append(first(both.train_on_batch(NOISE[i], ONES)))
    return told


def alone(batches=11):
    keras.utils.clear_session()  # until Keras 3.3, a seed left the generators there were as they were
    keras.utils.set_random_seed(1)
    model = network(2, 1, "sigmoid", "mine")
    model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
    return {"mine": [first(model.train_on_batch(REAL[i], ONES, return_dict=True)["loss"]) for i in range(batches)]}


def watched(train):
    collector, events = Collector(), []
    with contextlib.ExitStack() as stack:
        for one in (hook, torch_hook) if "torch" in sys.modules else (hook,):
            stack.enter_context(one(events.append))
        told = train()
    for event in events:
        collector.event(event)
    collector.close()
    curves = [
        {c.label: c.values.tolist() for c in run.curves("step") if c.metric.endswith("loss")} for run in collector.runs
    ]
    return {
        "told": told, "bare": train(), "curves": curves, "trouble": [repr(e.error) for e in events if isinstance(e, Trouble)],
        "facts": collector.runs[0].facts.known() if collector.runs else {},
    }  # fmt: skip
