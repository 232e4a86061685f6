"""PyTorch trainings on text, most of them printed in steps."""

from __future__ import annotations

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from benchmarks.trials import data
from benchmarks.trials.trial import fault, healthy


class Tiny(nn.Module):
    """A character transformer of two blocks."""

    def __init__(self, k, width=48, length=32, layers=2):
        super().__init__()
        self.embed, self.place = nn.Embedding(k, width), nn.Parameter(0.02 * torch.randn(length, width))
        block = nn.TransformerEncoderLayer(width, 4, 96, dropout=0.0, batch_first=True, norm_first=True)
        self.blocks, self.head = nn.TransformerEncoder(block, layers, enable_nested_tensor=False), nn.Linear(width, k)

    def forward(self, x):
        mask = nn.Transformer.generate_square_subsequent_mask(x.shape[1])
        return self.head(self.blocks(self.embed(x) + self.place[: x.shape[1]], mask=mask, is_causal=True))


def batches(chars, n, length=32, rng=None):
    start = rng.integers(0, len(chars) - length - 1, n)
    x = torch.from_numpy(np.stack([chars[i : i + length + 1] for i in start]))
    return x[:, :-1], x[:, 1:]


def language(lr=2e-3, steps=400, every=20, style="step", seed=0, clip=1.0, warmup=40):
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    chars, k = data.text()
    cut = int(0.9 * len(chars))
    model = Tiny(k)
    opt = torch.optim.AdamW(model.parameters(), lr=lr, weight_decay=0.1)
    sched = torch.optim.lr_scheduler.LambdaLR(
        opt, lambda i: min(1, (i + 1) / warmup) * 0.5 * (1 + np.cos(np.pi * min(i / steps, 1)))
    )
    for i in range(1, steps + 1):
        x, y = batches(chars[:cut], 24, rng=rng)
        loss = F.cross_entropy(model(x).flatten(0, 1), y.flatten())
        opt.zero_grad()
        loss.backward()
        if clip:
            nn.utils.clip_grad_norm_(model.parameters(), clip)
        opt.step()
        sched.step()
        if i % every == 0:
            if style == "step":
                print(f"step {i}: loss {loss.item():.4f}, lr {sched.get_last_lr()[0]:.2e}")
            elif style == "ppl":
                print(
                    f"| step {i:5d}/{steps} | lr {sched.get_last_lr()[0]:.6f} | loss {loss.item():5.2f} | ppl {np.exp(loss.item()):8.2f}"
                )
            else:
                model.eval()
                with torch.no_grad():
                    xv, yv = batches(chars[cut:], 48, rng=np.random.default_rng(1))
                    v = F.cross_entropy(model(xv).flatten(0, 1), yv.flatten()).item()
                model.train()
                print(f"step {i}: train loss {loss.item():.4f}, val loss {v:.4f}")


healthy("language model, steps only", lambda: language())
healthy("language model, perplexity", lambda: language(style="ppl", seed=1))
healthy("language model, val at steps", lambda: language(style="val", seed=2, steps=300))
fault(
    "language model, lr 1, no clip",
    lambda: language(lr=1.0, warmup=1, clip=None),
    "divergence",
    "oscillating-loss",
    "stuck-at-chance",
    "loss-spike",
    "plateau",
    "learning-rate-out-of-range",
    "noisy-training",
    "initial-loss-off",
)


def embedding(seed=0):
    torch.manual_seed(seed)
    chars, k = data.text()
    x = torch.from_numpy(chars)
    pairs = torch.stack([x[:-1], x[1:]], 1)
    model = nn.Sequential(nn.Embedding(k, 8), nn.Linear(8, k))
    opt = torch.optim.SGD(model.parameters(), lr=2.0)
    for epoch in range(15):
        total = 0.0
        for b in pairs[torch.randperm(len(pairs))].split(256):
            loss = F.cross_entropy(model(b[:, 0]), b[:, 1])
            opt.zero_grad()
            loss.backward()
            opt.step()
            total += loss.item() * len(b)
        print(f"Epoch {epoch} loss {total / len(pairs):.3f}")


healthy("embedding bigrams, epochs from 0", embedding)


def masked(seed=0):
    """Tokens masked; token accuracy over all positions, loss over masked ones only."""
    torch.manual_seed(seed)
    rng = np.random.default_rng(0)
    chars, k = data.text()
    model = Tiny(k + 1)
    opt = torch.optim.AdamW(model.parameters(), 2e-3)
    for epoch in range(1, 16):
        total = acc = 0.0
        for _ in range(20):
            x, y = batches(chars, 16, rng=rng)
            target = y.clone()
            target[torch.rand(y.shape) < 0.5] = -100
            out = model(x)
            loss = F.cross_entropy(out.flatten(0, 1), target.flatten(), ignore_index=-100)
            opt.zero_grad()
            loss.backward()
            opt.step()
            total += loss.item() / 20
            acc += (out.argmax(-1) == y).float().mean().item() / 20
        print(f"epoch {epoch} loss {total:.4f} acc {acc:.4f}")


healthy("masked tokens", masked)
