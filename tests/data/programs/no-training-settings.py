import pandas as pd
config = {"epochs": 30, "batch_size": 32, "lr": 1e-3, "loss": "mse", "seed": 0, "dropout": 0.5}
print(config); print("Epochs:", 30); print("epoch = 30"); print("Learning rate: 0.001\nLoss: mse\nStep size: 10, gamma: 0.1")
for k, v in config.items(): print(f"{k}: {v}")
print(pd.DataFrame({"model": ["a", "b", "c"], "loss": [0.5, 0.4, 0.3], "accuracy": [0.8, 0.9, 0.95]}))
for i in range(3): print(f"Step {i}: processed {i * 100} rows in {i * 0.5:.1f}s")
for i in range(3): print(f"Round {i + 1}: player {i} scores {i * 10}, error: {i}")
print("Best epoch: 7 (val_loss: 0.31)")
