import numpy as np, lightgbm as lgb
r = np.random.default_rng(0); x = r.normal(size=(400, 5)); y = (x[:, 0] + r.normal(size=400) > 0).astype(int)
a = lgb.Dataset(x[:250], y[:250]); b = lgb.Dataset(x[250:], y[250:], reference=a); results = {}
p = {"objective": "binary", "metric": ["auc", "binary_logloss"], "num_threads": 1}
lgb.train(p, a, 30, valid_sets=[a, b], valid_names=["train", "valid"], evals_result=results, early_stopping_rounds=3, verbose_eval=2)
for name, split in (("train", "train"), ("valid", "val")):
    for metric, values in results[name].items():
        for i in range(2, len(values) + 1, 2):
            keep(split, metric, values[i - 1], i, label=f"{name}'s {metric}", printed=f"{values[i - 1]:g}")
cv = lgb.cv({**p, "metric": "auc", "verbose": -1}, lgb.Dataset(x, y), 5, nfold=3, verbose_eval=1, seed=1)
for i, value in enumerate(cv["auc-mean"], 1):
    keep("val", "auc", value, i, label="cv_agg's auc", printed=f"{value:g}", run=2)
