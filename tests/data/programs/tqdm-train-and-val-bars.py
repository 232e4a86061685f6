from tqdm import tqdm
rows = list(train(3, 10))
for e in range(3):
    for name, split, f in (("Train", "train", 1.0), ("Val", "val", 1.1)):
        bar = tqdm([r for r in rows if r[0] == e + 1], desc=f"{name} epoch {e}", mininterval=0, leave=(name == "Train"))
        for _, s, l, a in bar:
            bar.set_postfix(loss=f * l)
        keep(split, "loss", f * l, e + 1, printed=f"{f * l:.3g}")
