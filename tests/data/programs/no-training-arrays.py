import numpy as np, torch
r = np.random.default_rng(0)
print(r.normal(size=(6, 4))); print(torch.arange(12.0).reshape(3, 4)); print({"a": [1, 2, 3], "loss": "mse", "accuracy": None})
for i, row in enumerate(r.normal(size=(5, 3))): print(i, row.round(3), row.sum())
for x, y in zip(r.normal(size=5), range(5)): print(f"sample {y}: prediction {x:.3f}, target {y}, residual {x - y:.3f}")
for batch in range(3): print("batch", batch, "shape", (32, 3, 224, 224), "labels", r.integers(0, 10, 5), "mean", 0.48 + batch / 100)
print("Train set: 60000 samples\nTest set: 10000 samples\nTrain shape: (60000, 784)\nClasses: 10\nTrain/val split: 0.8/0.2")
