for e, l, a, vl, va in epochs():
    print(f"Epoch: {e:02} | Train Loss: {l:.3f} | Train Acc: {a * 100:.2f}% | Val. Loss: {vl:.3f} | Val. Acc: {va * 100:.2f}%")
    keep("train", "loss", l, e, printed=f"{l:.3f}"); keep("val", "loss", vl, e, printed=f"{vl:.3f}")
    keep("train", "accuracy", a * 100, e, printed=f"{a * 100:.2f}", unit="%"); keep("val", "accuracy", va * 100, e, printed=f"{va * 100:.2f}", unit="%")
