for e, l, a, vl, va in epochs(3):
    print(f"Epoch {e}\n-------------------------------")
    for _, s, bl, _ in [row for row in train(3) if row[0] == e]:
        if s % 4 == 1:
            print(f"loss: {bl:>7f}  [{s * 16:>5d}/{128:>5d}]")
            keep("train", "loss", bl, e, s * 16, printed=f"{bl:.6f}")
    print(f"Test Error: \n Accuracy: {(100 * va):>0.1f}%, Avg loss: {vl:>8f} \n")
    keep("val", "loss", vl, e, printed=f"{vl:.6f}"); keep("val", "accuracy", va * 100, e, printed=f"{va * 100:.1f}", unit="%")
print("Done!")
