"""Loops that are no plain minibatch descent: their losses are told as the loop has them, and nothing is invented."""

from __future__ import annotations

import pytest
import torch
from torch import nn
from torch.nn import functional as F
from torch.utils.checkpoint import checkpoint

from tests.frameworks import torch_loops as loops

pytestmark = pytest.mark.frameworks


def steps(run, metric="loss"):
    return run.curve(metric, "train", "step").values.tolist()


def test_adversaries_with_a_gradient_penalty_are_two_losses():
    critic, generator = [], []

    def train():
        g, d = nn.Linear(4, 8), nn.Sequential(nn.Linear(8, 16), nn.Tanh(), nn.Linear(16, 1))
        of_g, of_d = torch.optim.Adam(g.parameters(), 1e-3), torch.optim.Adam(d.parameters(), 1e-3)
        for i, (x, _) in enumerate(loops.loaders()[0]):
            of_d.zero_grad()
            mixed = (x + g(torch.randn(len(x), 4)).detach()).requires_grad_()
            (slope,) = torch.autograd.grad(d(mixed).sum(), mixed, create_graph=True)
            loss = d(mixed).mean() - d(x).mean() + 10 * ((slope.norm(2, 1) - 1) ** 2).mean()
            loss.backward()
            of_d.step()
            critic.append(loss.item())
            if i % 3 == 2:
                of_g.zero_grad()
                loss = -d(g(torch.randn(len(x), 4))).mean()
                loss.backward()
                of_g.step()
                generator.append(loss.item())

    (run,) = loops.runs(train)
    assert steps(run) == critic and steps(run, "loss_2") == generator
    assert run.facts.loss is None


@pytest.mark.parametrize("reentrant", [False, True])
def test_checkpointed_layers_run_backward_within_backward(reentrant):
    losses = []

    def train():
        first, last = nn.Linear(8, 16), nn.Linear(16, 3)
        optimizer = torch.optim.SGD([*first.parameters(), *last.parameters()], 0.1)
        for x, y in loops.loaders()[0]:
            optimizer.zero_grad()
            hidden = checkpoint(lambda v: F.relu(first(v)), x.requires_grad_(), use_reentrant=reentrant)
            loss = F.cross_entropy(last(hidden), y)
            loss.backward()
            optimizer.step()
            losses.append(loss.item())

    (run,) = loops.runs(train)
    assert steps(run) == losses


def sharpness_aware(model, x, y):
    """Weights are moved to where the loss is high, and back again."""
    loss = F.cross_entropy(model(x), y)
    loss.backward()
    moves = [0.05 * p.grad for p in model.parameters()]
    with torch.no_grad():
        for p, move in zip(model.parameters(), moves, strict=True):
            p += move
    model.zero_grad()
    F.cross_entropy(model(x), y).backward()
    with torch.no_grad():
        for p, move in zip(model.parameters(), moves, strict=True):
            p -= move
    return loss


def attacked(model, x, y):
    """An input is moved against the model, by a gradient that no step uses."""
    x.requires_grad_()
    F.cross_entropy(model(x), y).backward()
    moved = (x + 0.1 * x.grad.sign()).detach()
    model.zero_grad()
    loss = F.cross_entropy(model(moved), y)
    loss.backward()
    return loss


def doubled(model, x, y):
    """Both gradients are used."""
    losses = [F.cross_entropy(model(part), y) for part in (x, -x)]
    for loss in losses:
        loss.backward()
    return sum(losses)


@pytest.mark.parametrize("both", [sharpness_aware, attacked, doubled])
def test_of_two_backward_passes_a_step_has_the_losses_it_used(both):
    losses = []

    def train():
        for _ in range(2):
            model = loops.network()
            optimizer = torch.optim.SGD(model.parameters(), 0.1)
            for x, y in loops.loaders()[0]:
                optimizer.zero_grad()
                loss = both(model, x, y)
                optimizer.step()
                losses.append(loss.item())

    runs = loops.runs(train)
    assert [len(steps(run)) for run in runs] == [8, 8]
    assert [value for run in runs for value in steps(run)] == pytest.approx(losses)


def test_a_loss_given_its_sign_is_told_with_it():
    losses = []

    def train():
        critic = nn.Linear(8, 1)
        optimizer = torch.optim.RMSprop(critic.parameters(), 1e-3)
        one = torch.tensor(1.0)
        for x, _ in loops.loaders()[0]:
            optimizer.zero_grad()
            real, false = critic(x).mean(), critic(torch.randn_like(x)).mean()
            real.backward(-one)
            false.backward(one)
            optimizer.step()
            losses.append((false - real).item())

    (run,) = loops.runs(train)
    assert steps(run) == pytest.approx(losses)


def test_parallel_on_one_device_is_as_alone():
    losses = []

    def train():
        model = nn.DataParallel(loops.network())
        optimizer = torch.optim.SGD(model.parameters(), 0.1)
        for x, y in loops.loaders()[0]:
            optimizer.zero_grad()
            loss = F.cross_entropy(model(x), y)
            loss.backward()
            optimizer.step()
            losses.append(loss.item())

    (run,) = loops.runs(train)
    assert steps(run) == losses


def test_several_roots_at_once_are_their_sum():
    sums = []

    def train():
        model, head = loops.network(), nn.Linear(8, 1)
        optimizer = torch.optim.Adam([*model.parameters(), *head.parameters()], 1e-2)
        for x, y in loops.loaders()[0]:
            optimizer.zero_grad()
            parts = [F.cross_entropy(model(x), y), F.mse_loss(head(x).squeeze(1), x[:, 0])]
            torch.autograd.backward(parts)
            optimizer.step()
            sums.append(sum(part.item() for part in parts))

    (run,) = loops.runs(train)
    assert steps(run) == pytest.approx(sums)


def test_episodes_are_steps_and_no_epochs():
    losses = []

    def train():
        policy = nn.Linear(4, 2)
        optimizer = torch.optim.Adam(policy.parameters(), 1e-2)
        for _ in range(10):
            chosen = [torch.distributions.Categorical(logits=policy(torch.randn(4))) for _ in range(5)]
            loss = -torch.stack([c.log_prob(c.sample()) for c in chosen]).mul(torch.randn(5)).sum()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.item())

    (run,) = loops.runs(train)
    assert steps(run) == losses
    assert run.curve("loss", "train", "epoch") is None and run.facts.n_train is None


def functional():
    model = loops.network().eval()
    inputs, targets = loops.sets()[0].tensors
    parameters = {name: p.detach() for name, p in model.named_parameters()}

    def loss(parameters):
        return F.cross_entropy(torch.func.functional_call(model, parameters, (inputs,)), targets)

    for _ in range(30):
        grads = torch.func.grad(loss)(parameters)
        parameters = {name: p - 0.1 * grads[name] for name, p in parameters.items()}


def by_autograd_grad():
    inputs, targets = loops.sets()[0].tensors
    weights = torch.zeros(8, 3, requires_grad=True)
    for _ in range(30):
        (grad,) = torch.autograd.grad(F.cross_entropy(inputs @ weights, targets), weights)
        with torch.no_grad():
            weights -= 0.1 * grad


def tested():
    loops.evaluate(loops.network(), loops.loaders()[1], F.cross_entropy)


def saliency():
    model = loops.network()
    for x, y in loops.loaders()[1]:
        F.cross_entropy(model(x.requires_grad_()), y).backward()


def attack():
    model = loops.network()
    for x, y in loops.loaders()[1]:
        change = torch.zeros_like(x, requires_grad=True)
        for _ in range(5):
            F.cross_entropy(model(x + change), y).backward()
            change.data = (change + 0.01 * change.grad.sign()).detach().clamp(-0.1, 0.1)
            change.grad = None


def each_samples_gradient():
    model = loops.network()
    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    for x, y in loops.loaders()[0]:
        losses = F.cross_entropy(model(x), y, reduction="none")
        losses.backward(torch.ones_like(losses))
        optimizer.step()


@pytest.mark.parametrize("loop", [functional, by_autograd_grad, tested, saliency, attack, each_samples_gradient])
def test_what_no_backward_pass_tells_is_not_made_up(loop):
    assert loops.runs(loop) == []


def test_a_profiler_counts_the_training_only():
    def counted(around):
        with torch.profiler.profile() as profile:
            around(loop)
        return {event.key for event in profile.key_averages()}

    def loop():
        model = nn.Linear(8, 3)
        optimizer = torch.optim.SGD(model.parameters(), 0.1)
        for x, _ in loops.loaders()[0]:
            F.mse_loss(model(x), x[:, :3]).backward()
            optimizer.step()

    seen = counted(loops.runs) - counted(lambda train: train())
    assert not [name for name in seen if "norm" in name or "stack" in name]


def test_a_loop_that_breaks_in_backward_keeps_what_it_told():
    def train():
        model = loops.network()
        optimizer = torch.optim.SGD(model.parameters(), 0.1)
        with pytest.raises(RuntimeError, match="scalar outputs"):
            for i, (x, y) in enumerate(loops.loaders()[0]):
                loss = F.cross_entropy(model(x), y, reduction="none" if i == 5 else "mean")
                loss.backward()
                optimizer.step()

    (run,) = loops.runs(train)
    assert len(steps(run)) == 5
