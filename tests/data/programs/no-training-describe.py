import numpy as np, pandas as pd
r = np.random.default_rng(0)
d = pd.DataFrame({"epoch": range(1, 31), "loss": 1 / np.arange(1, 31), "accuracy": r.uniform(0.5, 0.9, 30), "price": r.normal(size=30)})
print(d.describe()); d.info(); print(d.corr()); print(d.nunique()); print(d.dtypes); print(d[["loss", "accuracy"]].mean()); print(d.price.value_counts(bins=3))
