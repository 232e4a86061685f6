"""Healthy PyTorch trainings whose loop is not the usual one."""

from __future__ import annotations

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from benchmarks.trials import data
from benchmarks.trials.loop import fit, mlp
from benchmarks.trials.trial import healthy


def gan(seed=0):
    torch.manual_seed(seed)
    g, d = mlp(4, 32, 2), mlp(2, 32, 1)
    og, od = (
        torch.optim.Adam(g.parameters(), 1e-3, betas=(0.5, 0.9)),
        torch.optim.Adam(d.parameters(), 1e-3, betas=(0.5, 0.9)),
    )
    for epoch in range(1, 41):
        lg = ld = 0.0
        for _ in range(20):
            t = 6.2832 * torch.rand(64, 1)
            real = torch.cat([t.cos(), t.sin()], 1) + 0.05 * torch.randn(64, 2)
            fake = g(torch.randn(64, 4))
            od.zero_grad()
            loss_d = F.binary_cross_entropy_with_logits(
                d(real), torch.ones(64, 1)
            ) + F.binary_cross_entropy_with_logits(d(fake.detach()), torch.zeros(64, 1))
            loss_d.backward()
            od.step()
            og.zero_grad()
            loss_g = F.binary_cross_entropy_with_logits(d(fake), torch.ones(64, 1))
            loss_g.backward()
            og.step()
            lg, ld = lg + loss_g.item() / 20, ld + loss_d.item() / 20
        print(f"[{epoch}/40] Loss_D: {ld:.4f} Loss_G: {lg:.4f}")


healthy("gan", gan)


def autoencoder(noise=0.0, seed=0, epochs=25, lr=3e-3):
    torch.manual_seed(seed)
    s = data.digits()
    x, xv = torch.from_numpy(s.x), torch.from_numpy(s.xv)
    model = mlp(64, 32, 12, 32, 64)
    opt = torch.optim.Adam(model.parameters(), lr)
    for epoch in range(epochs):
        total = 0.0
        for xb in x[torch.randperm(len(x))].split(32):
            loss = F.mse_loss(model(xb + noise * torch.randn_like(xb)), xb)
            opt.zero_grad()
            loss.backward()
            opt.step()
            total += loss.item() * len(xb)
        with torch.no_grad():
            v = F.mse_loss(model(xv), xv).item()
        print(f"epoch {epoch + 1}, train mse {total / len(x):.5f}, val mse {v:.5f}")


healthy("autoencoder", lambda: autoencoder())
healthy("denoising autoencoder", lambda: autoencoder(noise=0.3))


def vae(seed=0):
    torch.manual_seed(seed)
    x = torch.from_numpy(data.digits().x)
    enc, dec = mlp(64, 32, 16), mlp(8, 32, 64)
    opt = torch.optim.Adam([*enc.parameters(), *dec.parameters()], 3e-3)
    for epoch in range(1, 21):
        total = r = k = 0.0
        for xb in x[torch.randperm(len(x))].split(64):
            mu, logvar = enc(xb).chunk(2, 1)
            out = dec(mu + torch.randn_like(mu) * (logvar / 2).exp())
            recon = F.binary_cross_entropy_with_logits(out, xb, reduction="sum") / len(xb)
            kl = -0.5 * (1 + logvar - mu**2 - logvar.exp()).sum() / len(xb)
            loss = recon + kl
            opt.zero_grad()
            loss.backward()
            opt.step()
            total, r, k = total + loss.item(), r + recon.item(), k + kl.item()
        n = len(x) / 64
        print(f"Epoch {epoch} loss {total / n:.3f} recon {r / n:.3f} kl {k / n:.3f}")


healthy("vae", vae)


def contrastive(seed=0):
    torch.manual_seed(seed)
    x = torch.from_numpy(data.digits().x)
    model = mlp(64, 64, 16)
    opt = torch.optim.Adam(model.parameters(), 2e-3)
    for epoch in range(1, 21):
        total, n = 0.0, 0
        for xb in x[torch.randperm(len(x))].split(64):
            a, b = (F.normalize(model(xb + 0.15 * torch.randn_like(xb)), dim=1) for _ in range(2))
            loss = F.cross_entropy(a @ b.T / 0.2, torch.arange(len(xb)))
            opt.zero_grad()
            loss.backward()
            opt.step()
            total, n = total + loss.item(), n + 1
        print(f"epoch {epoch} contrastive loss {total / n:.4f}")


healthy("contrastive", contrastive)


def triplet(seed=0):
    torch.manual_seed(seed)
    s = data.digits()
    x, y = torch.from_numpy(s.x), s.y
    rng = np.random.default_rng(0)
    groups = [np.flatnonzero(y == c) for c in range(10)]
    model, crit = mlp(64, 64, 16), nn.TripletMarginLoss(1.0)
    opt = torch.optim.Adam(model.parameters(), 1e-3)
    for epoch in range(1, 16):
        total = 0.0
        for _ in range(40):
            c = rng.integers(0, 10, 32)
            o = (c + rng.integers(1, 10, 32)) % 10
            a, p, q = (x[[rng.choice(groups[k]) for k in w]] for w in (c, c, o))
            loss = crit(model(a), model(p), model(q))
            opt.zero_grad()
            loss.backward()
            opt.step()
            total += loss.item()
        print(f"Epoch {epoch}: loss={total / 40:.4f}")


healthy("triplet", triplet)


def segmentation(seed=0, epochs=20, both=False):
    torch.manual_seed(seed)
    s = data.spots()
    x, y, xv, yv = map(torch.from_numpy, s)
    model = nn.Sequential(
        nn.Conv2d(1, 8, 5, padding=2),
        nn.ReLU(),
        nn.Conv2d(8, 8, 5, padding=2),
        nn.ReLU(),
        nn.Conv2d(8, 1, 3, padding=1),
    )
    opt = torch.optim.Adam(model.parameters(), 5e-3)

    def dice(out, y):
        p = out.sigmoid()
        return (2 * (p * y).sum((1, 2, 3)) + 1) / ((p + y).sum((1, 2, 3)) + 1)

    for epoch in range(1, epochs + 1):
        total = 0.0
        for idx in torch.randperm(len(x)).split(16):
            out = model(x[idx])
            loss = 1 - dice(out, y[idx]).mean()
            if both:
                loss = loss + F.binary_cross_entropy_with_logits(out, y[idx])
            opt.zero_grad()
            loss.backward()
            opt.step()
            total += loss.item() * len(idx)
        with torch.no_grad():
            out = model(xv)
            d = dice(out, yv).mean().item()
            acc = ((out > 0) == (yv > 0.5)).float().mean().item()
            v = 1 - d + (F.binary_cross_entropy_with_logits(out, yv).item() if both else 0)
        print(
            f"Epoch {epoch}: train_loss {total / len(x):.4f} val_loss {v:.4f} val_dice {d:.4f} val_pixel_acc {acc:.4f}"
        )


healthy("segmentation dice", lambda: segmentation())
healthy("segmentation dice + bce", lambda: segmentation(both=True, seed=1))


def distillation(seed=0):
    torch.manual_seed(seed)
    s = data.digits()
    x, y, xv, yv = map(torch.from_numpy, s)
    teacher = mlp(64, 128, 10)
    opt = torch.optim.Adam(teacher.parameters(), 3e-3)
    for _ in range(60):
        opt.zero_grad()
        F.cross_entropy(teacher(x), y).backward()
        opt.step()
    student = mlp(64, 12, 10)
    opt = torch.optim.Adam(student.parameters(), 3e-3)
    t = 4.0
    for epoch in range(1, 21):
        total = 0.0
        for idx in torch.randperm(len(x)).split(32):
            with torch.no_grad():
                soft = (teacher(x[idx]) / t).softmax(1)
            out = student(x[idx])
            kd = F.kl_div((out / t).log_softmax(1), soft, reduction="batchmean") * t * t
            loss = 0.7 * kd + 0.3 * F.cross_entropy(out, y[idx])
            opt.zero_grad()
            loss.backward()
            opt.step()
            total += loss.item() * len(idx)
        with torch.no_grad():
            out = student(xv)
            print(
                f"epoch {epoch}: loss {total / len(x):.4f}, val loss {F.cross_entropy(out, yv).item():.4f}, val acc {(out.argmax(1) == yv).float().mean().item():.4f}"
            )


healthy("distillation", distillation)


def policy_gradient(seed=0, episodes=150):
    """REINFORCE on a walk of which the right end pays."""
    torch.manual_seed(seed)
    policy = mlp(7, 16, 2)
    opt = torch.optim.Adam(policy.parameters(), 1e-2)
    base = 0.0
    for episode in range(1, episodes + 1):
        place, logs, reward = 3, [], 0.0
        for _ in range(20):
            dist = torch.distributions.Categorical(logits=policy(F.one_hot(torch.tensor(place), 7).float()))
            a = dist.sample()
            logs.append(dist.log_prob(a))
            place += 2 * int(a) - 1
            if place in (0, 6):
                reward = 1.0 if place == 6 else 0.0
                break
        loss = -torch.stack(logs).sum() * (reward - base)
        base = 0.9 * base + 0.1 * reward
        opt.zero_grad()
        loss.backward()
        opt.step()
        if episode % 5 == 0:
            print(f"Episode {episode}  reward: {reward:.2f}  loss: {loss.item():.4f}")


healthy("policy gradient", policy_gradient)
healthy("policy gradient, other seed", lambda: policy_gradient(seed=3))


def multilabel(seed=0, thresholds=True):
    torch.manual_seed(seed)
    s = data.multilabel()
    x, y, xv, yv = map(torch.from_numpy, s)
    model = mlp(20, 32, 6)
    opt = torch.optim.Adam(model.parameters(), 2e-3)
    crit = nn.BCEWithLogitsLoss()
    for epoch in range(1, 21):
        total = hit = 0.0
        for idx in torch.randperm(len(x)).split(32):
            out = model(x[idx])
            loss = crit(out, y[idx])
            opt.zero_grad()
            loss.backward()
            opt.step()
            total += loss.item() * len(idx)
            hit += ((out > 0) == (y[idx] > 0.5)).all(1).float().sum().item()
        with torch.no_grad():
            out = model(xv)
            print(
                f"Epoch {epoch}/20 loss: {total / len(x):.4f} acc: {hit / len(x):.4f} val_loss: {crit(out, yv).item():.4f} val_acc: {((out > 0) == (yv > 0.5)).all(1).float().mean().item():.4f}"
            )


healthy("multi-label, exact match accuracy", multilabel)


def cross_validation(seed=0):
    """Three folds, each a run of its own."""
    s = data.digits()
    for fold in range(3):
        torch.manual_seed(fold)
        print(f"Fold {fold + 1}")
        n = len(s.x) // 3
        keep = np.r_[0 : fold * n, (fold + 1) * n : len(s.x)]
        part = data.Split(s.x[keep], s.y[keep], s.x[fold * n : (fold + 1) * n], s.y[fold * n : (fold + 1) * n])
        fit(mlp(64, 48, 10), part, epochs=12, lr=2e-3, seed=fold)


healthy("three folds", cross_validation)
