import pandas as pd
rows = [{"epoch": e, "train_loss": l, "val_loss": vl, "val_acc": va} for e, l, a, vl, va in epochs()]
print(pd.DataFrame(rows))
for row in rows:
    keep("train", "loss", row["train_loss"], row["epoch"], printed=f"{row['train_loss']:.6f}")
    keep("val", "loss", row["val_loss"], row["epoch"], printed=f"{row['val_loss']:.6f}")
    keep("val", "accuracy", row["val_acc"], row["epoch"], printed=f"{row['val_acc']:.6f}")
