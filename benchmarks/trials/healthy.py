"""Healthy PyTorch trainings of many kinds."""

from __future__ import annotations

import copy
import functools

import torch
from torch import nn
from torch.optim import lr_scheduler as lrs

from benchmarks.trials import data
from benchmarks.trials.loop import Recurrent, cnn, fit, mlp
from benchmarks.trials.trial import healthy

# fmt: off
# A table: one line a training.

def seeded(seed=0):
    torch.manual_seed(seed)


def add(name, make, split, true=(), **how):
    def train():
        seeded()
        fit(make(), split(), **how)

    healthy(name, train, true)


D = functools.partial
digits, cancer, wine = data.digits, lambda: data.scaled(data.cancer()), lambda: data.scaled(data.wine())
add("digits mlp adam", lambda: mlp(64, 48, 10), digits, epochs=25)
add("digits mlp sgd words", lambda: mlp(64, 64, 10), digits, epochs=30, optimizer="sgd", lr=0.05, style="words")
add("digits cnn momentum percent", lambda: cnn(), D(data.digits, image=True), epochs=12, optimizer="momentum", lr=0.02, style="percent")
add("digits cnn cosine", lambda: cnn(bn=True), D(data.digits, image=True), epochs=20, optimizer="adamw", lr=3e-3, schedule=lambda o, n: lrs.CosineAnnealingLR(o, 20))
add("digits cnn onecycle", lambda: cnn(bn=True), D(data.digits, image=True), epochs=15, optimizer="adamw", schedule=lambda o, n: lrs.OneCycleLR(o, 0.01, total_steps=15 * n), per_step_schedule=True, style="lines")
add("digits cnn dropout: val better", lambda: cnn(dropout=0.5), D(data.digits, image=True), epochs=15, style="lines")
add("digits cnn augmented", lambda: cnn(width=12), D(data.digits, image=True), epochs=18, augment=lambda x: torch.roll(x, int(torch.randint(-1, 2, ())), -1) + 0.15 * torch.randn_like(x))
add("digits label smoothing", lambda: mlp(64, 64, 10), digits, epochs=25, criterion=nn.CrossEntropyLoss(label_smoothing=0.1))
add("digits two decimals", lambda: mlp(64, 48, 10), digits, epochs=25, style="two", lr=2e-3)
add("digits last batch", lambda: mlp(64, 48, 10), digits, epochs=30, last_batch=True)
add("digits last batch two decimals", lambda: mlp(64, 48, 10), digits, epochs=20, last_batch=True, style="two", optimizer="momentum", lr=0.02)
add("digits only val accuracy", lambda: mlp(64, 48, 10), digits, epochs=20, style="valacc")
add("digits train loss only", lambda: mlp(64, 32, 10), digits, epochs=20, style="train")
add("digits prints nothing", lambda: mlp(64, 32, 10), digits, epochs=15, style="none")
add("digits five epochs", lambda: mlp(64, 64, 10), digits, epochs=5, lr=3e-3)
add("digits three epochs", lambda: cnn(bn=True), D(data.digits, image=True), epochs=3, lr=3e-3, batch=16)
add("digits accumulate", lambda: mlp(64, 64, 10), digits, epochs=25, batch=8, accumulate=4)
add("digits bf16", lambda: mlp(64, 64, 10), digits, epochs=20, amp=True)
add("digits ema", lambda: mlp(64, 64, 10), digits, epochs=20, ema=0.95)
add("digits weight penalty in loss", lambda: mlp(64, 48, 10), digits, epochs=30, penalty=3e-4, val_criterion=nn.CrossEntropyLoss())
add("digits warm restarts", lambda: cnn(bn=True), D(data.digits, image=True), epochs=30, optimizer="momentum", lr=0.05, schedule=lambda o, n: lrs.CosineAnnealingWarmRestarts(o, 10), style="losses")
add("digits warm restarts short", lambda: mlp(64, 32, 10), digits, epochs=12, optimizer="momentum", lr=0.2, schedule=lambda o, n: lrs.CosineAnnealingWarmRestarts(o, 4), batch=64)
add("digits step schedule", lambda: mlp(64, 48, 10), digits, epochs=30, optimizer="sgd", lr=0.3, batch=16, schedule=lambda o, n: lrs.MultiStepLR(o, [12, 22]))
add("digits plateau schedule", lambda: mlp(64, 48, 10), digits, epochs=30, optimizer="adamw", lr=3e-3, weight_decay=0.3, schedule=lambda o, n: lrs.StepLR(o, 5, 0.5))
add("digits early stop", lambda: mlp(64, 128, 10), digits, epochs=200, patience=5, lr=2e-3)
add("digits every tenth of 300", lambda: mlp(64, 24, 10), digits, epochs=150, every=10, optimizer="sgd", lr=0.02, style="words")
add("digits 500 epochs full batch", lambda: mlp(64, 16, 10), D(data.digits, n=900, n_val=300), epochs=400, optimizer="sgd", lr=0.2, batch=600)
add("digits nll", lambda: mlp(64, 48, 10, last=nn.LogSoftmax(1)), digits, epochs=20, criterion=nn.NLLLoss())
add("digits rmsprop", lambda: mlp(64, 48, 10, act=nn.Tanh), digits, epochs=20, optimizer="rmsprop", lr=1e-3, style="json")
add("digits batchnorm batch 64", lambda: mlp(64, 64, 64, 10, bn=True), digits, epochs=12, batch=64, style="percent")
add("digits weighted loss both", lambda: mlp(64, 48, 10), digits, epochs=20, criterion=nn.CrossEntropyLoss(weight=torch.linspace(0.5, 2, 10)))
add("digits deep tanh", lambda: mlp(64, 48, 48, 48, 10, act=nn.Tanh), digits, epochs=15, lr=1e-3)
add("digits bare numbers", lambda: mlp(64, 48, 10), digits, epochs=20, style="bare")
add("digits sum of batch means", lambda: mlp(64, 48, 10), digits, epochs=20, sum_loss=True, true=("loss-metric-mismatch",))
add("cancer logistic", lambda: mlp(30, 1), cancer, epochs=60, task="binary", optimizer="sgd", lr=0.05)
add("cancer mlp", lambda: mlp(30, 8, 1), cancer, epochs=25, task="binary", lr=2e-3, weight_decay=1e-2)
add("cancer sigmoid bce", lambda: mlp(30, 8, 1, last=nn.Sigmoid()), cancer, epochs=25, task="probability", criterion=nn.BCELoss(), style="words")
add("cancer two outputs", lambda: mlp(30, 8, 2), cancer, epochs=25, style="percent", lr=2e-3)
add("wine mlp", lambda: mlp(13, 12, 3), wine, epochs=40, lr=5e-3)
add("iris mlp", lambda: mlp(4, 12, 3), lambda: data.scaled(data.iris()), epochs=80, lr=5e-3, batch=16)
add("moons mlp", lambda: mlp(2, 24, 24, 1), data.moons, epochs=60, task="binary", lr=3e-3)
add("moons noisy", lambda: mlp(2, 24, 1), D(data.moons, noise=0.4), epochs=40, task="binary", lr=5e-3, style="two")
add("tabular 5 classes", lambda: mlp(20, 64, 5), D(data.tabular, n=3000, n_val=1000, k=5, sep=2.0), epochs=20)
add("tabular imbalanced 10 %", lambda: mlp(20, 32, 1), D(data.tabular, n=4000, n_val=2000, weights=[0.9], sep=1.5), epochs=10, task="binary")
add("tabular weighted 1:9", lambda: mlp(20, 32, 1), D(data.tabular, n=4000, n_val=2000, weights=[0.9], sep=1.5), epochs=10, task="binary", criterion=nn.BCEWithLogitsLoss(pos_weight=torch.tensor(9.0)))
add("tabular dropout adamw", lambda: mlp(20, 128, 64, 1, dropout=0.3), D(data.tabular, n=3000), epochs=15, task="binary", optimizer="adamw", batch=64, style="json")
add("friedman mse", lambda: mlp(10, 32, 1), data.friedman, epochs=40, task="regression", style="losses", lr=3e-3)
add("friedman mae raw target", lambda: mlp(10, 64, 1), D(data.friedman, standard=False), epochs=60, task="regression", criterion=nn.L1Loss(), style="losses", lr=5e-3)
add("friedman huber", lambda: mlp(10, 32, 1), data.friedman, epochs=40, task="regression", criterion=nn.HuberLoss(), style="losses", lr=3e-3)
add("friedman raw target mse", lambda: mlp(10, 64, 1), D(data.friedman, standard=False), epochs=80, task="regression", style="losses", lr=1e-2)
add("diabetes linear", lambda: mlp(10, 1), data.diabetes, epochs=60, task="regression", style="losses", optimizer="sgd", lr=0.01)
add("diabetes raw target mlp decay", lambda: mlp(10, 16, 1), D(data.diabetes, standard=False), epochs=150, task="regression", style="losses", lr=1e-2, weight_decay=1e-2)
add("sine lstm", lambda: Recurrent(), data.sequences, epochs=15, lr=5e-3, clip=1.0)
add("sine gru lines", lambda: Recurrent(nn.GRU), data.sequences, epochs=12, lr=5e-3, style="lines")
add("forecast lstm", lambda: Recurrent(out=1), data.ahead, epochs=20, task="regression", style="losses", lr=5e-3)
add("forecast gru two decimals", lambda: Recurrent(nn.GRU, out=1), data.ahead, epochs=15, task="regression", style="two losses", lr=5e-3)


def pretrained() -> nn.Sequential:
    """A network that has seen a part of the digits."""
    seeded(1)
    s, model = digits(), mlp(64, 64, 32, 10)
    opt = torch.optim.Adam(model.parameters(), 2e-3)
    x, y = torch.from_numpy(s.x[:600]), torch.from_numpy(s.y[:600])
    for _ in range(150):
        opt.zero_grad()
        nn.functional.cross_entropy(model(x), y).backward()
        opt.step()
    return model


BASE = pretrained()


def fine_tune():
    seeded(1)
    model = copy.deepcopy(BASE)
    fit(model, digits(), epochs=8, lr=2e-4, style="percent")


def frozen_base():
    seeded(1)
    model = copy.deepcopy(BASE)
    for p in model[:4].parameters():
        p.requires_grad_(False)
    model[4] = nn.Linear(32, 10)
    fit(model, digits(), epochs=15, lr=5e-3, opt=torch.optim.Adam(model[4].parameters(), 5e-3))


def resumed():
    seeded(1)
    model = copy.deepcopy(BASE)
    fit(model, digits(), epochs=10, lr=5e-4, start=31)


healthy("fine tuning", fine_tune)
healthy("transfer, frozen base", frozen_base)
healthy("resumed at epoch 31", resumed)
