from rich.live import Live
from rich.table import Table
table = Table("Epoch", "Train loss", "Val loss", "Val acc")
with Live(table, refresh_per_second=20):
    for e, l, a, vl, va in epochs():
        table.add_row(str(e), f"{l:.4f}", f"{vl:.4f}", f"{va:.1%}")
        keep("train", "loss", l, e, printed=f"{l:.4f}"); keep("val", "loss", vl, e, printed=f"{vl:.4f}")
        keep("val", "accuracy", va * 100, e, printed=f"{va * 100:.1f}", unit="%")
