for e, s, l, a in train(4, 8):
    print(f"\rEpoch {e}/4 step {s}/8 loss: {l:.4f}", end="")
    if s == 8:
        print(); keep("train", "loss", l, e, s, printed=f"{l:.4f}")
