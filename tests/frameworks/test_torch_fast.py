"""Long loops of like steps, which the hook only notes, come in, with something unlike in their midst; all is told exactly."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from torch.nn import functional

from nbdiag.frameworks.torch import backward
from nbdiag.frameworks.torch.hook import hook
from tests.frameworks import torch_loops as loops

STEPS = 240
"""Ten times what the hook looks at before it trusts that the next step is like the last."""


def setting() -> tuple[Any, Any, Any, Any]:
    torch.manual_seed(1)
    x, y = loops.sets()[0].tensors
    model = loops.network()
    return model, torch.optim.SGD(model.parameters(), lr=0.05), x[:32], y[:32]


def steps_of(train: Callable[[], Any]) -> list[float]:
    (run,) = loops.runs(train)
    curve = run.curve("loss", "train", "step")
    assert curve is not None
    return [float(value) for value in curve.values]


@pytest.mark.parametrize("at", (STEPS - 40, STEPS - 3))
def test_losses_are_told_one_by_one_also_where_gradients_are_accumulated_in_their_midst(at: int) -> None:
    expected = []

    def train() -> None:
        model, optimizer, x, y = setting()
        for step in range(STEPS):
            parts = 3 if at <= step < at + 5 else 1
            total = 0.0
            for _ in range(parts):
                loss = functional.cross_entropy(model(x), y) / parts
                loss.backward()
                total += loss.item()
            expected.append(total)
            optimizer.step()
            optimizer.zero_grad()

    np.testing.assert_allclose(steps_of(train), expected, rtol=1e-12)


def test_the_lane_is_open_for_like_steps_and_closed_behind_the_watch() -> None:
    opened = []

    def train() -> None:
        model, optimizer, x, y = setting()
        for _ in range(STEPS):
            functional.cross_entropy(model(x), y).backward()
            optimizer.step()
            optimizer.zero_grad()
            opened.append(backward.lane.write is not None)

    assert len(steps_of(train)) == STEPS
    assert sum(opened) > STEPS // 2
    assert backward.lane.write is None


def test_a_second_loss_and_its_optimizer_begin_in_the_midst() -> None:
    first, second = [], []

    def train() -> None:
        model, optimizer, x, y = setting()
        critic = loops.network(1)
        other = torch.optim.Adam(critic.parameters())
        for step in range(STEPS):
            if step % 2:
                loss = critic(x).square().mean()
                other.zero_grad()
                loss.backward()
                other.step()
                second.append(loss.item())
            loss = functional.cross_entropy(model(x), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            first.append(loss.item())

    (run,) = loops.runs(train)
    assert run.curve("loss", "train", "step").values.tolist() == first
    assert run.curve("loss_2", "train", "step").values.tolist() == second


def test_other_threads_and_other_ways_to_call_backward_are_told_apart() -> None:
    expected = []

    def elsewhere() -> None:
        model, _, x, y = setting()
        functional.cross_entropy(model(x), y).mul(1000).backward()

    def train() -> None:
        model, optimizer, x, y = setting()
        for step in range(STEPS):
            loss = functional.cross_entropy(model(x), y)
            if step % 3 == 1:
                torch.autograd.backward(loss)
            elif step % 3 == 2:
                torch.autograd.backward([loss])
            else:
                loss.backward()
            if step % 50 == 0:
                thread = threading.Thread(target=elsewhere)
                thread.start()
                thread.join()
            optimizer.step()
            optimizer.zero_grad()
            expected.append(loss.item())

    assert steps_of(train) == expected


def test_what_torch_refuses_is_refused_as_ever_and_the_training_is_followed_on() -> None:
    expected, refused = [], []

    def train() -> None:
        model, optimizer, x, y = setting()
        for step in range(STEPS):
            losses = functional.cross_entropy(model(x), y, reduction="none")
            if step % 40 == 39:
                with pytest.raises(RuntimeError, match="only for scalar outputs") as caught:
                    losses.backward()
                refused.append([entry.path for entry in caught.traceback if "nbdiag/frameworks" in str(entry.path)])
            losses.mean().backward()
            optimizer.step()
            optimizer.zero_grad()
            expected.append(losses.mean().item())

    assert steps_of(train) == expected
    assert refused == [[]] * (STEPS // 40)


def test_two_hooks_at_once_hear_the_same() -> None:
    outer: list[Any] = []
    expected = []

    def train() -> None:
        model, optimizer, x, y = setting()
        for _ in range(STEPS):
            loss = functional.cross_entropy(model(x), y)
            loss.backward()
            optimizer.step()
            optimizer.zero_grad()
            expected.append(loss.item())

    with hook(outer.append):
        inner = steps_of(train)
    (run,) = loops.collected(outer)
    assert inner == run.curve("loss", "train", "step").values.tolist() == expected
