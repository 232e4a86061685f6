from loguru import logger
for e, l, a, vl, va in epochs():
    logger.info("Epoch {}/5 - loss: {:.4f} - val_loss: {:.4f}", e, l, vl)
    keep("train", "loss", l, e, printed=f"{l:.4f}"); keep("val", "loss", vl, e, printed=f"{vl:.4f}")
