"""Training loops as people write them, without a word printed; what the hook tells of them comes back as runs."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import nn

from nbdiag.collect import Collector
from nbdiag.events import Event, Trouble
from nbdiag.frameworks.torch.hook import hook
from nbdiag.run import Run


def sets(n: int = 320, classes: int = 3) -> tuple[Any, Any]:
    """A training and a validation set, the same at each call; torch's own generator stays untouched."""
    generator = torch.Generator().manual_seed(7)
    inputs = torch.randn(n, 8, generator=generator)
    targets = (inputs @ torch.randn(8, classes, generator=generator)).argmax(1)
    cut = n * 3 // 4
    data = torch.utils.data.TensorDataset
    return data(inputs[:cut], targets[:cut]), data(inputs[cut:], targets[cut:])


def network(classes: int = 3) -> nn.Module:
    return nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Dropout(0.2), nn.Linear(16, classes))


def loaders(batch: int = 32, **options: Any) -> tuple[Any, Any]:
    train, val = sets()
    loader = torch.utils.data.DataLoader
    return loader(train, batch, shuffle=True, **options), loader(val, 64, **options)


def evaluate(model: nn.Module, loader: Iterable[Any], criterion: Callable[..., Any]) -> tuple[float, float]:
    """Mean loss over samples and accuracy."""
    model.eval()
    total = right = count = 0.0
    with torch.no_grad():
        for x, y in loader:
            out = model(x)
            total, count = total + criterion(out, y).item() * len(y), count + len(y)
            right += (out.argmax(1) == y).sum().item()
    model.train()
    return total / count, right / count


def told(train: Callable[[], Any]) -> list[Event]:
    """The events of ``train()``; none of them may be trouble."""
    events: list[Event] = []
    with hook(events.append):
        train()
    for event in events:
        if isinstance(event, Trouble):
            raise event.error
    return events


def runs(train: Callable[[], Any]) -> list[Run]:
    return collected(told(train))


def collected(events: Iterable[Event]) -> list[Run]:
    collector = Collector()
    for event in events:
        collector.event(event, 0.0)
    collector.close()
    return collector.runs
