"""A model, data and what to do with them go in; a PyTorch loop as a notebook holds it runs and prints its epochs."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from benchmarks.trials.data import Split

STYLES: dict[str, str] = {
    "keras": "Epoch {e}/{n} - loss: {tl:.4f} - accuracy: {ta:.4f} - val_loss: {vl:.4f} - val_accuracy: {va:.4f}",
    "words": "epoch {e}: train loss {tl:.3f}, train acc {ta:.3f}, val loss {vl:.3f}, val acc {va:.3f}",
    "percent": "[{e:3d}/{n}] train_loss={tl:.4f} train_acc={tap:.2f}% val_loss={vl:.4f} val_acc={vap:.2f}%",
    "two": "Epoch {e:02d} | loss {tl:.2f} | acc {ta:.2f} | val loss {vl:.2f} | val acc {va:.2f}",
    "lines": "Epoch: {e}\n\tTrain Loss: {tl:.3f} | Train Acc: {tap:.2f}%\n\t Val. Loss: {vl:.3f} |  Val. Acc: {vap:.2f}%",
    "json": '{{"epoch": {e}, "train_loss": {tl:.6f}, "train_acc": {ta:.6f}, "val_loss": {vl:.6f}, "val_acc": {va:.6f}}}',
    "losses": "Epoch {e}: train loss {tl:.4f}, val loss {vl:.4f}",
    "two losses": "epoch {e} loss {tl:.2f} val_loss {vl:.2f}",
    "bare": "{e} {tl:.4f} {vl:.4f}",
    "train": "Epoch {e}, loss = {tl:.5f}",
    "valacc": "epoch {e} loss {tl:.4f} val_acc {va:.4f}",
    "none": "",
}


def mlp(*sizes: int, act=nn.ReLU, dropout=0.0, bn=False, last=None) -> nn.Sequential:
    parts: list[nn.Module] = []
    for i, (a, b) in enumerate(itertools.pairwise(sizes)):
        parts.append(nn.Linear(a, b))
        if i < len(sizes) - 2:
            parts += [nn.BatchNorm1d(b)] * bn + [act()] + [nn.Dropout(dropout)] * (dropout > 0)
    return nn.Sequential(*parts, *([last] if last else []))


def cnn(k=10, width=8, dropout=0.0, bn=False) -> nn.Sequential:
    def block(a, b):
        return [nn.Conv2d(a, b, 3, padding=1), *([nn.BatchNorm2d(b)] * bn), nn.ReLU(), nn.MaxPool2d(2)]

    return nn.Sequential(
        *block(1, width),
        *block(width, 2 * width),
        nn.Flatten(),
        *([nn.Dropout(dropout)] * (dropout > 0)),
        nn.Linear(2 * width * 4, k),
    )


class Recurrent(nn.Module):
    def __init__(self, kind=nn.LSTM, hidden=24, out=3, inputs=1, **more):
        super().__init__()
        self.rnn, self.head = kind(inputs, hidden, batch_first=True, **more), nn.Linear(hidden, out)

    def forward(self, x):
        return self.head(self.rnn(x)[0][:, -1])


def optim(model, name="adam", lr=1e-3, **more):
    kinds = {
        "adam": torch.optim.Adam,
        "adamw": torch.optim.AdamW,
        "sgd": torch.optim.SGD,
        "rmsprop": torch.optim.RMSprop,
    }
    if name == "momentum":
        return torch.optim.SGD(model.parameters(), lr=lr, momentum=0.9, **more)
    return kinds[name](model.parameters(), lr=lr, **more)


def right(out, y, task):
    if task == "classes":
        return (out.argmax(1) == y).float().mean().item()
    if task == "binary":
        return ((out.squeeze(-1) > 0) == (y > 0.5)).float().mean().item()
    if task == "probability":
        return ((out.squeeze(-1) > 0.5) == (y > 0.5)).float().mean().item()
    return float("nan")


def fit(
    model: nn.Module,
    s: Split,
    *,
    epochs=20,
    lr=1e-3,
    optimizer="adam",
    batch=32,
    criterion: Callable | None = None,
    task="classes",
    style="keras",
    schedule: Callable | None = None,
    per_step_schedule=False,
    every=1,
    shuffle=True,
    seed=0,
    clip=None,
    zero_grad=True,
    step=True,
    eval_mode=True,
    last_batch=False,
    accumulate=1,
    augment: Callable | None = None,
    penalty=0.0,
    patience=None,
    ema=None,
    amp=False,
    weight_decay=None,
    val_criterion=None,
    sum_loss=False,
    start=1,
    drop_last=False,
    opt=None,
    hook: Callable | None = None,
):
    """Train and print. Made like tutorials make it: running sums, ``model.eval()``, ``no_grad``, one line an epoch."""
    torch.manual_seed(seed)
    if s.y.dtype == np.float32 or task == "classes":
        y, yv = torch.from_numpy(s.y), torch.from_numpy(s.yv)
    else:
        y, yv = torch.from_numpy(s.y).float(), torch.from_numpy(s.yv).float()
    loader = DataLoader(
        TensorDataset(torch.from_numpy(s.x), y),
        batch_size=batch,
        shuffle=shuffle,
        drop_last=drop_last,
        generator=torch.Generator().manual_seed(seed),
    )
    val_loader = DataLoader(TensorDataset(torch.from_numpy(s.xv), yv), batch_size=256)
    criterion = criterion or (
        nn.CrossEntropyLoss() if task == "classes" else nn.BCEWithLogitsLoss() if task == "binary" else nn.MSELoss()
    )
    val_criterion = val_criterion or criterion
    optimizer = opt or optim(
        model, optimizer, lr, **({"weight_decay": weight_decay} if weight_decay is not None else {})
    )
    scheduler = schedule(optimizer, len(loader)) if schedule else None
    best, waited, averaged = float("inf"), 0, None
    if ema:
        averaged = torch.optim.swa_utils.AveragedModel(
            model, multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(ema)
        )

    def squeezed(out):
        return out.squeeze(-1) if task in ("binary", "probability", "regression") and out.ndim > y.ndim else out

    for epoch in range(start, start + epochs):
        model.train()
        total = correct = seen = 0.0
        for i, (xb, yb) in enumerate(loader):
            if augment:
                xb = augment(xb)
            if zero_grad and i % accumulate == 0:
                optimizer.zero_grad()
            with torch.autocast("cpu", torch.bfloat16, enabled=amp):
                out = squeezed(model(xb))
                loss = criterion(out, yb)
            if penalty:
                loss = loss + penalty * sum((p**2).sum() for p in model.parameters())
            (loss / accumulate).backward()
            if clip:
                nn.utils.clip_grad_norm_(model.parameters(), clip)
            if step and (i + 1) % accumulate == 0:
                optimizer.step()
                if averaged:
                    averaged.update_parameters(model)
            if scheduler and per_step_schedule:
                scheduler.step()
            total += loss.item() * (1 if sum_loss else len(xb))
            correct += right(out.detach(), yb, task) * len(xb)
            seen += len(xb)
        if scheduler and not per_step_schedule:
            scheduler.step()
        tl, ta = (loss.item() if last_batch else total / seen), correct / seen
        judged = averaged or model
        if eval_mode:
            judged.eval()
        total = correct = seen = 0.0
        with torch.no_grad():
            for xb, yb in val_loader:
                out = squeezed(judged(xb))
                total += val_criterion(out, yb).item() * (1 if sum_loss else len(xb))
                correct += right(out, yb, task) * len(xb)
                seen += len(xb)
        vl, va = total / seen, correct / seen
        if epoch % every == 0 and style != "none":
            print(
                STYLES[style].format(
                    e=epoch, n=start + epochs - 1, tl=tl, ta=ta, vl=vl, va=va, tap=100 * ta, vap=100 * va
                )
            )
        if hook:
            hook(model, epoch)
        if patience is not None:
            best, waited = (vl, 0) if vl < best else (best, waited + 1)
            if waited >= patience:
                print("Early stopping")
                break
    return model
