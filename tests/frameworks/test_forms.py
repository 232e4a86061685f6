"""The short way to read a form of line says what the long way says."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nbdiag.frameworks.handwritten.forms import Forms, parse

LINES = [
    "Epoch 3/10 - loss: 0.4, val_acc: 93.1%",
    "Epoch [1/5], Step [100/600], Loss: 0.3",
    "[1,  2000] loss: 2.173",
    "[0/5][50/1583]\tLoss_D: 1.7410\tLoss_G: 4.7761",
    "2024-01-02 12:00:00,123 - INFO - epoch=3 train_loss=1.5e-04 lr=1e-4 time=12.3s",
    "{'epoch': 1, 'train_loss': 1.14532, 'top_5': 3}",
    "| epoch   1 |   200/ 2983 batches | lr 20.00 | ms/batch 12.34 | loss  7.63 | ppl   763.12",
    "Epoch: [0][  10/5005]\tTime  0.386 ( 1.386)\tLoss 6.9533e+00 (6.9733e+00)\tAcc@1   0.00 (  0.10)\tAcc@5   0.39 (  0.49)",
    "Test set: Average loss: 0.0471, Accuracy: 9850/10000 (98%)",
    "Epoch 1 Loss: tensor(0.4321, grad_fn=<NllLossBackward0>)",
    "Cost after iteration 100: 0.6464",
    "epoch 4: loss nan acc -0.5 err .25",
    "best loss 0.3 at epoch 7",
    "12 rows, 3 columns",
    "loss: 1,234.5 at step 1,000",
]


def said(parsed):
    where = parsed.where
    counters = (where.epoch, where.planned, where.step, where.steps, where.samples, where.told_of)
    return repr((counters, [(m.metric, m.split, m.value, m.rounding, m.unit, m.label) for m in parsed.found]))


@pytest.mark.parametrize("line", LINES)
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_the_short_way_says_the_same(line, data):
    forms = Forms()
    for _ in range(6):
        other = re.sub(
            r"(?<![\w@\d])\d(?!\d)|(?<=\.)\d+",
            lambda found: str(data.draw(st.integers(0, 10 ** len(found[0]) - 1))),
            line,
        )
        assert said(forms.parse(other)) == said(parse(other))


def test_a_form_is_learned():
    forms = Forms()
    for i in range(5):
        forms.parse(f"Epoch {i}/10 loss: 0.{i}")
    parsed = forms.parse("Epoch 12/10000 loss: 1234.5678")
    assert parsed.where.rest == ""
    assert (parsed.where.epoch, parsed.where.planned, parsed.found[0].value) == (12, 10000, 1234.5678)
    assert parsed.found[0].rounding == pytest.approx(5e-5)


def test_a_form_takes_numbers_of_all_kinds():
    forms = Forms()
    for i in range(3):
        forms.parse(f"epoch {i} loss=0.{i} score=-0.5 time=1.5")
    for loss, score in (("9.5e-05", "1e-06"), ("nan", "0.125"), ("0.5", "2.5e+20")):
        line = f"epoch 7 loss={loss} score={score} time=-3e-05"
        assert said(forms.known(line)) == said(parse(line))
    assert forms.known("epoch 8 loss=0.5 score=3 time=1.5") is None  # a whole number is no measure of one's own
    assert [m.label for m in forms.parse("epoch 8 loss=0.5 score=3 time=1.5").found] == ["loss"]


def test_a_form_takes_files_of_all_numbers_and_keeps_those_of_metrics():
    forms = Forms()
    for i in range(3):
        forms.parse(f"image_{i}.png scaled by 0.{i}")
        forms.parse(f"epoch {i}, top5: 0.{i}, loss: 0.{i}")
    assert said(forms.known("image_40123.png scaled by 1e-05")) == said(parse("image_7.png scaled by 0.5"))
    assert forms.known("epoch 4, top1: 0.5, loss: 0.5") is None


def test_names_keep_their_numbers():
    forms = Forms()
    for i in range(6):
        forms.parse(f"epoch {i} acc@5: 0.{i}")
    assert forms.parse("epoch 7 acc@1: 0.5").found[0].metric == "accuracy"
    assert forms.parse("epoch 7 acc@5: 0.5").found[0].metric == "acc@5"
