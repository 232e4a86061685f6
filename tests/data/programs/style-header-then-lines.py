for e, l, a, vl, va in epochs():
    print(f"=== Epoch {e} ===")
    print("train loss", round(l, 4)); print("val loss", round(vl, 4)); print("val acc", round(va, 4))
    keep("train", "loss", l, e, printed=f"{l:.4f}"); keep("val", "loss", vl, e, printed=f"{vl:.4f}"); keep("val", "accuracy", va, e, printed=f"{va:.4f}")
