import logging
from rich.logging import RichHandler
logging.basicConfig(level="INFO", format="%(message)s", handlers=[RichHandler()])
for e, l, a, vl, va in epochs():
    logging.info(f"Epoch {e}: train_loss={l:.4f} val_loss={vl:.4f}")
    keep("train", "loss", l, e, printed=f"{l:.4f}"); keep("val", "loss", vl, e, printed=f"{vl:.4f}")
