"""Scenarios' names come in; small Keras trainings of each, sick and healthy, run watched; their findings go out as JSON.

Runs in a process of its own. ``sick`` trainings carry one fault in model, loss or data; ``healthy`` ones are the same
programs without it, or such whose printed numbers could mislead.
"""

import json
import sys
from pathlib import Path

import keras
import numpy as np
from keras import layers

import nbdiag

sys.path.insert(0, str(Path(__file__).parent))
from findings import told

rng = np.random.default_rng(0)


def blobs(n, k, apart=2.0, features=8):
    """Classes around centres of their own, standardised."""
    centres = np.random.default_rng(5).normal(size=(k, features))
    y = rng.integers(0, k, n)
    return (apart * centres[y] + rng.normal(size=(n, features))).astype("float32") / apart, y


X2, Y2 = blobs(600, 2)
X5, Y5 = blobs(1000, 5)
HOT5 = np.eye(5, dtype="float32")[Y5]
WAVE = rng.normal(size=(600, 4)).astype("float32")
TARGET = (np.sin(WAVE[:, 0]) + WAVE[:, 1] * WAVE[:, 2] + 0.1 * rng.normal(size=600)).astype("float32")


def network(out, activation, *between, features=8, units=32):
    return keras.Sequential(
        [
            layers.Input((features,)),
            layers.Dense(units, activation="relu"),
            *between,
            layers.Dense(out, activation=activation),
        ]
    )


def train(model, loss, x, y, *, optimizer="adam", metrics=("accuracy",), epochs=15, **fit):
    """Compile, fit with a fifth held back, and say what nbdiag finds."""
    keras.utils.set_random_seed(1)
    for layer in model._flatten_layers(include_self=False):
        for variable in layer.weights if type(layer).__name__ in ("Dense", "Conv2D") else ():
            if variable.ndim > 1:
                variable.assign(keras.initializers.GlorotUniform(seed=2)(variable.shape))
    model.compile(optimizer=optimizer, loss=loss, metrics=list(metrics))
    cut = len(x) * 4 // 5
    options = {"validation_data": (x[cut:], y[cut:]), "epochs": epochs, "verbose": 0, "batch_size": 32} | fit
    with nbdiag.watch(view="none") as watched:
        model.fit(x[:cut], y[:cut], **options)
    return watched.diagnoses[-1]


def ordered(x, y):
    """Training part sorted by class, validation part mixed."""
    cut = len(x) * 4 // 5
    order = np.concatenate([np.argsort(y[:cut], kind="stable"), np.arange(cut, len(x))])
    return x[order], y[order]


def rare(share):
    y = (rng.random(1000) < share).astype(int)
    x = (rng.normal(size=(1000, 8)) + 0.4 * y[:, None]).astype("float32")
    return x, y


def frozen(model):
    model.trainable = False
    return model


def half_frozen():
    model = network(5, "softmax", layers.Dense(16, activation="relu"))
    model.layers[0].trainable = False
    return model


class Batches(keras.utils.PyDataset):
    """The training part in batches, not in memory as arrays."""

    def __len__(self):
        return 25

    def __getitem__(self, i):
        return X5[i * 32 : i * 32 + 32], Y5[i * 32 : i * 32 + 32]


def weighted_batches():
    keras.utils.set_random_seed(1)
    model = network(5, "softmax")
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    weights = {0: 5.0, 1: 1.0, 2: 1.0, 3: 1.0, 4: 1.0}
    with nbdiag.watch(view="none") as watched:
        model.fit(Batches(), epochs=10, verbose=0, validation_data=(X5[800:], Y5[800:]), class_weight=weights)
    return watched.diagnoses[-1]


def several_labels():
    x = rng.normal(size=(1000, 8)).astype("float32")
    return x, (x @ rng.normal(size=(8, 6)) > 0).astype("float32")


SPARSE = keras.losses.SparseCategoricalCrossentropy
ADAM = keras.optimizers.Adam
SICK = {
    "sigmoid-categorical": lambda: train(
        network(1, "sigmoid"), "categorical_crossentropy", X2, Y2[:, None].astype("float32")
    ),
    "softmax-one-unit": lambda: train(network(1, "softmax"), "binary_crossentropy", X2, Y2),
    "softmax-twice": lambda: train(network(5, "softmax"), SPARSE(from_logits=True), X5, Y5, epochs=25),
    "no-activation": lambda: train(network(5, None), "sparse_categorical_crossentropy", X5, Y5),
    "sigmoid-for-five": lambda: train(network(1, "sigmoid"), "sparse_categorical_crossentropy", X5, Y5),
    "labels-one-two": lambda: train(network(1, "sigmoid"), "binary_crossentropy", X2, Y2 + 1),
    "labels-minus-one": lambda: train(network(1, "sigmoid"), "binary_crossentropy", X2, 2 * Y2 - 1),
    "labels-beyond": lambda: train(network(4, "softmax"), "sparse_categorical_crossentropy", X5, Y5),
    "pixels": lambda: train(network(5, "softmax", features=64), "sparse_categorical_crossentropy", *pixels(1)),
    "rate-1": lambda: train(
        network(5, "softmax", layers.Dense(32, activation="relu")),
        "sparse_categorical_crossentropy",
        X5,
        Y5,
        optimizer=ADAM(1.0),
    ),
    "rate-1e-7": lambda: train(network(5, "softmax"), "sparse_categorical_crossentropy", X5, Y5, optimizer=ADAM(1e-7)),
    "cold-batchnorm": lambda: train(
        network(5, "softmax", layers.BatchNormalization()),
        "sparse_categorical_crossentropy",
        X5 * 4 + 6,
        Y5,
        batch_size=160,
        epochs=8,
    ),
    "dropout-0.9": lambda: train(network(5, "softmax", layers.Dropout(0.9)), "sparse_categorical_crossentropy", X5, Y5),
    "sorted": lambda: train(
        network(5, "softmax"), "sparse_categorical_crossentropy", *ordered(X5, Y5), shuffle=False, optimizer=ADAM(0.03)
    ),
    "imbalance": lambda: train(network(1, "sigmoid"), "binary_crossentropy", *rare(0.05)),
    "frozen": lambda: train(frozen(network(5, "softmax")), "sparse_categorical_crossentropy", X5, Y5),
    "accuracy-of-regression": lambda: train(network(1, None, features=4), "mse", WAVE, TARGET),
    "mse-one-hot": lambda: train(network(5, "softmax"), "mse", X5, HOT5),
    "several-labels": lambda: train(network(6, "sigmoid"), "binary_crossentropy", *several_labels()),
}
HEALTHY = {
    "binary": lambda: train(network(1, "sigmoid"), "binary_crossentropy", X2, Y2),
    "five": lambda: train(network(5, "softmax"), "sparse_categorical_crossentropy", X5, Y5, epochs=25),
    "categorical": lambda: train(network(5, "softmax"), "categorical_crossentropy", X5, HOT5),
    "logits": lambda: train(network(5, None), SPARSE(from_logits=True), X5, Y5),
    "binary-logits": lambda: train(network(1, None), keras.losses.BinaryCrossentropy(from_logits=True), X2, Y2),
    "scaled-pixels": lambda: train(
        network(5, "softmax", features=64), "sparse_categorical_crossentropy", *pixels(1 / 255)
    ),
    "warm-batchnorm": lambda: train(
        network(5, "softmax", layers.BatchNormalization(momentum=0.8)), "sparse_categorical_crossentropy", X5, Y5
    ),
    "dropout-0.3": lambda: train(network(5, "softmax", layers.Dropout(0.3)), "sparse_categorical_crossentropy", X5, Y5),
    "smoothed": lambda: train(
        network(5, "softmax"), keras.losses.CategoricalCrossentropy(label_smoothing=0.2), X5, HOT5
    ),
    "penalised": lambda: train(penalised(), "sparse_categorical_crossentropy", X5, Y5),
    "weighted": lambda: train(network(1, "sigmoid"), "binary_crossentropy", *rare(0.2), class_weight={0: 1.0, 1: 4.0}),
    "half-frozen": lambda: train(half_frozen(), "sparse_categorical_crossentropy", X5, Y5),
    "regression": lambda: train(network(1, None, features=4), "mse", WAVE, TARGET, metrics=["mae"]),
    "perfect": lambda: train(network(2, "softmax"), "sparse_categorical_crossentropy", X2 * 4, Y2, epochs=25),
    "weighted-batches": weighted_batches,
}


def pixels(scale):
    """Pictures of 8 by 8 pixels, bright where their class says."""
    y = rng.integers(0, 5, 1000)
    x = rng.integers(0, 256, (1000, 64)).astype("float32")
    for k in range(5):
        x[y == k, 12 * k : 12 * k + 6] = rng.integers(128, 256, ((y == k).sum(), 6))
    return x * scale, y


def penalised():
    return keras.Sequential(
        [
            layers.Input((8,)),
            layers.Dense(32, activation="relu", kernel_regularizer=keras.regularizers.L2(0.01)),
            layers.Dense(5, activation="softmax"),
        ]
    )


if __name__ == "__main__":
    path, *names = sys.argv[1:]
    every = SICK | HEALTHY
    found = {name: told(every[name]()) for name in names or every}
    with open(path, "w") as file:
        json.dump(found, file, default=str)
