"""Loops' names come in; healthy PyTorch trainings whose printed numbers could mislead run watched, and sick
ones; findings go out as JSON.

Each of ``LOOPS`` is a correct training of an easy task. What it prints is not what an identity would like: the last batch's loss,
a part of it, more than it, other samples than the accuracy's, or few digits.
"""

import json
import sys
from pathlib import Path

import torch
from torch import nn
from torch.nn import functional as F
from torch.utils.data import DataLoader, TensorDataset

import nbdiag

sys.path.insert(0, str(Path(__file__).parent))
from findings import told

generator = torch.Generator().manual_seed(3)


def blobs(n, k, apart):
    centres = torch.randn((k, 6), generator=torch.Generator().manual_seed(8))
    y = torch.randint(0, k, (n,), generator=generator)
    return (apart * centres[y] + torch.randn((n, 6), generator=generator)) / max(apart, 1.0), y


def loop(
    *, k=4, apart=1.5, epochs=12, loss=F.cross_entropy, judge=F.cross_entropy, divide=1, last=False, penalty=0.0,
    show="loss: {:.4f} - acc: {:.4f} - val_loss: {:.4f} - val_acc: {:.4f}", labels=None, norms=False, units=None, end=(),
):  # fmt: skip
    """The usual loop; ``divide`` accumulates that many batches, ``judge`` is the validation's loss."""
    torch.manual_seed(0)
    x, y = blobs(900, k, apart)
    if labels is not None:
        y = labels(y)
    train = DataLoader(TensorDataset(x[:600], y[:600]), batch_size=30, shuffle=True)
    model = nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Linear(32, units or k), *end)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    scale = 2.0**17
    for epoch in range(1, epochs + 1):
        model.train()
        total, right, seen = 0.0, 0, 0
        for i, (inputs, targets) in enumerate(train):
            value = loss(model(inputs), targets) / divide
            if penalty:
                value = value + penalty * sum((p**2).sum() for p in model.parameters())
            value.backward()
            if (i + 1) % divide == 0:
                norm = nn.utils.clip_grad_norm_(model.parameters(), 5.0)
                optimizer.step()
                optimizer.zero_grad()
            total += value.item() * len(targets)
            seen += len(targets)
            right += decided(model(inputs), targets)
        model.eval()
        with torch.no_grad():
            out = model(x[600:])
            val, hits = judge(out, y[600:]).item(), decided(out, y[600:])
        shown = value.item() if last else total / seen
        real = (y[600:] >= 0).sum().item()
        line = show.format(shown, right / max(1, (y[:600] >= 0).sum().item()), val, hits / real)
        if norms:  # a scaler of mixed precision lowers its scale when the gradients overflow, and skips that step
            overflow = epoch in (1, 2, 9)
            scale = scale / 2 if overflow else scale
            line += f" - grad_norm: {float('inf') if overflow else norm.item():.3f} - scale: {scale:.0f}"
        print(f"Epoch {epoch}/{epochs} - {line}")


def decided(out, targets):
    if out.shape[1] == 1:
        return ((out[:, 0] > 0) == (targets > 0.5)).sum().item()
    return (out.argmax(1) == targets).sum().item()


def binary(out, targets):
    return F.binary_cross_entropy_with_logits(out[:, 0], targets.float())


def masked(y):
    """A third of the positions are padding, which neither loss nor accuracy counts."""
    return torch.where(torch.arange(len(y)) % 3 == 0, -100, y)


WEIGHTS = torch.tensor([1.0, 4.0, 1.0, 2.0])
LOOPS = {
    "plain": lambda: loop(),
    "last-batch": lambda: loop(last=True),
    "accumulation": lambda: loop(divide=4),
    "smoothing": lambda: loop(loss=lambda o, t: F.cross_entropy(o, t, label_smoothing=0.2)),
    "smoothing-both": lambda: loop(**dict.fromkeys(("loss", "judge"), nn.CrossEntropyLoss(label_smoothing=0.2))),
    "penalty": lambda: loop(penalty=0.003),
    "weights": lambda: loop(loss=nn.CrossEntropyLoss(weight=WEIGHTS)),
    "weights-both": lambda: loop(**dict.fromkeys(("loss", "judge"), nn.CrossEntropyLoss(weight=WEIGHTS))),
    "logits": lambda: loop(k=2, units=1, loss=binary, judge=binary),
    "masked": lambda: loop(labels=masked),
    "two-decimals": lambda: loop(show="loss: {:.2f} - acc: {:.2f} - val_loss: {:.2f} - val_acc: {:.2f}"),
    "perfect": lambda: loop(apart=8.0, epochs=25),
    "mixed-precision": lambda: loop(norms=True),
    "normalised": lambda: loop(end=(nn.BatchNorm1d(4),)),
}
SICK = {
    "softmax-inside": lambda: loop(end=(nn.Softmax(1),), epochs=25),
    "sigmoid-inside": lambda: loop(end=(nn.Sigmoid(),)),
    "sigmoid-twice": lambda: loop(k=2, units=1, loss=binary, judge=binary, end=(nn.Sigmoid(),)),
}


if __name__ == "__main__":
    path, hooks, *names = sys.argv[1:]
    found = {}
    for name in names:
        with nbdiag.watch(view="none", hooks=hooks == "hooks") as watched:
            (LOOPS | SICK)[name]()
        found[name] = [told(d) for d in watched.diagnoses]
    with open(path, "w") as file:
        json.dump(found, file, default=str)
