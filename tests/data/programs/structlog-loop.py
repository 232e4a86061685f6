import structlog
log = structlog.get_logger()
for e, l, a, vl, va in epochs():
    log.info("epoch finished", epoch=e, train_loss=round(l, 4), val_acc=round(va, 4), seconds=1.5)
    keep("train", "loss", l, e, printed=f"{l:.4f}"); keep("val", "accuracy", va, e, printed=f"{va:.4f}")
