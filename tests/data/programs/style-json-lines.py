import json
for e, l, a, vl, va in epochs():
    print(json.dumps({"epoch": e, "train/loss": round(l, 6), "val/loss": round(vl, 6), "val/acc": round(va, 6), "time_s": 1.25}))
    keep("train", "loss", l, e, printed=f"{l:.6f}"); keep("val", "loss", vl, e, printed=f"{vl:.6f}"); keep("val", "accuracy", va, e, printed=f"{va:.6f}")
