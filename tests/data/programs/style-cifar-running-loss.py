running = 0
for e, s, l, a in train(3, 12):
    running += l
    if s % 4 == 0:
        print(f"[{e}, {s:5d}] loss: {running / 4:.3f}")
        keep("train", "loss", running / 4, e, s, printed=f"{running / 4:.3f}"); running = 0
print("Finished Training\nAccuracy of the network on the 10000 test images: 55 %")
