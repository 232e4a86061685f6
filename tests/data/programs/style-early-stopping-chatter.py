best = 9
for e, l, a, vl, va in epochs(8):
    print(f"Epoch {e}: train loss {l:.4f}, val loss {vl:.4f}")
    keep("train", "loss", l, e, printed=f"{l:.4f}"); keep("val", "loss", vl, e, printed=f"{vl:.4f}")
    if vl < best:
        print(f"Validation loss decreased ({best:.6f} --> {vl:.6f}).  Saving model ..."); best = vl
    else:
        print("EarlyStopping counter: 1 out of 5")
print(f"Loaded best model from epoch 7 with val loss {best:.4f}")
