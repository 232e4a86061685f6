"""PyTorch trainings whose learning rate, updates, labels or validation data are at fault."""

from __future__ import annotations

import functools

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F
from torch.optim import lr_scheduler as lrs

from benchmarks.trials import data
from benchmarks.trials.loop import Recurrent, cnn, fit, mlp
from benchmarks.trials.trial import OVER, OVER_TRUE, STUCK, WILD, fault

# fmt: off
# A table: one line a training.

D = functools.partial


def add(name, make, split, *faults, true=(), printed=None, **how):
    def train():
        torch.manual_seed(0)
        fit(make(), split(), **how)

    fault(name, train, *faults, true=true, printed=printed)


digits, cancer = data.digits, lambda: data.scaled(data.cancer())
small = D(data.digits, n=300, n_val=200)
# learning rate
add("lr 1 adam digits", lambda: mlp(64, 48, 10), digits, *WILD, epochs=20, lr=1.0, true=("underfitting", *WILD))
add("lr 0.3 adam cnn", lambda: cnn(), D(data.digits, image=True), *WILD, epochs=15, lr=0.3, style="percent", true=WILD)
add("lr 50 sgd digits", lambda: mlp(64, 48, 10), digits, *WILD, epochs=15, lr=50.0, optimizer="sgd", style="words", true=WILD)
add("lr 5 momentum tanh", lambda: mlp(64, 48, 48, 10, act=nn.Tanh), digits, *WILD, epochs=20, lr=5.0, optimizer="momentum", true=(*WILD, "underfitting"))
add("lr 0.3 linear regression diverges", lambda: mlp(10, 1), lambda: data.friedman(), "divergence", "non-finite", epochs=30, lr=2.5, optimizer="sgd", task="regression", style="losses", true=WILD)
add("lr 1e-6 digits", lambda: mlp(64, 48, 10), digits, "slow-progress", "stuck-at-chance", "still-improving", "underfitting", "learning-rate-out-of-range", epochs=20, lr=1e-6, true=(*STUCK, "underfitting"))
add("lr 1e-5 adam digits", lambda: mlp(64, 48, 10), digits, "slow-progress", "stuck-at-chance", "still-improving", "underfitting", epochs=20, lr=1e-5, style="two", true=(*STUCK, "underfitting"))
add("lr 1e-4 sgd moons", lambda: mlp(2, 24, 1), data.moons, "slow-progress", "stuck-at-chance", "still-improving", "underfitting", "constant-prediction", epochs=30, lr=1e-4, optimizer="sgd", task="binary", style="words", true=(*STUCK, "underfitting"))
add("too few epochs sgd", lambda: mlp(64, 48, 10), digits, "still-improving", "slow-progress", "too-short-to-judge", epochs=8, lr=0.01, optimizer="sgd")
add("too few epochs lstm", lambda: Recurrent(), data.sequences, "still-improving", "slow-progress", "late-start", "stuck-at-chance", epochs=12, lr=5e-4)
add("plateau by too early decay", lambda: mlp(64, 48, 10), digits, "underfitting", "plateau", "slow-progress", "lr-drop", epochs=25, lr=0.02, optimizer="sgd", schedule=lambda o, n: lrs.MultiStepLR(o, [4], 0.001))


# not finite
class LogZero(nn.Module):
    def forward(self, out, y):
        p = out.softmax(1)
        return -(F.one_hot(y, 10) * p.log()).sum(1).mean()


add("nan by log 0", lambda: mlp(64, 48, 10), digits, "non-finite", epochs=12, lr=0.3, optimizer="adam", criterion=LogZero(), style="percent")


class NanLater(nn.Module):
    n = 0

    def forward(self, out, y):
        self.n += 1
        return F.cross_entropy(out, y) + (torch.sqrt(torch.tensor(-1.0)) if self.n == 300 else 0)


add("nan in the 7th epoch", lambda: mlp(64, 48, 10), digits, "non-finite", epochs=12, criterion=NanLater(), style="lines")
add("inf by exp", lambda: mlp(10, 16, 1), data.friedman, "non-finite", "divergence", epochs=15, task="regression", criterion=lambda o, y: torch.exp(o * 8 - y).mean() + F.mse_loss(o, y), optimizer="sgd", lr=0.5, style="losses", true=WILD)


def nan_input():
    s = data.friedman()
    x = s.x.copy()
    x[5, 3] = np.nan
    return s._replace(x=x)


add("nan in one feature", lambda: mlp(10, 16, 1), nan_input, "non-finite", epochs=10, task="regression", style="losses")
# unscaled
add("unscaled cancer sgd", lambda: mlp(30, 16, 2), data.cancer, "inputs-not-normalised", "initial-loss-off", *WILD, epochs=20, optimizer="sgd", lr=0.01, true=WILD + STUCK + ("inputs-not-normalised", "underfitting", "prediction-flips-class"))
add("unscaled cancer adam", lambda: mlp(30, 16, 1), data.cancer, "inputs-not-normalised", "initial-loss-off", "loss-spike", "noisy-training", "oscillating-loss", epochs=20, lr=0.01, task="binary", true=WILD + STUCK + ("inputs-not-normalised",))
add("unscaled wine", lambda: mlp(13, 16, 3), data.wine, "inputs-not-normalised", "initial-loss-off", "stuck-at-chance", "underfitting", "noisy-training", "oscillating-loss", epochs=30, lr=1e-2, style="words", true=WILD + STUCK + ("inputs-not-normalised", "underfitting", "small-validation-set"))


def raw_friedman():
    s = data.friedman(standard=False)
    k = np.array([1, 1000, 1, 1, 300, 1, 1, 1, 5000, 1], np.float32)
    return data.spread(s, k, (3000 * (k > 1)).astype(np.float32))


add("unscaled regression", lambda: mlp(10, 32, 1), raw_friedman, "inputs-not-normalised", "initial-loss-off", "divergence", "loss-spike", "noisy-training", "oscillating-loss", epochs=30, lr=1e-2, task="regression", style="losses", true=WILD + STUCK + ("inputs-not-normalised", "underfitting"))
add(
    "pixels 0..255",
    lambda: mlp(64, 48, 10, act=nn.Tanh),
    lambda: data.digits()._replace(x=data.digits().x * 255, xv=data.digits().xv * 255),
    "inputs-not-normalised",
    "initial-loss-off",
    "underfitting",
    epochs=15,
    lr=1e-3,
    true=("inputs-not-normalised", "initial-loss-off", "underfitting", "overfitting", "generalization-gap"),
    printed=(),
)


# dead, frozen, not stepping
def dead():
    m = mlp(64, 32, 32, 10)
    with torch.no_grad():
        m[2].bias.fill_(-20.0)
    return m


def all_frozen():
    m = mlp(64, 32, 10)
    for p in m.parameters():
        p.requires_grad_(False)
    m[2].bias.requires_grad_(True)
    return m


add("dying relu", dead, digits, *STUCK, epochs=12, lr=1e-3, true=STUCK)
add("all but the bias frozen", all_frozen, digits, *STUCK, "nothing-to-train", "underfitting", epochs=12, true=(*STUCK, "underfitting"))
add("no optimizer.step", lambda: mlp(64, 48, 10), digits, *STUCK, epochs=10, step=False, true=STUCK)
add("no optimizer.step regression", lambda: mlp(10, 32, 1), data.friedman, *STUCK, epochs=10, step=False, task="regression", style="losses", true=STUCK)
add("optimizer of another model", lambda: mlp(64, 48, 10), digits, *STUCK, "nothing-to-train", epochs=10, opt=torch.optim.Adam(nn.Linear(2, 2).parameters()), true=STUCK, style="lines")
add("no zero_grad", lambda: mlp(64, 48, 10), digits, *WILD, "underfitting", epochs=20, zero_grad=False, optimizer="sgd", lr=0.05, true=(*WILD, "underfitting", "noisy-validation"))
add("no zero_grad adam regression", lambda: mlp(10, 32, 1), data.friedman, *WILD, "underfitting", epochs=25, zero_grad=False, lr=1e-2, task="regression", style="losses", true=(*WILD, "underfitting", "noisy-validation"))
add("lr 0", lambda: mlp(64, 48, 10), digits, *STUCK, "learning-rate-out-of-range", epochs=10, lr=0.0, style="percent", true=STUCK)
# labels
add("shuffled labels small model", lambda: mlp(64, 16, 10), lambda: data.mislabelled(digits()), *STUCK, "generalization-gap", "val-never-improved", epochs=20, true=STUCK + OVER_TRUE)
add(
    "shuffled labels memorised",
    lambda: mlp(64, 256, 10),
    lambda: data.mislabelled(D(data.digits, n=700, n_val=300)()),
    "val-never-improved",
    "generalization-gap",
    "overfitting",
    "label-noise",
    "stuck-at-chance",
    "accuracy-below-chance",
    epochs=60,
    lr=3e-3,
    true=STUCK + OVER_TRUE + ("validation-set-mismatch", "accuracy-below-chance", "gap-from-first-epoch"),
)
add("random labels in both", lambda: mlp(20, 8, 1), lambda: data.split(np.random.default_rng(0).normal(size=(3000, 20)), np.random.default_rng(1).integers(0, 2, 3000), 1000), *STUCK, "val-never-improved", epochs=15, task="binary", style="words", true=STUCK + OVER_TRUE)
add("label noise 30 %", lambda: mlp(64, 256, 10), lambda: data.mislabelled(digits(), share=0.35), "label-noise", *OVER, epochs=60, lr=2e-3, true=OVER_TRUE)
add("label noise 20 % cancer", lambda: mlp(30, 128, 1), lambda: data.mislabelled(cancer(), share=0.4), "label-noise", *OVER, epochs=80, lr=3e-3, task="binary", style="words", true=(*OVER_TRUE, "gap-from-first-epoch"))
add("labels of validation permuted", lambda: mlp(64, 48, 10), lambda: (lambda s: s._replace(yv=(s.yv + 3) % 10))(digits()), "accuracy-below-chance", "validation-set-mismatch", epochs=15, true=(*OVER_TRUE, "gap-from-first-epoch", "validation-set-mismatch", "accuracy-below-chance", "saturated-outputs"))


def sorted_cut():
    s = digits()
    x, y = np.concatenate([s.x, s.xv]), np.concatenate([s.y, s.yv])
    o = np.argsort(y, kind="stable")
    return data.Split(x[o][:1400], y[o][:1400], x[o][1400:], y[o][1400:])


add("validation from the sorted end", lambda: mlp(64, 48, 10), sorted_cut, "accuracy-below-chance", "validation-set-mismatch", "gap-from-first-epoch", "constant-prediction", epochs=15, true=(*OVER_TRUE, "gap-from-first-epoch", "constant-prediction"))
add(
    "sorted, not shuffled",
    lambda: mlp(64, 48, 10),
    lambda: (lambda s: s._replace(x=s.x[np.argsort(s.y, kind="stable")], y=np.sort(s.y)))(digits()),
    "missing-shuffle",
    "shuffle-off",
    epochs=15,
    shuffle=False,
    optimizer="sgd",
    lr=0.05,
    true=("gap-from-first-epoch", "validation-set-mismatch", "noisy-validation", "constant-prediction", "missing-shuffle", "overfitting", "train-eval-mode-mismatch", "accuracy-below-chance"),
    printed=(),
)


# validation
def leak():
    s = data.digits(n=900, n_val=300)
    return s._replace(xv=s.x[:200], yv=s.y[:200])


add("leakage: rows copied", lambda: mlp(64, 128, 10), leak, "suspiciously-good", epochs=30, lr=2e-3, printed=())
add(
    "shift: validation noisy",
    lambda: cnn(),
    lambda: (lambda s: s._replace(xv=s.xv * 0.3 + 0.7 * np.random.default_rng(0).random(s.xv.shape).astype(np.float32)))(data.digits(image=True)),
    "gap-from-first-epoch",
    "validation-set-mismatch",
    "overfitting",
    epochs=15,
    true=(*OVER_TRUE, "gap-from-first-epoch", "noisy-validation", "validation-set-mismatch"),
)
add(
    "shift: validation inverted",
    lambda: mlp(64, 48, 10),
    lambda: (lambda s: s._replace(xv=1 - s.xv))(digits()),
    "gap-from-first-epoch",
    "validation-set-mismatch",
    "overfitting",
    "overconfident-wrong",
    "val-loss-up-accuracy-holding",
    epochs=15,
    style="percent",
    true=(*OVER_TRUE, "gap-from-first-epoch", "validation-set-mismatch"),
)
add("shift: series moved", lambda: Recurrent(out=1), D(data.ahead, shift=1.5), "gap-from-first-epoch", "validation-set-mismatch", "generalization-gap", "overfitting", epochs=15, lr=5e-3, task="regression", style="losses", true=(*OVER_TRUE, "gap-from-first-epoch"))
add("20 validation samples", lambda: mlp(20, 32, 1), D(data.tabular, n=400, n_val=20, sep=0.7), "small-validation-set", "noisy-validation", epochs=30, task="binary", lr=2e-3, true=(*OVER_TRUE, "small-validation-set", "noisy-validation", "gap-from-first-epoch"))
add("15 validation samples iris", lambda: mlp(4, 16, 3), lambda: data.scaled(data.iris(n_val=15)), "small-validation-set", "noisy-validation", epochs=60, lr=1e-2, style="words", true=(*OVER_TRUE, "small-validation-set", "noisy-validation", "gap-from-first-epoch"))
