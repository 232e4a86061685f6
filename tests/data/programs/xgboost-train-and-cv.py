import numpy as np, xgboost as xgb
r = np.random.default_rng(0); x = r.normal(size=(300, 5)); y = x[:, 0] + r.normal(size=300)
a, b = xgb.DMatrix(x[:200], y[:200]), xgb.DMatrix(x[200:], y[200:])
results = {}
xgb.train({"max_depth": 2, "nthread": 1}, a, 25, evals=[(a, "train"), (b, "eval")], evals_result=results, early_stopping_rounds=3)
for name, split in (("train", "train"), ("eval", "val")):
    for i, value in enumerate(results[name]["rmse"], 1):
        keep(split, "rmse", value, i, label=f"{name}-rmse", printed=f"{value:.5f}")
cv = xgb.cv({"max_depth": 2, "nthread": 1}, a, 5, nfold=3, verbose_eval=1, seed=1)
for i, row in enumerate(cv.itertuples(), 1):
    keep("train", "rmse", row[1], i, label="train-rmse", printed=f"{row[1]:.5f}", run=2)
    keep("val", "rmse", row[3], i, label="test-rmse", printed=f"{row[3]:.5f}", run=2)
