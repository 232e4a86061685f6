from tqdm import tqdm
import time
for name in ("train.csv", "test.csv"):
    bar = tqdm(range(20), desc=f"Downloading {name}", unit="B", unit_scale=True, mininterval=0)
    for i in bar: bar.set_postfix(file=i, retries=0)
for e in range(3):
    bar = tqdm(range(5), desc=f"epoch {e}", mininterval=0)
    for i in bar: bar.set_postfix(items=i, mem="3GB")
