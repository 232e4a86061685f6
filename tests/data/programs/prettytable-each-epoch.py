from prettytable import PrettyTable
table = PrettyTable(["Epoch", "Train Loss", "Train Acc", "Val Loss", "Val Acc"])
for e, l, a, vl, va in epochs():
    table.add_row([e, f"{l:.3f}", f"{a:.2%}", f"{vl:.3f}", f"{va:.2%}"])
    print(table)
    keep("train", "loss", l, e, printed=f"{l:.3f}"); keep("val", "loss", vl, e, printed=f"{vl:.3f}")
    keep("train", "accuracy", a * 100, e, printed=f"{a * 100:.2f}", unit="%")
    keep("val", "accuracy", va * 100, e, printed=f"{va * 100:.2f}", unit="%")
