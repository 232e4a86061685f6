for e, l, a, vl, va in epochs():
    print(f"Finished epoch {e} of 5: training loss = {l:.5f}, validation loss = {vl:.5f}, validation accuracy = {va:.2%}, took 3.21 seconds")
    keep("train", "loss", l, e, printed=f"{l:.5f}"); keep("val", "loss", vl, e, printed=f"{vl:.5f}"); keep("val", "accuracy", va * 100, e, printed=f"{va * 100:.2f}", unit="%")
