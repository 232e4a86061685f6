from tabulate import tabulate
rows = []
for e, l, a, vl, va in epochs():
    rows.append([e, f"{l:.4f}", f"{vl:.4f}"])
    keep("train", "loss", l, e, printed=f"{l:.4f}"); keep("val", "loss", vl, e, printed=f"{vl:.4f}")
print(tabulate(rows, headers=["epoch", "train loss", "val loss"], tablefmt="fancy_grid", disable_numparse=True))
