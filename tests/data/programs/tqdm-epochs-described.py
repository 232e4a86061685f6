from tqdm import tqdm
rows = list(train(4, 10))
for e in range(1, 5):
    bar = tqdm([r for r in rows if r[0] == e], desc=f"Epoch {e}/4", ascii=True, mininterval=0)
    for _, s, l, a in bar:
        bar.set_postfix({"loss": f"{l:.4f}", "acc": f"{a:.3f}"})
    keep("train", "loss", l, e, printed=f"{l:.4f}"); keep("train", "accuracy", a, e, printed=f"{a:.3f}")
