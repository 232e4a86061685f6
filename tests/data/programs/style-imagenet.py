for e, l, a, vl, va in epochs(3):
    for _, s, bl, ba in [row for row in train(3) if row[0] == e]:
        print(f"Epoch: [{e - 1}][{s:>3}/8]\tTime  0.386 ( 1.386)\tData  0.1 ( 1.1)\tLoss {bl:.4e} ({bl:.4e})\tAcc@1 {ba * 100:6.2f} ({ba * 100:6.2f})")
        keep("train", "loss", bl, e, s, printed=f"{bl:.4e}"); keep("train", "accuracy", ba * 100, e, s, printed=f"{ba * 100:.2f}", unit="%")
    for s in (0, 4):
        print(f"Test: [{s:>3}/8]\tTime  3.2 (3.2)\tLoss {vl:.4e} ({vl:.4e})\tAcc@1 {va * 100:6.2f} ({va * 100:6.2f})")
    print(f" *   Acc@1 {va * 100:.3f}")
    keep("val", "accuracy", va * 100, e, printed=f"{va * 100:.3f}", unit="%")
