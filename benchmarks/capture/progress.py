"""Progress text of long epochs, as the libraries write it: nothing goes in, texts by name go out."""

from __future__ import annotations

import math

EPOCHS, STEPS = 20, 2000
LINES = {
    "a tutorial's": "Epoch [{e}/{epochs}], Step [{i}/{steps}], Loss: {v:.4f}\n",
    "the CIFAR guide's": "[{e}, {i:5d}] loss: {v:.3f}\n",
    "a transformer's": "iter {n}: loss {v:.4f}, time 135.28ms, lr 6.0000e-04\n",
    "logging": "2024-01-02 12:{m:02d}:00,{ms:03d} - INFO - train - epoch={e} step={n} loss={v:.4f}\n",
    "JSON": '{{"epoch": {e}, "step": {n}, "train_loss": {v!r}, "lr": 0.0001}}\n',
}
"""Lines of hand-written loops, one for each step."""

ROWS = {
    "Keras 3, verbose=2": "Epoch {n}/{all}\n100/100 - {s}s - {ms}ms/step - accuracy: {a:.4f} - loss: {v:.4f} - val_loss: {w:.4e}\n",
    "Keras 1, verbose=2": "Epoch {n}/{all}\n - {s}s - loss: {v:.4f} - acc: {a:.4f} - val_loss: {w:.4f} - val_acc: {a:.4f}\n",
    "XGBoost": "[{n}]\ttrain-rmse:{v:.5f}\teval-rmse:{w:.5f}\n",
    "LightGBM": "[{n}]\ttraining's l2: {v:.6g}\tvalid_1's l2: {w:.6g}\n",
    "CatBoost": "{n}:\tlearn: {v:.7f}\ttest: {w:.7f}\tbest: {w:.7f} ({n})\ttotal: {s}.4s\tremaining: {ms}ms\n",
    "a ruled table": "| {n:>6} | {v:.4f} | {w:.4f} | {a:.4f} |\n",
    "a table of blanks": "{n:<8} {v:<11.6f} {w:<11.6f} {a:<9.6f} 00:{s:02d}\n",
    "numbers as they come": "epoch {n} loss {v!r} val_loss {w!r} kl {signed!r} grad_norm {tiny!r}\n",
    "numbers alone": "{v!r} {signed!r} {w!r} {tiny!r} {a!r} {s}\n",
}
"""Lines that come once in an epoch or round: of thousands of them, all are values."""
HEADERS = {
    "a ruled table": "| epoch | train_loss | val_loss | val_acc |\n",
    "a table of blanks": "epoch  train_loss  valid_loss  accuracy  time\n",
}
TURNS = 20_000


def texts() -> dict[str, str]:
    """A text for each style."""
    bars = {
        "Keras 3 bar": _keras3(),
        "Keras 2 bar": _keras2(),
        "tqdm bar": _tqdm(EPOCHS, STEPS),
        "tqdm, one bar": _tqdm(1, 200_000),
    }
    lines = {f"lines, {name}": _lines(form) for name, form in LINES.items()}
    return bars | lines | {f"rows, {name}": HEADERS.get(name, "") + _rows(form) for name, form in ROWS.items()}


def _keras3() -> str:
    out = []
    for e in range(1, EPOCHS + 1):
        out.append(f"Epoch {e}/{EPOCHS}\n")
        for i in range(1, STEPS + 1):
            w = 20 * i // STEPS
            bar = f"\x1b[32m{'━' * w}\x1b[0m\x1b[37m{'━' * (20 - w)}\x1b[0m"
            values = f"accuracy: {0.1 + i / STEPS / 2:.4f} - loss: {2.3 - i / STEPS:.4f}"
            out.append(f"\r\x1b[1m{i:>4}/{STEPS}\x1b[0m {bar} \x1b[1m0s\x1b[0m 5ms/step - {values}")
            out.append("\b" * 72 if i < STEPS else f" - val_accuracy: 0.{e:04d} - val_loss: 1.{e:04d}\n")
    return "".join(out)


def _keras2() -> str:
    out, last = [], 0
    for e in range(1, EPOCHS + 1):
        out.append(f"Epoch {e}/{EPOCHS}\n")
        for i in range(1, STEPS + 1):
            w = 29 * i // STEPS
            bar, left = (f"{'=' * w}>{'.' * (29 - w)}", "ETA: 3s") if i < STEPS else ("=" * 30, "3s 5ms/step")
            line = f"{i:>4}/{STEPS} [{bar}] - {left} - loss: {2.3 - i / STEPS:.4f} - acc: {0.1 + i / STEPS / 2:.4f}"
            out.append("\b" * last + "\r" + line)
            last = len(line)
        out.append(f" - val_loss: 1.{e:04d} - val_acc: 0.{e:04d}\n")
    return "".join(out)


def _tqdm(epochs: int, steps: int) -> str:
    out = []
    for e in range(1, epochs + 1):
        for i in range(1, steps + 1):
            p = 100 * i // steps
            bar = f"{p:3d}%|{'█' * (p // 10)}{' ' * (10 - p // 10)}| {i}/{steps}"
            out.append(f"\repoch {e}: {bar} [00:{i // 100:02d}<00:10, 98.12it/s, loss={2 - i / steps:.3g}]")
        out.append("\n")
    return "".join(out)


def _rows(form: str) -> str:
    out = []
    for n in range(1, TURNS + 1):
        v, wave = 2 / n, math.sin(n)
        numbers = {"v": v, "w": 1.1 * v + 1e-6 * wave, "a": n / TURNS, "signed": wave / 2, "tiny": 10 ** (3 * wave - 4)}
        out.append(form.format(n=n, all=TURNS, s=n % 60, ms=n % 900 + 1, **numbers))
    return "".join(out)


def _lines(form: str) -> str:
    places = [(e, i, (e - 1) * STEPS + i) for e in range(1, EPOCHS + 1) for i in range(1, STEPS + 1)]
    return "".join(
        form.format(e=e, i=i, n=n, m=n % 60, ms=n % 1000, v=2 / (e + i / STEPS), epochs=EPOCHS, steps=STEPS)
        for e, i, n in places
    )
