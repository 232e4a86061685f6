for (e, l, a, vl, va), _ in zip(epochs(4), range(4)):
    for _, s, bl, _ in [row for row in train(4) if row[0] == e]:
        if s % 4 == 1:
            print(f"Train Epoch: {e} [{(s - 1) * 16}/128 ({100. * (s - 1) / 8:.0f}%)]\tLoss: {bl:.6f}")
            keep("train", "loss", bl, e, (s - 1) * 16, printed=f"{bl:.6f}")
    c = round(va * 128)
    print(f"\nTest set: Average loss: {vl:.4f}, Accuracy: {c}/128 ({100. * c / 128:.0f}%)\n")
    keep("val", "loss", vl, e, printed=f"{vl:.4f}"); keep("val", "accuracy", 100 * c / 128, e, printed=f"{100. * c / 128:.4f}", unit="%")
