for i, (e, s, l, a) in enumerate(train(10, 5)):
    if i % 10 == 0:
        print(f"Cost after iteration {i}: {l}")
        keep("train", "loss", l, step=i, printed=f"{l:.12f}")
