for e, l, a, vl, va in epochs():
    for rank in (0, 1):
        print(f"[rank{rank}]: Epoch {e}/5 loss={l + rank:.4f} val_loss={vl + rank:.4f}")
    keep("train", "loss", l, e, printed=f"{l:.4f}"); keep("val", "loss", vl, e, printed=f"{vl:.4f}")
