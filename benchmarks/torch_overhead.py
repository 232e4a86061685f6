"""A PyTorch loop of small steps that prints nothing, bare and followed, in turns; ratios of their times go out.

Run with ``python -m benchmarks.torch_overhead [STEPS] [ROUNDS]``. Bare against bare stands beside it: that is the noise.
"""

from __future__ import annotations

import gc
import statistics
import sys
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import torch

from nbdiag.frameworks.torch.hook import hook


def train(steps: int) -> float:
    """Processor seconds for ``steps`` steps of about 0.2 ms, fed by a shuffling loader."""
    torch.manual_seed(0)
    inputs, targets = torch.randn(16_000, 32), torch.randint(0, 10, (16_000,))
    loader = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(inputs, targets), 32, shuffle=True)
    model = torch.nn.Sequential(torch.nn.Linear(32, 64), torch.nn.ReLU(), torch.nn.Linear(64, 10))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    criterion = torch.nn.CrossEntropyLoss()
    batches = (batch for _ in range(steps) for batch in loader)
    gc.collect()
    began = time.process_time()  # not the wall: what else the machine does is no part of it
    for _, (x, y) in zip(range(steps), batches, strict=False):
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
    return time.process_time() - began


def timed(around: Callable[[], AbstractContextManager[Any]], steps: int) -> float:
    with around():
        return train(steps)


def followed() -> AbstractContextManager[Any]:
    return hook([].append)


def main(steps: int = 5000, rounds: int = 9) -> None:
    torch.set_num_threads(1)
    train(500)
    ratios: dict[str, list[float]] = {"bare / bare": [], "hook / bare": []}
    for _ in range(rounds):
        bare, hooked, again = timed(nullcontext, steps), timed(followed, steps), timed(nullcontext, steps)
        ratios["bare / bare"].append(again / bare)
        ratios["hook / bare"].append(2 * hooked / (bare + again))
    print(f"torch {torch.__version__}, {steps} steps of {bare / steps * 1e6:.0f} µs, {rounds} rounds")
    for name, values in ratios.items():
        print(f"{name}: median {statistics.median(values):.3f}, from {min(values):.3f} to {max(values):.3f}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
