from tqdm import tqdm
for e, l, a, vl, va in tqdm(list(epochs(6)), desc="training", mininterval=0):
    tqdm.write(f"epoch {e} loss {l:.4f} val_loss {vl:.4f}")
    keep("train", "loss", l, e, printed=f"{l:.4f}"); keep("val", "loss", vl, e, printed=f"{vl:.4f}")
