import torch
for e, l, a, vl, va in epochs():
    t = torch.tensor(l, requires_grad=True) * 1
    print("epoch", e, "loss", t, "accuracy", torch.tensor(a))
    keep("train", "loss", l, e, printed=f"{l:.4f}"); keep("train", "accuracy", a, e, printed=f"{a:.4f}")
