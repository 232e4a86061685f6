for e, l, a, vl, va in epochs():
    print(f"Epoch {e - 1}/4\n----------\ntrain Loss: {l:.4f} Acc: {a:.4f}\nval Loss: {vl:.4f} Acc: {va:.4f}\n")
    for s, m, v in (("train", "loss", l), ("train", "accuracy", a), ("val", "loss", vl), ("val", "accuracy", va)):
        keep(s, m, v, e, printed=f"{v:.4f}")
print("Training complete in 0m 2s\nBest val Acc: 0.954248")
