from IPython.display import clear_output
lines = []
for e, l, a, vl, va in epochs():
    clear_output(wait=True)
    lines.append(f"Epoch {e}: loss {l:.4f}, val loss {vl:.4f}")
    print("\n".join(lines))
    keep("train", "loss", l, e, printed=f"{l:.4f}"); keep("val", "loss", vl, e, printed=f"{vl:.4f}")
