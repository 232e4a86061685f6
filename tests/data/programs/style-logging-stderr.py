import logging
logging.basicConfig(level=logging.INFO, format="%(asctime)s - %(levelname)s - %(name)s - %(message)s")
log = logging.getLogger("trainer")
log.info("batch_size=16 epochs=5 lr=0.5")
for e, l, a, vl, va in epochs():
    log.info("epoch=%d train_loss=%.5f val_loss=%.5f val_acc=%.1f%% time=%.1fs", e, l, vl, va * 100, 1.5)
    keep("train", "loss", l, e, printed=f"{l:.5f}"); keep("val", "loss", vl, e, printed=f"{vl:.5f}")
    keep("val", "accuracy", va * 100, e, printed=f"{va * 100:.1f}", unit="%")
log.info("done in 12.5s, best val_acc=0.93")
