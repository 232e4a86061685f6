"""Loops that clip, accumulate and scale come in; the gradient norms told are those of what backward gave."""

from __future__ import annotations

import pytest
import torch
from torch import nn
from torch.nn import functional as F
from torch.nn.utils import clip_grad_norm_

from tests.frameworks import torch_loops as loops

pytestmark = pytest.mark.frameworks


def clipped(parameters):
    clip_grad_norm_(parameters, 0.01)


def by_hand(parameters):
    for p in parameters:
        p.grad.mul_(0.01)


def untouched(parameters):
    pass


@pytest.mark.parametrize("clip", [untouched, clipped, by_hand])
@pytest.mark.parametrize(("every", "scaled"), [(1, False), (3, False), (1, True), (3, True)])
def test_the_norm_is_that_before_clipping_of_all_micro_batches_and_unscaled(clip, every, scaled):
    norms = []

    def train():
        model = loops.network()
        optimizer = torch.optim.SGD(model.parameters(), 0.05)
        scaler = torch.amp.GradScaler("cpu", enabled=scaled)
        for i, (x, y) in enumerate(list(loops.loaders(batch=16)[0]) * 4, 1):
            scaler.scale(F.cross_entropy(model(x), y) / every).backward()
            if i % every == 0:
                grads = torch.cat([p.grad.flatten() for p in model.parameters()])
                norms.append(grads.norm().item() / (scaler.get_scale() if scaled else 1))
                scaler.unscale_(optimizer)
                clip(list(model.parameters()))
                scaler.step(optimizer)
                scaler.update()
                optimizer.zero_grad()

    (run,) = loops.runs(train)
    told = run.curve("gradient_norm", "train", "step")
    assert len(told) >= 1  # now and then, the first time once the optimizer is known
    assert told.values.tolist() == pytest.approx([norms[int(step) - 1] for step in told.steps], rel=1e-5)


def steps(weights, factor, scaler):
    optimizer = torch.optim.SGD([weights], 0.0)
    for _ in range(5):
        optimizer.zero_grad()
        scaler.scale((weights * factor).sum()).backward()
        scaler.step(optimizer)
        scaler.update()


def test_half_precision_does_not_overflow():
    weights = torch.zeros(4000, dtype=torch.float16, requires_grad=True)
    (run,) = loops.runs(lambda: steps(weights, 6e4, torch.amp.GradScaler("cpu", enabled=False)))
    assert run.curve("gradient_norm", "train", "step").values[0] == pytest.approx(6e4 * 4000**0.5, rel=1e-3)


def test_a_step_skipped_after_an_overflow_has_no_norm():
    weights = torch.zeros(10, requires_grad=True)
    found = loops.runs(lambda: steps(weights, 1e30, torch.amp.GradScaler("cpu", init_scale=2.0**60)))
    assert [run.curve("gradient_norm", "train", "step") for run in found] == [None]


def test_each_optimizer_has_its_own():
    norms = []

    def train():
        one, two = nn.Linear(4, 1), nn.Linear(4, 1)
        first, second = torch.optim.SGD(one.parameters(), 0.0), torch.optim.SGD(two.parameters(), 0.0)
        for _ in range(30):
            for model, optimizer, scale in ((one, first, 1.0), (two, second, 50.0)):
                optimizer.zero_grad()
                (model(torch.ones(2, 4)).sum() * scale).backward()
                norms.append(torch.cat([p.grad.flatten() for p in model.parameters()]).norm().item())
                optimizer.step()

    (run,) = loops.runs(train)
    for i, metric in enumerate(("gradient_norm", "gradient_norm_2")):
        assert run.curve(metric, "train", "step").values.tolist()[:1] == [pytest.approx(norms[i])]


class Part(torch.Tensor):
    """A tensor whose norm would be a matter of several processes."""


def test_gradients_that_are_not_plain_are_left_alone():
    touched = []

    class Counting(Part):
        @classmethod
        def __torch_function__(cls, function, types, args=(), kwargs=None):
            touched.append(function.__name__)
            return super().__torch_function__(function, types, args, kwargs or {})

    def train():
        dense = nn.Embedding(10, 3, sparse=True)
        part = nn.Parameter(torch.ones(3))
        optimizers = torch.optim.SGD(dense.parameters(), 0.1), torch.optim.SGD([part], 0.1)
        for _ in range(5):
            (dense(torch.tensor([1, 2])).sum() * part.sum()).backward()
            part.grad = part.grad.as_subclass(Counting)
            touched.clear()
            (part.sum() * 2).backward()
            assert not [name for name in touched if "norm" in name]
            for optimizer in optimizers:
                optimizer.step()

    (run,) = loops.runs(train)
    assert run.metrics == ["loss", "learning_rate"]


def test_the_rate_of_each_epoch_is_told():
    def train():
        model = loops.network()
        optimizer = torch.optim.SGD(model.parameters(), 0.8)
        scheduler = torch.optim.lr_scheduler.ExponentialLR(optimizer, 0.5)
        loader = loops.loaders()[0]
        for _ in range(4):
            for x, y in loader:
                optimizer.zero_grad()
                F.cross_entropy(model(x), y).backward()
                optimizer.step()
            scheduler.step()

    (run,) = loops.runs(train)
    rates = run.curve("learning_rate", "train", "step")
    assert rates.values.tolist()[:4] == [0.8, 0.4, 0.2, 0.1]
    assert rates.epochs.tolist()[1:4] == [1.125, 2.125, 3.125]  # of the first step that used it
