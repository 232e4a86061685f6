"""Loops with the real Accelerate run in a real kernel, silent and in two processes; what was captured is checked."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))

from cell import captured, kernel  # noqa: F401

MAKE = """
import torch
from torch.utils.data import DataLoader, TensorDataset
from accelerate import Accelerator, debug_launcher
losses, means, held, rates = [], [], [], []
def run(accumulate=1, say=False):
    torch.manual_seed(0)
    x = torch.randn(200, 4)
    y = (x[:, 0] > 0).long()
    train, val = (DataLoader(TensorDataset(x[a:b], y[a:b]), 32, shuffle=not a) for a, b in ((0, 144), (144, 200)))
    model = torch.nn.Linear(4, 2)
    optimizer = torch.optim.AdamW(model.parameters(), lr=0.02)
    scheduler = torch.optim.lr_scheduler.StepLR(optimizer, 5 // accumulate, 0.5)
    accelerator = Accelerator(cpu=True, gradient_accumulation_steps=accumulate)
    model, optimizer, train, val, scheduler = accelerator.prepare(model, optimizer, train, val, scheduler)
    for epoch in range(4):
        total = 0.0
        for inputs, targets in train:
            with accelerator.accumulate(model):
                loss = torch.nn.functional.cross_entropy(model(inputs), targets)
                accelerator.backward(loss)
                accelerator.clip_grad_norm_(model.parameters(), 0.01)
                optimizer.step()
                scheduler.step()
                optimizer.zero_grad()
            losses.append(loss.item())
            total += loss.item() * len(targets)
        means.append(total / 144)
        with torch.no_grad():
            held.append(sum(torch.nn.functional.cross_entropy(model(a), b).item() * len(b) for a, b in val) / 56)
        if say:
            accelerator.print(f"epoch {epoch + 1}: train loss {means[-1]:.4f} val loss {held[-1]:.4f}")
"""


def test_a_silent_loop(kernel):  # noqa: F811
    (run,) = captured(kernel, MAKE + "run()")
    curves = run["curves"]
    assert list(curves["train:loss/step"].values()) == kernel.value("losses")
    assert list(curves["train:loss/epoch"].values()) == pytest.approx(kernel.value("means"), rel=1e-9)
    assert list(curves["val:loss/epoch"].values()) == pytest.approx(kernel.value("held"), rel=1e-9)
    assert list(curves["train:learning_rate/step"].values())[:4] == pytest.approx([0.02, 0.01, 0.005, 0.0025])
    assert min(curves["train:gradient_norm/step"].values()) > 0.011  # before it was clipped
    facts = run["facts"]
    assert (facts["n_train"], facts["n_val"], facts["batch_size"]) == ("144", "56", "32")
    assert (facts["optimizer"], facts["learning_rate"], facts["shuffle"]) == ("AdamW", "0.02", "True")


def test_accumulated_gradients_are_steps(kernel):  # noqa: F811
    (run,) = captured(kernel, MAKE + "run(accumulate=2)")
    pairs = kernel.value("[sum(losses[i:i + 2]) / 2 for at in range(0, 20, 5) for i in (at, at + 2)]")
    steps = list(run["curves"]["train:loss/step"].values())
    assert [v for i, v in enumerate(steps) if i % 3 < 2] == pytest.approx(pairs, rel=1e-6)


def test_of_two_processes_the_first_is_read(kernel):  # noqa: F811
    (run,) = captured(kernel, MAKE + "debug_launcher(run, args=(1, True), num_processes=2)")
    assert list(run["curves"]["train:loss/epoch"]) == list(run["curves"]["val:loss/epoch"]) == [1.0, 2.0, 3.0, 4.0]
