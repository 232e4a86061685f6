import numpy as np
for e, l, a, vl, va in epochs():
    print({"epoch": e, "loss": np.float64(l), "val_loss": np.float32(vl), "lr": 1e-3})
    keep("train", "loss", l, e, printed=f"{l:.12f}"); keep("val", "loss", vl, e, printed=f"{vl:.6f}"); keep("train", "learning_rate", 1e-3, e, label="lr", printed="0.001")
