"""One line to names and values, as printed."""

import math

import pytest

from nbdiag.capture.pairs import MAX_TEXT, number, pairs, without_prefix


@pytest.mark.parametrize(
    ("text", "name", "value", "rounding"),
    [
        ("loss: 0.4", "loss", 0.4, 0.05),
        ("loss=0.40", "loss", 0.4, 0.005),
        ("train_loss 0.412", "train_loss", 0.412, 0.0005),
        ("Val. Loss: 1,234.5", "Val. Loss", 1234.5, 0.05),
        ("{'val_acc': 0.9}", "val_acc", 0.9, 0.05),
        ('{"val/acc":0.9}', "val/acc", 0.9, 0.05),
        ("acc = 93.1%", "acc", 0.931, 0.0005),
        ("acc: 93.1 %", "acc", 0.931, 0.0005),
        ("lr: 1.5e-04", "lr", 1.5e-4, 0.05e-4),
        ("loss: -3", "loss", -3.0, 0.5),
        ("loss: .5", "loss", 0.5, 0.05),
        ("loss: tensor(0.4321, grad_fn=<NllLossBackward0>)", "loss", 0.4321, 0.00005),
        ("loss: tensor([0.43])", "loss", 0.43, 0.005),
        ("'loss': np.float32(0.43)", "loss", 0.43, 0.005),
        ("Loss 6.98e+00 (6.9e+00)", "Loss", 6.98, 0.005),
        ("Accuracy: 9830/10000 (98%)", "Accuracy", 0.983, 0.0),
        ("validation loss -> 0.4", "validation loss", 0.4, 0.05),
    ],
)
def test_a_value_and_its_rounding(text, name, value, rounding):
    (pair,) = pairs(text)
    assert (pair.name, pair.value) == (name, pytest.approx(value, rel=1e-12))
    assert pair.rounding == pytest.approx(rounding)


def test_values_that_are_no_numbers():
    found = pairs("loss: nan, a: inf, b: -inf, c: NaN, info: 3")
    assert [str(p.value) for p in found] == ["nan", "inf", "-inf", "nan", "3.0"]
    assert not any(p.rounding for p in found[:4])


def test_percent_is_marked():
    assert pairs("acc: 12.50%")[0].percent
    assert not pairs("acc: 12.50")[0].percent


@pytest.mark.parametrize("text", ["time: 3.2s", "eta 12 min", "mem: 5GB", "speed = 98.1it/s", "took 3 ms", "at: 00:12"])
def test_times_and_sizes_are_marked(text):
    assert all(p.timed for p in pairs(text))


@pytest.mark.parametrize("text", ["", "no numbers: here", "12 34 56", "a: 5abc", ": 3", "== 4"])
def test_nothing_named(text):
    assert pairs(text) == []


@pytest.mark.parametrize(
    "prefix",
    [
        "2024-01-02 12:00:00,123 - INFO - trainer - ",
        "2024-01-02T12:00:00.123Z ",
        "[2024-01-02 12:00:00] ",
        "INFO:root:",
        "12:00:00 INFO     ",
        "[rank0]: ",
        "I0102 12:00:00.123456 77 train.py:45] ",
        "2024-01-01 10:00:00 [INFO] ",
        "2024-01-01 10:00:00,000 | INFO | ",
    ],
)
def test_logging_prefixes(prefix):
    assert without_prefix(prefix + "epoch 3: loss 0.4") == "epoch 3: loss 0.4"


def test_a_number_keeps_its_last_digit():
    assert number("1.50") == (1.5, 0.005)
    assert number("1,000") == (1000.0, 0.5)
    assert number("2e-3") == (0.002, 0.0005)
    assert math.isinf(number("-Infinity")[0])


ADVERSARIAL = [
    "a ",
    "1 ",
    "a:",
    "loss ",
    "(",
    "[",
    "1,000",
    "a.b-",
    " ",
    "-:- ",
    "nan ",
    "a: 1,000,",
    "tensor(",
    "e1",
    "1e",
    "'",
    "=>",
    "%",
    "1/2 ",
]


@pytest.mark.timeout(30)
@pytest.mark.parametrize("unit", ADVERSARIAL)
def test_no_pattern_backtracks_badly(unit):
    """The longest text that is looked at, of what patterns stumble over: milliseconds, unless a pattern explodes."""
    text = (unit * MAX_TEXT)[: MAX_TEXT - 1]
    for end in ("", "!", "\0", ": 0.5"):
        pairs(text + end)
        without_prefix(text + end)
