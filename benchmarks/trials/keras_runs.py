"""Keras trainings, healthy and not, printed by Keras itself."""

from __future__ import annotations

import functools
import os

os.environ.setdefault("KERAS_BACKEND", "jax")
import keras
import numpy as np
from keras import layers

from benchmarks.trials import data
from benchmarks.trials.trial import OVER, OVER_TRUE, STUCK, WILD, fault, healthy

# fmt: off
# A table: one line a training.

D = functools.partial


def run(stack, split, loss="sparse_categorical_crossentropy", optimizer="adam", lr=None, metrics=("accuracy",), epochs=12, batch=32, seed=0, callbacks=(), val=True, fit=None, start=0):
    keras.utils.set_random_seed(seed)
    s = split() if callable(split) else split
    model = keras.Sequential([keras.Input(s.x.shape[1:]), *stack()])
    opt = keras.optimizers.get(optimizer)
    if lr is not None:
        opt.learning_rate = lr
    model.compile(optimizer=opt, loss=loss, metrics=list(metrics))
    model.fit(s.x, s.y, validation_data=(s.xv, s.yv) if val else None, epochs=epochs, batch_size=batch, verbose=2, callbacks=list(callbacks), **(fit or {}))


def dense(*sizes, act="relu", last="softmax", dropout=0.0, bn=False, reg=None):
    def stack():
        parts = []
        for n in sizes[:-1]:
            parts += [layers.Dense(n, kernel_regularizer=reg), *([layers.BatchNormalization()] * bn), layers.Activation(act), *([layers.Dropout(dropout)] if dropout else [])]
        return [*parts, layers.Dense(sizes[-1], activation=last)]

    return stack


def ok(name, *a, true=(), **k):
    healthy("keras " + name, lambda: run(*a, **k), true)


def bad(name, stack, split, *faults, true=(), printed=None, **k):
    fault("keras " + name, lambda: run(stack, split, **k), *faults, true=true, printed=printed)


digits, cancer = data.digits, lambda: data.scaled(data.cancer())


def channels():
    return (lambda s: s._replace(x=s.x.transpose(0, 2, 3, 1), xv=s.xv.transpose(0, 2, 3, 1)))(data.digits(image=True))


def conv(bn=False, drop=0.0):
    return lambda: [layers.Conv2D(8, 3, padding="same"), *([layers.BatchNormalization()] * bn), layers.ReLU(), layers.MaxPooling2D(), layers.Conv2D(16, 3, activation="relu"), layers.Flatten(), *([layers.Dropout(drop)] if drop else []), layers.Dense(10, activation="softmax")]


ok("digits", dense(48, 10), digits, epochs=15)
ok("cnn dropout", conv(drop=0.4), channels, epochs=12)
ok("cnn batchnorm momentum .9", lambda: [layers.Conv2D(8, 3, padding="same"), layers.BatchNormalization(momentum=0.9), layers.ReLU(), layers.Flatten(), layers.Dense(10, activation="softmax")], channels, epochs=12)
ok("l2 penalty", dense(48, 10, reg="l2"), digits, epochs=25)
ok("label smoothing", dense(48, 10, last=None), lambda: (lambda s: s._replace(y=np.eye(10, dtype="float32")[s.y], yv=np.eye(10, dtype="float32")[s.yv]))(digits()), loss=keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=0.1), epochs=15)
ok("cancer from logits accuracy", dense(8, 1, last=None), cancer, loss=keras.losses.BinaryCrossentropy(from_logits=True), epochs=25)
ok("cancer many metrics", dense(8, 1, last="sigmoid"), cancer, loss="binary_crossentropy", metrics=["accuracy", "auc", "precision", "recall"], epochs=15)
ok("class weights", dense(16, 1, last="sigmoid"), D(data.tabular, n=3000, n_val=1000, weights=[0.9], sep=1.5), loss="binary_crossentropy", epochs=10, fit={"class_weight": {0: 1.0, 1: 9.0}})
ok("friedman mae metric", dense(32, 1, last=None), data.friedman, loss="mse", metrics=["mae"], epochs=25)
ok("lstm", lambda: [layers.LSTM(16), layers.Dense(3, activation="softmax")], data.sequences, epochs=12, lr=5e-3)
ok("early stopping restore", dense(64, 10), digits, epochs=100, lr=3e-3, callbacks=[keras.callbacks.EarlyStopping(patience=4, restore_best_weights=True)])
ok("no validation", dense(32, 10), digits, epochs=12, val=False)
ok("validation split", dense(32, 10), digits, epochs=12, val=False, fit={"validation_split": 0.25})
ok("reduce on plateau", dense(32, 10), digits, epochs=25, lr=5e-3, callbacks=[keras.callbacks.ReduceLROnPlateau(patience=2)])
ok("multi-label binary accuracy", dense(32, 6, last="sigmoid"), data.multilabel, loss="binary_crossentropy", metrics=["binary_accuracy"], epochs=15)
ok("autoencoder bce", dense(32, 12, 32, 64, last="sigmoid"), lambda: (lambda s: s._replace(y=s.x, yv=s.xv))(digits()), loss="binary_crossentropy", metrics=[], epochs=15)
ok("three epochs", conv(), channels, epochs=3, batch=16)

bad("overfit", dense(256, 256, 1, last="sigmoid"), D(data.tabular, n=300, n_val=500, sep=0.5, flip=0.1), *OVER, loss="binary_crossentropy", epochs=50, true=OVER_TRUE)
bad("overfit late", dense(64, 5), D(data.tabular, n=600, n_val=500, k=5, flip=0.1), *OVER, epochs=100, true=OVER_TRUE)
bad("lr 1", dense(48, 10), digits, *WILD, lr=1.0, true=(*WILD, "underfitting"))
bad("sgd lr 1e-5", dense(48, 10), digits, "slow-progress", "stuck-at-chance", "learning-rate-out-of-range", "underfitting", optimizer="sgd", lr=1e-5, true=(*STUCK, "underfitting"))
bad("sigmoid and from_logits", dense(8, 1, last="sigmoid"), cancer, "double-softmax", "output-loss-pair", "underfitting", loss=keras.losses.BinaryCrossentropy(from_logits=True), epochs=20, true=("underfitting",))
bad("softmax and from_logits", dense(48, 10), digits, "double-softmax", "output-loss-pair", loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True), epochs=20, true=("underfitting",))
bad("linear without from_logits", dense(48, 10, last=None), digits, "output-loss-pair", *STUCK, "saturated-outputs", "underfitting", "plateau", true=STUCK + WILD + ("saturated-outputs", "underfitting"))
bad("one softmax unit", dense(8, 1, last="softmax"), cancer, *STUCK, "output-loss-pair", loss="binary_crossentropy", true=(*STUCK, "saturated-outputs"))
bad("accuracy of a regression", dense(32, 1, last=None), data.friedman, "accuracy-on-regression", "loss-metric-mismatch", loss="mse", epochs=20, true=("uninformative-metric",))
bad(
    "mse of raw targets, unscaled input",
    dense(32, 1, last=None),
    lambda: (lambda s: s._replace(x=s.x * np.geomspace(1, 1e4, 10, dtype="float32"), xv=s.xv * np.geomspace(1, 1e4, 10, dtype="float32")))(data.friedman()),
    "inputs-not-normalised",
    "initial-loss-off",
    *WILD,
    loss="mse",
    metrics=[],
    epochs=25,
    true=(*WILD, "inputs-not-normalised", "underfitting", "noisy-validation"),
)
bad("unscaled cancer", dense(16, 1, last="sigmoid"), data.cancer, "inputs-not-normalised", "initial-loss-off", *WILD, loss="binary_crossentropy", epochs=15, true=WILD + STUCK + ("inputs-not-normalised", "saturated-outputs", "noisy-validation"))
bad("labels 1 and 2", dense(8, 1, last="sigmoid"), lambda: (lambda s: s._replace(y=s.y + 1, yv=s.yv + 1))(cancer()), "negative-loss", "labels-out-of-range", loss="binary_crossentropy", epochs=12, true=("divergence", "constant-prediction", "negative-loss"))
bad("frozen layers", lambda: [layers.Dense(48, activation="relu", trainable=False), layers.Dense(10, activation="softmax", trainable=False)], digits, *STUCK, "nothing-to-train", true=STUCK)
bad(
    "batchnorm default, few steps",
    dense(64, 64, 10, bn=True),
    lambda: (lambda s: s._replace(x=s.x * 30 + 60, xv=s.xv * 30 + 60))(D(data.digits, n=500, n_val=200)()),
    "train-eval-mode-mismatch",
    "batchnorm-cold-stats",
    "gap-from-first-epoch",
    "validation-set-mismatch",
    "noisy-validation",
    "constant-prediction",
    epochs=10,
    batch=128,
    true=("gap-from-first-epoch", "validation-set-mismatch", "overfitting", "constant-prediction", "prediction-flips-class", "stuck-at-chance", "accuracy-below-chance", "saturated-outputs", "noisy-validation"),
)
bad("1 % positives", dense(1, last="sigmoid"), D(data.tabular, n=3000, n_val=1000, weights=[0.99], sep=0.3, flip=0, informative=4), "constant-prediction", "class-imbalance", loss="binary_crossentropy", true=("constant-prediction", "stuck-at-chance"))
bad(
    "validation split of sorted data",
    dense(32, 10),
    lambda: (lambda s: s._replace(x=s.x[np.argsort(s.y, kind="stable")], y=np.sort(s.y)))(digits()),
    "accuracy-below-chance",
    "validation-set-mismatch",
    "gap-from-first-epoch",
    "constant-prediction",
    val=False,
    fit={"validation_split": 0.25},
    true=("gap-from-first-epoch", "constant-prediction", "overconfident-wrong", *OVER_TRUE),
)
bad(
    "sorted, shuffle off",
    dense(32, 10),
    lambda: (lambda s: s._replace(x=s.x[np.argsort(s.y, kind="stable")], y=np.sort(s.y)))(digits()),
    "missing-shuffle",
    "shuffle-off",
    optimizer="sgd",
    lr=0.05,
    fit={"shuffle": False},
    true=("gap-from-first-epoch", "validation-set-mismatch", "noisy-validation", "constant-prediction", "overfitting", "train-eval-mode-mismatch", "missing-shuffle", "accuracy-below-chance", "stuck-at-chance"),
    printed=(),
)
bad(
    "class weights hide the loss",
    dense(16, 1, last="sigmoid"),
    D(data.tabular, n=3000, n_val=1000, weights=[0.95], sep=0.8),
    "train-loss-weighted",
    "gap-from-first-epoch",
    "class-imbalance",
    loss="binary_crossentropy",
    epochs=12,
    fit={"class_weight": {0: 0.05, 1: 1.0}},
    true=("train-loss-weighted", "gap-from-first-epoch"),
)
bad("nan", dense(16, 1, last=None), lambda: (lambda s: s._replace(y=np.where(np.arange(len(s.y)) == 3, np.nan, s.y).astype("float32")))(data.friedman()), "non-finite", loss="mse", metrics=[], epochs=6)
bad("too few epochs", dense(48, 10), digits, "still-improving", "slow-progress", optimizer="sgd", lr=0.01, epochs=8)
bad("sigmoid layers, vanishing", dense(*[24] * 8, 10, act="sigmoid"), digits, *STUCK, "vanishing-gradients", epochs=10, true=STUCK)
bad("steps_per_epoch 4", dense(32, 10), digits, "incomplete-epochs", "still-improving", "slow-progress", optimizer="sgd", lr=0.02, epochs=15, fit={"steps_per_epoch": 4}, true=("noisy-training", "noisy-validation", "stuck-at-chance"))
