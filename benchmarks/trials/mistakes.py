"""PyTorch trainings whose code, model or data is at fault: loss, modes, capacity, gradients, single samples."""

from __future__ import annotations

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from benchmarks.trials import data
from benchmarks.trials.faults import D, add, cancer, digits
from benchmarks.trials.loop import Recurrent, fit, mlp
from benchmarks.trials.trial import OVER, OVER_TRUE, STUCK, WILD, fault

# fmt: off
# A table: one line a training.

# wrong loss
add("softmax before cross-entropy", lambda: mlp(64, 48, 10, last=nn.Softmax(1)), digits, "double-softmax", "output-loss-pair", epochs=25, lr=2e-3, true=("underfitting",))
add("softmax twice, two classes", lambda: mlp(30, 16, 2, last=nn.Softmax(1)), cancer, "double-softmax", "output-loss-pair", epochs=30, lr=2e-3, style="percent", true=("underfitting",))
add("sigmoid before bce with logits", lambda: mlp(30, 16, 1, last=nn.Sigmoid()), cancer, "double-softmax", "output-loss-pair", "underfitting", "loss-floor", epochs=30, task="probability", criterion=nn.BCEWithLogitsLoss(), lr=2e-3, true=("underfitting",))
add("softmax over one output", lambda: mlp(30, 16, 1, last=nn.Softmax(1)), cancer, *STUCK, "output-loss-pair", epochs=12, task="probability", criterion=nn.BCELoss(), lr=2e-3, true=(*STUCK, "saturated-outputs"))
add("relu before cross-entropy", lambda: mlp(64, 48, 10, last=nn.ReLU()), digits, "underfitting", "output-loss-pair", "plateau", epochs=25, lr=2e-3, true=("underfitting",))
add("bce on labels 1 and 2", lambda: mlp(30, 16, 1), lambda: (lambda s: s._replace(y=(s.y + 1).astype(np.float32), yv=(s.yv + 1).astype(np.float32)))(cancer()), "negative-loss", "labels-out-of-range", epochs=20, task="binary", lr=3e-3, true=("divergence", "constant-prediction"))
# modes
add("dropout 0.6, no eval()", lambda: mlp(64, 128, 128, 10, dropout=0.6), digits, "noisy-validation", epochs=25, eval_mode=False, printed=(), true=("noisy-validation", "underfitting"))
add(
    "batchnorm, batch of 2",
    lambda: mlp(64, 32, 32, 10, bn=True),
    D(data.digits, n=900),
    "train-eval-mode-mismatch",
    "noisy-training",
    "noisy-validation",
    "batchnorm-cold-stats",
    "underfitting",
    "val-better-than-train",
    epochs=12,
    batch=2,
    drop_last=True,
    lr=3e-3,
    true=("noisy-validation", "train-eval-mode-mismatch", "noisy-training"),
)


def cold():
    m = mlp(64, 64, 64, 10, bn=True)
    for p in m:
        if isinstance(p, nn.BatchNorm1d):
            p.momentum = 0.001
    return m


add(
    "batchnorm momentum 0.001",
    cold,
    lambda: (lambda s: s._replace(x=s.x * 30 + 50, xv=s.xv * 30 + 50))(digits()),
    "train-eval-mode-mismatch",
    "batchnorm-cold-stats",
    "gap-from-first-epoch",
    "validation-set-mismatch",
    epochs=12,
    batch=128,
    lr=3e-3,
    true=("noisy-validation", "gap-from-first-epoch", "validation-set-mismatch", "overfitting", "saturated-outputs", "overconfident-wrong", "constant-prediction", "prediction-flips-class", "accuracy-below-chance", "stuck-at-chance"),
)


# imbalance
def rare(flip=0.0):
    return data.tabular(n=4000, n_val=2000, weights=[0.99], sep=0.3, flip=flip, informative=4)


add("1 % positives, constant answer", lambda: mlp(20, 1), rare, "constant-prediction", "class-imbalance", epochs=12, task="binary", true=("constant-prediction", "stuck-at-chance", "underfitting"))
add(
    "3 % positives, constant answer, words",
    lambda: mlp(20, 4, 1),
    lambda: data.tabular(n=3000, n_val=1000, weights=[0.97], sep=0.2, informative=4, flip=0),
    "constant-prediction",
    "class-imbalance",
    "stuck-at-chance",
    epochs=10,
    task="binary",
    optimizer="sgd",
    lr=0.02,
    style="words",
    true=("constant-prediction", "stuck-at-chance", "underfitting"),
)
# overfitting
add("overfit digits hard", lambda: mlp(64, 512, 512, 10), D(data.digits, n=350, n_val=250), *OVER, epochs=150, lr=2e-3, optimizer="adam", true=OVER_TRUE, printed=None)
add("overfit tabular", lambda: mlp(20, 256, 256, 1), D(data.tabular, n=300, n_val=500, sep=0.5, flip=0.1), *OVER, epochs=50, task="binary", true=OVER_TRUE)
add("overfit tabular late", lambda: mlp(20, 64, 1), D(data.tabular, n=800, n_val=500, sep=0.5, flip=0.05), *OVER, epochs=120, task="binary", style="lines", true=OVER_TRUE)
add("overfit two decimals", lambda: mlp(20, 256, 256, 1), D(data.tabular, n=300, n_val=500, sep=0.5, flip=0.1, seed=3), *OVER, epochs=40, task="binary", style="two", true=OVER_TRUE)
add("overfit last batch", lambda: mlp(20, 256, 256, 1), D(data.tabular, n=300, n_val=500, sep=0.5, flip=0.1, seed=4), *OVER, epochs=40, task="binary", last_batch=True, true=OVER_TRUE)
add("overfit diabetes", lambda: mlp(10, 256, 256, 1), data.diabetes, *OVER, epochs=80, task="regression", style="losses", true=OVER_TRUE)
add("overfit friedman noisy", lambda: mlp(10, 256, 256, 1), D(data.friedman, n=300, noise=4.0), *OVER, epochs=80, task="regression", style="losses", true=OVER_TRUE)
add("overfit lstm", lambda: Recurrent(hidden=96), D(data.sequences, n=100, length=30), *OVER, epochs=60, lr=5e-3, true=OVER_TRUE)
add("overfit five classes words", lambda: mlp(20, 256, 5), D(data.tabular, n=500, n_val=500, k=5, sep=1.0, flip=0.1), *OVER, epochs=60, lr=3e-3, style="words", true=OVER_TRUE)
add("overfit every fifth printed", lambda: mlp(20, 256, 5), D(data.tabular, n=500, n_val=500, k=5, sep=1.0, flip=0.1, seed=2), *OVER, epochs=100, every=5, style="percent", true=OVER_TRUE)
add("overfit full batch 400", lambda: mlp(20, 128, 1), D(data.tabular, n=250, n_val=500, sep=0.5, flip=0.1, seed=5), *OVER, epochs=400, batch=250, lr=2e-3, task="binary", style="losses", true=OVER_TRUE)
# underfitting
add("linear on moons of 8 bends", lambda: mlp(2, 2, 1), D(data.moons, noise=0.05), "underfitting", "plateau", epochs=60, task="binary", lr=5e-3, true=("underfitting",))


def checker():
    rng = np.random.default_rng(0)
    x = rng.uniform(-2, 2, (3000, 2)).astype(np.float32)
    return data.split(x, (np.floor(x).sum(1) % 2).astype(int), 1000)


add("linear on a checkerboard", lambda: mlp(2, 1), checker, "stuck-at-chance", "underfitting", "constant-prediction", epochs=20, task="binary", lr=1e-2, true=(*STUCK, "underfitting"))
add("weight decay 1", lambda: mlp(64, 48, 10), digits, "underfitting", "plateau", "stuck-at-chance", epochs=25, optimizer="sgd", lr=0.05, weight_decay=0.1, true=("underfitting", "stuck-at-chance", "constant-prediction"))
add("bottleneck of one unit", lambda: mlp(64, 1, 10), digits, "underfitting", "plateau", "stuck-at-chance", "slow-progress", epochs=60, lr=5e-3, true=("underfitting",))
add("dropout 0.95", lambda: mlp(64, 64, 64, 10, dropout=0.95), digits, "underfitting", "high-dropout", "stuck-at-chance", "val-better-than-train", "plateau", epochs=25, true=("underfitting", "stuck-at-chance"))
add("penalty too strong in the loss", lambda: mlp(10, 32, 1), data.friedman, "underfitting", "plateau", "loss-floor", epochs=30, penalty=0.3, lr=5e-3, task="regression", style="losses", true=("underfitting",), val_criterion=nn.MSELoss())


# gradients
class Product(nn.Module):
    """A linear recurrence whose matrix grows."""

    def __init__(self, gain, steps=40):
        super().__init__()
        self.w, self.head, self.gain, self.steps = nn.Linear(8, 8, bias=False), nn.Linear(8, 1), gain, steps
        self.into = nn.Linear(1, 8)
        nn.init.orthogonal_(self.w.weight, gain)

    def forward(self, x):
        h = torch.zeros(len(x), 8)
        for t in range(x.shape[1]):
            h = self.w(h) + self.into(x[:, t])
        return self.head(h)


add("exploding recurrence", lambda: Product(1.3), D(data.ahead, length=30), "exploding-gradients", *WILD, epochs=20, lr=1e-3, optimizer="sgd", task="regression", style="losses", true=WILD)
add("rnn lr too high, no clip", lambda: Recurrent(nn.RNN, 32, nonlinearity="relu"), D(data.sequences, length=40), "exploding-gradients", *WILD, epochs=20, lr=0.1, optimizer="momentum", true=(*WILD, "underfitting"))
add("vanishing: ten sigmoid layers", lambda: mlp(64, *[24] * 10, 10, act=nn.Sigmoid), digits, "vanishing-gradients", *STUCK, epochs=15, true=STUCK)
add("vanishing: ten sigmoid layers sgd percent", lambda: mlp(20, *[24] * 8, 1, act=nn.Sigmoid), data.tabular, "vanishing-gradients", *STUCK, epochs=15, optimizer="sgd", lr=0.1, task="binary", style="percent", true=STUCK)


# outliers
def outliers():
    s = data.friedman()
    yv, rng = s.yv.copy(), np.random.default_rng(3)
    yv[rng.choice(len(yv), 4, False)] = 60.0
    return s._replace(yv=yv)


add(
    "four validation outliers",
    lambda: mlp(10, 32, 1),
    outliers,
    "loss-hijacked-by-outliers",
    "gap-from-first-epoch",
    epochs=30,
    task="regression",
    style="losses",
    lr=3e-3,
    true=(*OVER_TRUE, "gap-from-first-epoch", "validation-set-mismatch"),
    printed=("gap-from-first-epoch", "generalization-gap", "validation-set-mismatch"),
)


def bad_batches():
    s = data.friedman()
    y = s.y.copy()
    y[7] = 400.0
    return s._replace(y=y)


add("one wild training target", lambda: mlp(10, 32, 1), bad_batches, "loss-spike", "noisy-training", "noisy-validation", "val-better-than-train", "initial-loss-off", "oscillating-loss", epochs=30, task="regression", style="losses", lr=3e-3, true=(*WILD, "noisy-validation", "underfitting"))


class Spike(nn.Module):
    n = 0

    def forward(self, out, y):
        self.n += 1
        loss = F.cross_entropy(out, y)
        return loss * 60 if self.n in (600, 601, 900, 901, 902) else loss


add("loss spikes by bad batches", lambda: mlp(64, 48, 10), digits, "loss-spike", "noisy-training", epochs=30, criterion=Spike(), optimizer="sgd", lr=0.05, val_criterion=nn.CrossEntropyLoss(), true=("loss-spike", "collapse-after-success"))
add("batch of one, high lr", lambda: mlp(64, 48, 10), D(data.digits, n=700, n_val=300), "noisy-training", "oscillating-loss", "noisy-validation", "divergence", "underfitting", epochs=15, batch=1, lr=0.2, optimizer="sgd", true=(*WILD, "noisy-validation", "underfitting"))
add("zigzag momentum lr", lambda: mlp(64, 48, 10), digits, *WILD, epochs=30, optimizer="momentum", lr=0.8, batch=64, true=(*WILD, "underfitting", "noisy-validation"))


def collapse():
    torch.manual_seed(0)
    model = mlp(64, 48, 10)

    def bump(m, e):
        if e == 14:
            opt.param_groups[0]["lr"] = 2.0

    opt = torch.optim.Adam(model.parameters(), 1e-3)
    fit(model, digits(), epochs=25, opt=opt, hook=bump)


fault("collapse when the lr jumps", collapse, "collapse-after-success", "divergence", "loss-spike", true=WILD)


def resume_bump():
    torch.manual_seed(0)
    model = mlp(64, 48, 10)
    s = digits()

    def spoil(m, e):
        if e == 20:
            with torch.no_grad():
                m[2].weight.normal_(0, 0.5)

    fit(model, s, epochs=40, hook=spoil)


fault("head lost on resume", resume_bump, "loss-spike", "loss-bump-recovered", "collapse-after-success")


def accuracy_percent_of_batches():
    """Accuracy divided by the number of batches instead of samples."""
    torch.manual_seed(0)
    s = cancer()
    x, y, _xv, _yv = (torch.from_numpy(np.asarray(a, np.float32)) for a in s)
    m = mlp(30, 16, 1)
    opt = torch.optim.Adam(m.parameters(), 3e-3)
    for e in range(1, 16):
        total = hit = n = 0.0
        for idx in torch.randperm(len(x)).split(32):
            out = m(x[idx]).squeeze(1)
            loss = F.binary_cross_entropy_with_logits(out, y[idx])
            opt.zero_grad()
            loss.backward()
            opt.step()
            total, hit, n = total + loss.item(), hit + ((out > 0) == (y[idx] > 0.5)).float().sum().item(), n + 1
        print(f"epoch {e} loss {total / n:.4f} acc {hit / len(x) * 0.1:.4f}")


fault("accuracy ten times too small", accuracy_percent_of_batches, "loss-metric-mismatch", true=("stuck-at-chance", "constant-prediction", "accuracy-below-chance"))
