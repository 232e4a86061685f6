"""A file's name and scenarios' names come in; what each Keras training told the hook goes into that file as JSON.

Runs in a process of its own for each backend. Keras is imported while the hook is open, once for all.
"""

import contextlib
import io
import json
import random
import sys
import threading
import time
import traceback

import numpy as np

from nbdiag.collect import Collector
from nbdiag.events import Begin, End, Learned, Reached, Record, Sampled, Trouble
from nbdiag.facts import Facts
from nbdiag.frameworks.keras import observer, samples
from nbdiag.frameworks.keras.hook import hook

before = "keras" in sys.modules
first_events = []
with hook(first_events.append):
    import keras
    from keras import layers
    from keras.src.callbacks.callback_list import CallbackList
    from keras.src.trainers.epoch_iterator import EpochIterator

    rng = np.random.default_rng(0)
    X = rng.normal(size=(96, 5)).astype("float32")
    Y = (X.sum(axis=1) > 0).astype("int64")
    during = [type(vars(c)[n]).__name__ for c, n in ((CallbackList, "on_train_begin"), (EpochIterator, "__init__"))]

    def network(loss="sparse_categorical_crossentropy", **options):
        model = keras.Sequential(
            [
                layers.Input((5,)),
                layers.Dense(8, activation="relu"),
                layers.BatchNormalization(),
                layers.Dropout(0.3),
                layers.Dense(2, activation="softmax"),
            ]
        )
        model.compile("adam", loss, metrics=["accuracy"], **options)
        return model

    network().fit(X, Y, epochs=2, verbose=0)
time.time = lambda: 0.0  # the progress bar's clock: what it prints is then the same each time


def listen(train, **fit):
    events = []
    with hook(events.append):
        result = train(**fit)
    return events, result


def told(events):
    """Epoch records as Keras' History has them, and what else was said."""
    history, epochs = {}, {}
    for r in events:
        if isinstance(r, Record) and r.step is None:
            history.setdefault(r.label, []).append(r.value)
            epochs.setdefault(r.label, []).append(r.epoch)
    facts = Facts()
    for e in events:
        if isinstance(e, (Begin, Learned)):
            facts = facts.merged(e.facts)
    return {
        "history": history,
        "epochs": epochs,
        "facts": facts.known(),
        "origins": sorted(set(facts.origins.values())),
        "begins": sum(isinstance(e, Begin) for e in events),
        "ends": [e.status for e in events if isinstance(e, End)],
        "last_is_end": bool(events) and isinstance(events[-1], End),
        "sampled": sum(isinstance(e, Sampled) for e in events),
        "trouble": [f"{e.where}: {e.error!r}" for e in events if isinstance(e, Trouble)],
    }


def imported_inside():
    after = [type(vars(c)[n]).__name__ for c, n in ((CallbackList, "on_train_begin"), (EpochIterator, "__init__"))]
    return told(first_events) | {
        "before": before,
        "during": during,
        "after": after,
        "finders": [type(f).__module__ for f in sys.meta_path if type(f).__module__.startswith("nbdiag")],
    }


def fingerprint(model):
    state = [v.tobytes() for v in model.get_weights()]
    state += [np.array(keras.ops.convert_to_numpy(v.value)).tobytes() for v in model.optimizer.variables]
    state += [np.array(keras.ops.convert_to_numpy(v.value)).tobytes() for v in model.non_trainable_variables]
    state += [np.array(keras.ops.convert_to_numpy(keras.random.uniform((4,)))).tobytes()]
    state += [repr(random.getstate()), repr(np.random.get_state())]
    if "torch" in sys.modules:
        state.append(sys.modules["torch"].get_rng_state().numpy().tobytes())
    return state


def identity():
    """The same seeded training bare and watched, with every pass over single samples that the budget could allow."""
    samples._SHARE = 1e6
    labels = np.concatenate([Y[:72], 1 - Y[72:]])  # the longer it trains, the worse the validation: looked at each time

    def train(verbose):
        keras.utils.clear_session()  # until Keras 3.3, a seed left the generators there were as they were
        keras.utils.set_random_seed(7)
        model, text = network(), io.StringIO()
        with contextlib.redirect_stdout(text):
            history = model.fit(X, labels, epochs=5, batch_size=16, validation_split=0.25, verbose=verbose)
            second = model.fit(X, Y, epochs=2, batch_size=16, validation_data=(X[:20], Y[:20]), verbose=verbose)
        return [history.history, second.history, text.getvalue(), *fingerprint(model)]

    answers = {}
    for verbose in (0, 1, 2):
        bare = train(verbose)
        events, watched = listen(train, verbose=verbose)
        again = train(verbose)
        answers[str(verbose)] = told(events) | {
            "steady": bare == again,
            "same": [a == b for a, b in zip(bare, watched, strict=True)],
            "text": watched[2],
        }
    samples._SHARE = 0.007
    return answers


def exact():
    """Epochs counted on, validation now and then, a changing rate: as History has it."""
    model = network()
    rate = keras.callbacks.LearningRateScheduler(lambda epoch, lr: 0.01 if epoch < 6 else 0.001)
    options = {"initial_epoch": 3, "epochs": 8, "validation_data": (X[:30], Y[:30]), "validation_freq": 2}
    events, history = listen(lambda: model.fit(X, Y, verbose=0, batch_size=24, callbacks=[rate], **options))
    schedule = keras.optimizers.schedules.ExponentialDecay(0.1, 4, 0.5)
    model.compile(keras.optimizers.SGD(schedule), "sparse_categorical_crossentropy")
    scheduled, _ = listen(lambda: model.fit(X, Y, verbose=0, batch_size=24, epochs=3))
    constant, _ = listen(lambda: network().fit(X, Y, verbose=0, epochs=3))
    return {
        "told": told(events),
        "history": history.history,
        "scheduled": told(scheduled)["history"]["learning_rate"],
        "constant": "learning_rate" in told(constant)["history"],
    }


def several():
    """Three fits, an evaluation and a prediction."""
    model = network()

    def cell():
        model.evaluate(X, Y, verbose=0)
        model.predict(X, verbose=0)
        for _ in range(3):
            model.fit(X, Y, verbose=0)
        model.evaluate(X, Y, verbose=0)

    only, _ = listen(lambda: (model.evaluate(X, Y, verbose=0), model.predict(X, verbose=0)))
    return {"told": told(listen(cell)[0]), "only": [repr(e) for e in only]}


class Raises(keras.callbacks.Callback):
    """Raises ``error`` in the method called ``where``."""

    def __init__(self, where, error):
        super().__init__()
        self.where, self.error = where, error

    def set_model(self, model):
        if self.where == "set_model":
            raise self.error
        super().set_model(model)

    def on_train_begin(self, logs=None):
        if self.where == "on_train_begin":
            raise self.error

    def on_epoch_end(self, epoch, logs=None):
        if self.where == "on_epoch_end" and epoch == 1:
            raise self.error


def failing():
    """Errors on every way through a fit: the traceback's files, and how the run ended."""
    answers = {}

    def attempt(name, train, filtering=True):
        (keras.config.enable_traceback_filtering if filtering else keras.config.disable_traceback_filtering)()
        events, files = [], []
        try:
            with hook(events.append):
                train()
        except BaseException as error:
            frames, seen = error, []
            while frames is not None:
                seen += traceback.extract_tb(frames.__traceback__)
                frames = frames.__cause__ or frames.__context__
            files = [f.filename for f in seen]
            lists = [f for f, _ in traceback.walk_tb(error.__traceback__)]
            assert lists
        keras.config.enable_traceback_filtering()
        answers[name] = told(events) | {"files": files}

    def fit(*callbacks, y=Y):
        return network().fit(X, y, epochs=4, verbose=0, callbacks=list(callbacks))

    for filtering in (True, False):
        for where in ("set_model", "on_train_begin", "on_epoch_end"):
            attempt(f"{where} {filtering}", lambda where=where: fit(Raises(where, ValueError("mine"))), filtering)
        attempt(f"cardinality {filtering}", lambda: fit(y=Y[:10]), filtering)
    attempt("interrupt", lambda: fit(Raises("on_epoch_end", KeyboardInterrupt())))

    def caught():
        for error in (ValueError("mine"), KeyboardInterrupt()):
            with contextlib.suppress(BaseException):
                fit(Raises("on_epoch_end", error))
        fit()

    attempt("caught", caught)
    return answers


def inside_and_beside():
    """A fit in a callback of another, fits in threads, a fit of the reader's own, a list of the reader's own."""

    class Probes(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            network().fit(X, Y, epochs=2, verbose=0)

    nested, _ = listen(lambda: network().fit(X, Y, epochs=3, verbose=0, callbacks=[Probes()]))

    def in_thread():
        thread = threading.Thread(target=lambda: network().fit(X, Y, epochs=3, verbose=0))
        thread.start()
        thread.join()

    class Own(keras.Model):
        def __init__(self):
            super().__init__()
            self.dense = layers.Dense(2, activation="softmax")

        def call(self, x):
            return self.dense(x)

        def fit(self, *args, **kwargs):
            return super().fit(*args, **kwargs)

    def own():
        model = Own()
        model.compile("sgd", "sparse_categorical_crossentropy")
        model.fit(X, Y, epochs=3, verbose=0, validation_data=(X, Y))

    def own_list():
        model = network()
        mine = CallbackList([], add_history=True, model=model, epochs=3, steps=3, verbose=0)
        model.fit(X, Y, epochs=3, verbose=0, callbacks=mine)
        left = [type(c).__name__ for c in mine.callbacks]
        model.fit(X, Y, epochs=3, verbose=0, callbacks=mine)
        return left

    mine, left = listen(own_list)
    return {
        "nested": told(nested),
        "thread": told(listen(in_thread)[0]),
        "own": told(listen(own)[0]),
        "list": told(mine) | {"left": left},
    }


def odd():
    """Models and data of every shape: records as History has them, and no trouble."""
    answers = {}

    def both(name, model, *args, **kwargs):
        events, history = listen(lambda: model.fit(*args, verbose=0, epochs=2, **kwargs))
        answers[name] = told(events) | {"expected": history.history}

    def weighted_binary_crossentropy(y, p):
        return keras.losses.binary_crossentropy(y, p) * 3.0

    both("own loss", network(weighted_binary_crossentropy), X, np.eye(2)[Y])
    both("penalty", regularized(), X, Y, validation_data=(X, Y))
    both("weights", network(), X, Y, class_weight={0: 1.0, 1: 4.0})
    one = [2.0] if keras.__version__.startswith("3.0.") else 2.0  # later versions, until 3.6, take no list of one
    both("loss weights", network(loss_weights=one), X, Y)

    inputs = layers.Input((5,))
    hidden = layers.Dense(4)(inputs)
    two = keras.Model(inputs, {"a": layers.Dense(1, name="a")(hidden), "b": layers.Dense(2, name="b")(hidden)})
    two.compile("sgd", {"a": "mse", "b": "mae"})
    targets = {"a": X[:, :1], "b": X[:, :2]}
    both("two outputs", two, X, targets, validation_data=(X, targets))

    class Steps(keras.Model):
        def __init__(self):
            super().__init__()
            self.dense = layers.Dense(1)

        def call(self, x):
            return self.dense(x)

        def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
            return keras.ops.mean((y - y_pred) ** 2) * 7.0

    steps = Steps()
    steps.compile("sgd", "mse")
    both("own compute_loss", steps, X, X[:, :1], validation_data=(X, X[:, :1]))

    def batches():
        while True:
            yield X[:16], Y[:16]

    both("generator", network(), batches(), steps_per_epoch=4, validation_data=batches(), validation_steps=2)

    class Sequence(keras.utils.PyDataset):
        def __len__(self):
            return 4

        def __getitem__(self, i):
            return X[i * 16 : i * 16 + 16], Y[i * 16 : i * 16 + 16]

    both("sequence", network(), Sequence(), validation_data=Sequence())
    if keras.config.backend() == "torch":
        import torch
        from torch.utils.data import DataLoader, TensorDataset

        data = TensorDataset(torch.tensor(X), torch.tensor(Y))
        both("loader", network(), DataLoader(data, batch_size=32, shuffle=True), validation_data=DataLoader(data))
        both("tensors", network(), torch.tensor(X), torch.tensor(Y))
    return answers


def regularized():
    model = keras.Sequential([layers.Input((5,)), layers.Dense(2, kernel_regularizer="l2")])
    model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    return model


def broken():
    """Our own code raises at each place it can: the training is as without us, and the failure is told."""
    answers = {}
    keras.utils.set_random_seed(7)
    expected = network().fit(X, Y, epochs=3, verbose=0, validation_data=(X, Y)).history

    def fails(*args, **kwargs):
        raise RuntimeError("planted")

    for name in ("training_facts", "describe", "learning_rate", "validation_facts", "identify"):
        original = getattr(observer, name)
        setattr(observer, name, fails)
        keras.utils.set_random_seed(7)
        events, history = listen(lambda: network().fit(X, Y, epochs=3, verbose=0, validation_data=(X, Y)))
        setattr(observer, name, original)
        answers[name] = told(events) | {"same": history.history == expected}
    return answers


def steps():
    """Steps within epochs, as if every epoch was a long one, and as if none was."""
    answers = {}
    for name, long in (("long", -1.0), ("short", 1e9)):
        observer._PAUSE, observer._LONG_EPOCH = -1.0, long
        events, _ = listen(lambda: network().fit(X, Y, epochs=2, batch_size=16, verbose=0))
        records = [e for e in events if isinstance(e, Record) and e.step is not None]
        answers[name] = [(r.metric, r.split, r.epoch, r.step) for r in records]
        answers[name + " reached"] = sum(isinstance(e, Reached) and bool(e.step) for e in events)
    observer._PAUSE, observer._LONG_EPOCH = 0.2, 1.0
    return answers


def outlier():
    """One sample of the wrong class in a validation set that is else easy holds most of the loss."""
    np.random.seed(0)
    make = lambda: np.hstack([0.5 + 0.5 * np.random.uniform(size=10), 0.5 - 1.5 * np.random.uniform(size=10)])  # noqa: E731
    x_train, x_test = make(), make()
    y_train, y_test = np.repeat([0, 1], 10), np.repeat([0, 1], 10)
    y_test[3] = 1
    samples._SHARE = 1e6  # how long a training takes here must not decide the answer
    keras.utils.set_random_seed(3)
    model = keras.Sequential(
        [layers.Input((1,)), layers.Dense(3, activation="relu"), layers.Dense(1, activation="sigmoid")]
    )
    model.compile(keras.optimizers.Adam(learning_rate=0.05), "binary_crossentropy", metrics=["accuracy"])
    stop = keras.callbacks.EarlyStopping(patience=200, restore_best_weights=True)
    options = {"batch_size": 20, "epochs": 300, "verbose": 0, "callbacks": [stop]}
    events, history = listen(lambda: model.fit(x_train, y_train, validation_data=(x_test, y_test), **options))
    samples._SHARE = 0.007
    last = [e.samples for e in events if isinstance(e, Sampled)][-1]
    parts = ("last", "best", "labels", "predicted", "confidence", "probabilities", "best_epoch", "last_epoch")
    return told(events) | {p: np.asarray(getattr(last, p)).tolist() for p in parts} | {"expected": history.history}


def fits_in_a_loop():
    """One training written as fits of one epoch; two folds of one epoch each; one that counts on by itself."""
    keras.utils.set_random_seed(5)
    model, losses, collector = network(), [], Collector()
    start = model.get_weights()

    def train():
        for _ in range(4):
            history = model.fit(X, Y, epochs=1, verbose=0, validation_split=0.25).history
            losses.extend(history["loss"])
        for _ in range(2):
            model.set_weights(start)
            model.fit(X, Y, epochs=1, verbose=0)
        for done in range(1, 3):
            model.fit(X, Y, initial_epoch=done, epochs=done + 1, verbose=0)
        model.fit(X, Y, epochs=2, verbose=0)

    events, _ = listen(train)
    for event in events:
        collector.event(event)
    runs = [(r.curve("loss", "train").epochs.tolist(), r.facts.epochs, r.status) for r in collector.runs]
    return told(events) | {"runs": runs, "same": collector.runs[0].curve("loss", "train").values.tolist() == losses}


def batches():
    from keras_batches import adversaries, alone, watched

    return {"adversaries": watched(adversaries), "alone": watched(alone)}


if __name__ == "__main__":
    path, *names = sys.argv[1:]
    found = {name: globals()[name]() for name in names}
    with open(path, "w") as file:
        json.dump(found, file, default=str)
