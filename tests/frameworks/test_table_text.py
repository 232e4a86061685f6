"""Tables that grow with each epoch, and the dicts of Hugging Face's Trainer."""

import json

import pytest

from nbdiag.collect import collect
from nbdiag.errors import DamagedSource, UnknownSource
from nbdiag.sources import read_runs

FASTAI = """epoch     train_loss  valid_loss  accuracy  time    
0         0.534567    0.432100    0.830000  00:03     
1         0.434567    0.402100    0.850000  00:03     
"""  # noqa: W291
SKORCH = """  epoch    train_loss    valid_acc    cp    valid_loss     dur
-------  ------------  -----------  ----  ------------  ------
      1        \x1b[36m0.6905\x1b[0m       \x1b[32m0.6150\x1b[0m     +        0.6749  0.1009
      2        0.6648       0.6450              0.6633  0.0806
"""
MARKDOWN = "| epoch | train_loss | val_acc |\n|---|---|---|\n| 1 | 0.5 | 90% |\n| 2 | 0.4 | 91% |\n"
COMMAS = "starting\nepoch,loss,val_loss\n1,0.5,0.6\n2,0.4,0.5\n"
PERCENT = "epoch  loss  acc\n1  0.5  0.9\n2  0.4  45.3\n"
STEPS = "Step\tTraining Loss\tValidation Loss\tAccuracy\n500\t0.5\t0.6\t0.8\n1000\t0.4\t0.5\t0.9\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (FASTAI, {"train:loss": [0.534567, 0.434567], "val:loss": [0.4321, 0.4021], "val:accuracy": [0.83, 0.85]}),
        (SKORCH, {"train:loss": [0.6905, 0.6648], "val:accuracy": [0.615, 0.645], "val:loss": [0.6749, 0.6633]}),
        (MARKDOWN, {"train:loss": [0.5, 0.4], "val:accuracy": [0.9, 0.91]}),
        (COMMAS, {"train:loss": [0.5, 0.4], "val:loss": [0.6, 0.5]}),
        (PERCENT, {"train:loss": [0.5, 0.4], "train:accuracy": [0.009, 0.453]}),
        (STEPS, {"train:loss": [0.5, 0.4], "val:loss": [0.6, 0.5], "val:accuracy": [0.8, 0.9]}),
    ],
)
def test_a_table(text, expected):
    (run,) = collect(text)
    assert {curve.name: curve.values.round(9).tolist() for curve in run.curves()} == expected
    places = run.curve("loss", "train")
    assert places.steps.tolist() == [500, 1000] if text is STEPS else places.epochs.tolist() == [1, 2]


@pytest.mark.parametrize(
    "text",
    [
        "  iter   f(x)   error\n   1     0.5    0.3\n   2     0.4    0.2\n",
        "epoch  name\n1  bob\n2  eve\n",
        "epoch, loss and accuracy are explained below\n1, 2, 3\n",
        "   loss  accuracy\n0   0.5       0.9\n1   0.4       0.8\n",
        "step by step\n1 2 3\n",
    ],
)
def test_no_table_of_a_training(text):
    assert collect(text) == []


TRAINER = """{'loss': 0.6841, 'grad_norm': 3.2, 'learning_rate': 4.5e-05, 'epoch': 0.5}
{'eval_loss': 0.55, 'eval_accuracy': 0.8, 'eval_runtime': 1.2, 'eval_samples_per_second': 88.1, 'eval_steps_per_second': 3.1, 'epoch': 1.0}
  75%|#######   | 3/4 [00:01<00:00,  2.1it/s]{'loss': '0.4841', 'grad_norm': '3.2', 'learning_rate': '2.5e-05', 'epoch': '1.5'}
{'eval_loss': 0.45, 'eval_accuracy': 0.85, 'eval_runtime': 1.2, 'eval_samples_per_second': 88.1, 'eval_steps_per_second': 3.1, 'epoch': 2.0}
{'train_runtime': 12.5, 'train_samples_per_second': 80, 'train_steps_per_second': 2.5, 'train_loss': 0.52, 'epoch': 2.0}
"""


def test_trainer():
    (run,) = collect(TRAINER)
    assert run.framework == "transformers"
    assert {c.name: (c.values.tolist(), c.epochs.tolist()) for c in run.curves()} == {
        "train:loss": ([0.6841, 0.4841], [0.5, 1.5]),
        "train:gradient_norm": ([3.2, 3.2], [0.5, 1.5]),
        "train:learning_rate": ([4.5e-05, 2.5e-05], [0.5, 1.5]),
        "val:loss": ([0.55, 0.45], [1.0, 2.0]),
        "val:accuracy": ([0.8, 0.85], [1.0, 2.0]),
    }


def test_trainer_twice():
    assert [run.number for run in collect(TRAINER + TRAINER)] == [1, 2]


def test_trainer_state(tmp_path):
    state = {
        "num_train_epochs": 2, "train_batch_size": 8, "global_step": 4,
        "log_history": [
            {"epoch": 0.5, "loss": 0.6841, "learning_rate": 4.5e-05, "step": 1},
            {"epoch": 1.0, "eval_loss": 0.55, "eval_runtime": 1.2, "step": 2},
            {"epoch": 2.0, "train_loss": 0.52, "train_runtime": 12.5, "step": 4},
        ],
    }  # fmt: skip
    path = tmp_path / "trainer_state.json"
    path.write_text(json.dumps(state))
    for source in (path, state):
        (run,) = read_runs(source)
        assert {c.name: c.values.tolist() for c in run.curves()} == {
            "train:loss": [0.6841], "train:learning_rate": [4.5e-05], "val:loss": [0.55]
        }  # fmt: skip
        assert (run.facts.epochs, run.facts.batch_size) == (2, 8)


def test_a_saved_notebook(tmp_path):
    def cell(count, *texts):
        return {"cell_type": "code", "execution_count": count, "source": "", "metadata": {},
                "outputs": [{"output_type": "stream", "name": name, "text": text} for name, text in texts]}  # fmt: skip

    cells = [
        {"cell_type": "markdown", "source": "Epoch 1 loss 0.5", "metadata": {}},
        cell(
            3, ("stdout", ["Epoch 1/2 loss: 0.5\n", "Epoch 2/2 lo"]), ("stderr", "warning\n"), ("stdout", "ss: 0.4\n")
        ),
        cell(4, ("stdout", "hello\n")),
        cell(7, ("stdout", FASTAI)),
    ]
    path = tmp_path / "work.ipynb"
    path.write_text(json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells}))
    assert [(run.cell, run.curve("loss", "train").values.tolist()) for run in read_runs(path)] == [
        (3, [0.5, 0.4]),
        (7, [0.534567, 0.434567]),
    ]
    path.write_text(json.dumps({"nbformat": 4, "cells": cells[2:3]}))
    with pytest.raises(UnknownSource, match="no output"):
        read_runs(path)
    path.write_text('{"nbformat": 4, "ce')
    with pytest.raises(DamagedSource, match="no notebook"):
        read_runs(path)
