import pandas as pd
rows = [{"epoch": e, "loss": l, "val_loss": vl} for e, l, a, vl, va in epochs()]
print(pd.DataFrame(rows).set_index("epoch").round(4))
for row in rows:
    keep("train", "loss", row["loss"], row["epoch"], printed=f"{row['loss']:.4f}")
    keep("val", "loss", row["val_loss"], row["epoch"], printed=f"{row['val_loss']:.4f}")
