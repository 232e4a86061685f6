"""Keras' progress text, era by era."""

import pytest

from nbdiag.capture.lines import Line
from nbdiag.collect import collect
from nbdiag.frameworks.keras.text import KerasReader

ONE_LINE = (
    "I am confused by this: Total params: 7,361 Non-trainable params: 0 ____ None Train on 121620 samples, validate on 30405 samples "
    "Epoch 1/300 121620/121620 [==============================] - 26s 212us/step - loss: 0.1229 - acc: 0.0207 - val_loss: 4.3194 "
    "- val_acc: 0.0168 Epoch 50/300 121620/121620 [==============================] - 24s 194us/step - loss: 0.0563 - acc: 0.0155 "
    "- val_loss: 2.6478 - val_acc: 0.0168 Epoch 300/300 121620/121620 [==============================] - 25s 205us/step - loss: "
    "0.0315 - acc: 0.4981 - val_loss: 0.7271 - val_acc: 0.6627 and that is what I do not understand"
)
STEPS_ON_ONE_LINE = (
    "to give an example: Epoch 1/40 11/11 [==============================] - 108s 10s/step - loss: 0.9150 - acc: 0.6183 - "
    "val_loss: 3.7535 - val_acc: 0.7344 Epoch 2/40 11/11 [==============================] - 144s 13s/step - loss: 1.1297 - acc: "
    "0.5153 - val_loss: 11.2487 - val_acc: 0.2656 My intution was that the learning rate was too high and I lowered it from 0.01"
)
KERAS_1 = """Train on 60000 samples, validate on 10000 samples
Epoch 1/2
60000/60000 [==============================] - 5s - loss: 0.2453 - acc: 0.9281 - val_loss: 0.1072 - val_acc: 0.9669
Epoch 2/2
60000/60000 [==============================] - 5s - loss: 0.1019 - acc: 0.9688 - val_loss: 0.0805 - val_acc: 0.9749
"""
KERAS_1_QUIET = """Train on 60000 samples, validate on 10000 samples
Epoch 1/2
5s - loss: 0.2453 - acc: 0.9281 - val_loss: 0.1072 - val_acc: 0.9669
Epoch 2/2
5s - loss: 0.1019 - acc: 0.9688 - val_loss: 0.0805 - val_acc: 0.9749
"""
KERAS_2_QUIET = """Epoch 1/2
 - 5s - loss: 0.2453 - acc: 0.9281
Epoch 2/2
 - 5s - loss: 0.1019 - acc: 0.9688
"""
TF_1 = """Train on 60000 samples
Epoch 1/2
60000/60000 [==============================] - 3s 52us/sample - loss: 0.2954 - accuracy: 0.9141
Epoch 2/2
60000/60000 [==============================] - 3s 50us/sample - loss: 0.1430 - accuracy: 0.9573
10000/10000 - 0s - loss: 0.0980 - accuracy: 0.9700
"""
TF_1_VALIDATION_BAR = """Epoch 1/2
50/50 [==============================] - 4s 74ms/step - loss: 0.8123 - acc: 0.6101
100/100 [==============================] - 16s 157ms/step - loss: 0.7511 - acc: 0.6612 - val_loss: 0.8123 - val_acc: 0.6101
Epoch 2/2
50/50 [==============================] - 4s 74ms/step - loss: 0.7123 - acc: 0.6501
100/100 [==============================] - 16s 157ms/step - loss: 0.6511 - acc: 0.6912 - val_loss: 0.7123 - val_acc: 0.6501
"""
TF_2_QUIET = """Epoch 1/2
1875/1875 - 3s - loss: 0.2954 - accuracy: 0.9141 - val_loss: 0.1 - val_accuracy: 0.97 - 3s/epoch - 2ms/step
Epoch 2/2
1875/1875 - 3s - loss: 0.1430 - accuracy: 0.9573 - val_loss: 0.09 - val_accuracy: 0.98 - 3s/epoch - 2ms/step
313/313 - 0s - loss: 0.0765 - accuracy: 0.9763 - 262ms/epoch - 838us/step
"""
TF_2_BACKSPACES = "".join(
    f"Epoch {e}/2\n" + "".join(
        "\b" * 60 * (i > 1) + "\r" * (i == 1) + f"{i:>2}/10 [{'=' * i}>{'.' * (10 - i)}] - ETA: 0s - loss: 9.9999 - lr: 0.0010" for i in range(1, 10)
    ) + "\b" * 60 + f"10/10 [==========] - 1s 9ms/step - loss: 0.{e}000 - val_loss: 0.{e}500 - lr: 0.0010\n"
    for e in (1, 2)
)  # fmt: skip
TF_2_CALLBACKS = """Epoch 1/3
 9/10 [==========================>...] - ETA: 0s - loss: 0.9000 - accuracy: 0.5000
Epoch 00001: val_loss improved from inf to 0.65000, saving model to best.h5
10/10 [==============================] - 1s 9ms/step - loss: 0.7000 - accuracy: 0.6000 - val_loss: 0.6500 - val_accuracy: 0.6000
Epoch 2/3
10/10 [==============================] - ETA: 0s - loss: 0.9000 - accuracy: 0.5000
Epoch 00002: val_loss did not improve from 0.65000

Epoch 00002: ReduceLROnPlateau reducing learning rate to 0.00010000000474974513.
10/10 [==============================] - 1s 9ms/step - loss: 0.6000 - accuracy: 0.7000 - val_loss: 0.6600 - val_accuracy: 0.6100
Restoring model weights from the end of the best epoch: 1.
Epoch 00002: early stopping
"""


def only(text):
    (run,) = collect(text)
    assert run.framework == "keras"
    assert run.facts.loss_is == "epoch-mean"
    assert run.facts.origins["loss_is"] == "log"
    return run


def test_a_fit_of_one_epoch_follows_another_without_a_header():
    first, second, third = collect(
        "Epoch 1/2\n9/9 [===] - 1s 1ms/step - loss: 0.5\nEpoch 2/2\n9/9 [===] - 1s 1ms/step - loss: 0.4\n"
        "3/3 [===] - 0s 1ms/step - loss: 0.6\n"
        "7/7 [===] - 1s 1ms/step - loss: 0.3 - val_loss: 0.7\n7/7 [===] - 1s 1ms/step - loss: 0.2 - val_loss: 0.8\n"
    )
    assert [curve(run, "train") for run in (first, second, third)] == [[0.5, 0.4], [0.3], [0.2]]
    assert first.curve("loss", "val") is None


def curve(run, split, metric="loss"):
    return run.curve(metric, split).values.tolist()


def test_all_epochs_on_one_line():
    run = only(ONE_LINE)
    assert curve(run, "train") == [0.1229, 0.0563, 0.0315]
    assert curve(run, "val", "accuracy") == [0.0168, 0.0168, 0.6627]
    assert run.curve("loss", "val").epochs.tolist() == [1, 50, 300]
    assert run.curve("loss", "val").rounding.tolist() == [5e-5] * 3
    facts = run.facts
    assert (facts.n_train, facts.n_val, facts.epochs, facts.steps_per_epoch) == (121620, 30405, 300, None)


def test_text_around_a_log_is_no_part_of_it():
    run = only(STEPS_ON_ONE_LINE)
    assert curve(run, "val") == [3.7535, 11.2487]
    assert run.metrics == ["loss", "accuracy"]
    assert (run.facts.steps_per_epoch, run.facts.n_train, run.facts.epochs) == (11, None, 40)


@pytest.mark.parametrize(
    ("text", "train", "val", "facts"),
    [
        (KERAS_1, [0.2453, 0.1019], [0.1072, 0.0805], {"n_train": 60000, "n_val": 10000, "epochs": 2}),
        (KERAS_1_QUIET, [0.2453, 0.1019], [0.1072, 0.0805], {"n_train": 60000, "n_val": 10000, "epochs": 2}),
        (KERAS_2_QUIET, [0.2453, 0.1019], None, {"epochs": 2}),
        (TF_1, [0.2954, 0.1430], None, {"n_train": 60000, "epochs": 2}),
        (TF_1_VALIDATION_BAR, [0.7511, 0.6511], [0.8123, 0.7123], {"epochs": 2}),
        (TF_2_QUIET, [0.2954, 0.1430], [0.1, 0.09], {"epochs": 2, "steps_per_epoch": 1875}),
        (TF_2_BACKSPACES, [0.1, 0.2], [0.15, 0.25], {"epochs": 2, "steps_per_epoch": 10}),
        (TF_2_CALLBACKS, [0.7, 0.6], [0.65, 0.66], {"epochs": 3}),
    ],
)
def test_eras(text, train, val, facts):
    run = only(text)
    assert curve(run, "train") == train
    assert val is None or curve(run, "val") == val
    assert run.splits == (["train"] if val is None else ["train", "val"])
    known = {name: getattr(run.facts, name) for name in ("n_train", "n_val", "epochs", "steps_per_epoch")}
    assert {name: value for name, value in known.items() if value is not None} == facts


def test_numbers_that_broke():
    text = "Epoch 1/3\n4/4 - 0s - 2ms/step - loss: 1.2345e+10 - mae: inf\nEpoch 2/3\n4/4 - 0s - 2ms/step - loss: nan - mae: 1.5000e-05\n"
    run = only(text)
    assert [str(v) for v in curve(run, "train")] == ["12345000000.0", "nan"]
    assert [str(v) for v in curve(run, "train", "mae")] == ["inf", "1.5e-05"]
    assert run.curve("mae", "train").rounding.tolist() == [0.0, 5e-10]


def test_fits_one_after_the_other():
    fit = "Epoch 1/2\n4/4 - 0s - 2ms/step - loss: 0.5\nEpoch 2/2\n4/4 - 0s - 2ms/step - loss: 0.4\n"
    evaluation = "4/4 - 0s - 2ms/step - loss: 0.45\n"
    runs = collect(fit + evaluation + fit + evaluation)
    assert [(run.number, run.last_epoch, curve(run, "train")) for run in runs] == [
        (1, 2, [0.5, 0.4]),
        (2, 2, [0.5, 0.4]),
    ]


def test_a_fit_that_goes_on_where_the_last_one_ended():
    text = "".join(f"Epoch {e}/10\n4/4 - 0s - 2ms/step - loss: 0.{e}\n" for e in (5, 6, 7))
    assert only(text).curve("loss", "train").epochs.tolist() == [5, 6, 7]


def test_single_epochs_in_a_loop_have_no_header():
    bar = "4/4 [==============================] - 0s 2ms/step - loss: 0.{} - val_loss: 0.6\n"
    assert [curve(run, "train") for run in collect(bar.format(5) + bar.format(4))] == [[0.5], [0.4]]


def test_progress_within_an_epoch_is_known():
    reader = KerasReader()

    reader.read(Line("Epoch 1/2"))
    reader.read(Line("10/10 ━━━━━━━━━━ 0s 2ms/step - loss: 0.5"))
    reader.read(Line("Epoch 2/2"))
    (reached,) = reader.read(Line(" 5/10 ━━━━━━━━━━ 0s 2ms/step - loss: 0.5", final=False))
    assert (reached.epoch, reached.step, reached.steps) == (1.5, 5, 10)


@pytest.mark.parametrize(
    "text",
    [
        "313/313 [==============================] - 0s 838us/step - loss: 0.0765 - accuracy: 0.9763\n" * 3,
        "313/313 ━━━━━━━━━━━━━━━━━━━━ 0s 838us/step\n" * 3,
        "10000/10000 [==============================] - 1s 51us/step\nTest loss: 0.03\nTest accuracy: 0.99\n",
        "Epoch 00003: early stopping\nEpoch 00004: early stopping\n",
        "Epoch 1: val_loss improved from inf to 0.65000, saving model to a.keras\nEpoch 2: val_loss improved from 0.65000 to 0.6\n",
        "Epoch 1/2\n 3/10 [=====>........................] - ETA: 0s - loss: 0.9000\n",
        "17/20 - 3s - we won\n18/20 - 4s - we lost\n",
    ],
)
def test_no_epoch_of_a_training(text):
    assert collect(text) == []
