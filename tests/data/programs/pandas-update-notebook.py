import pandas as pd
from IPython.display import display
rows, shown = [], display(display_id=True)
for e, l, a, vl, va in epochs():
    rows.append({"epoch": e, "train_loss": round(l, 4), "val_loss": round(vl, 4)})
    shown.update(pd.DataFrame(rows))
    keep("train", "loss", l, e, printed=f"{l:.4f}"); keep("val", "loss", vl, e, printed=f"{vl:.4f}")
