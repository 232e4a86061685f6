import numpy as np, xgboost as xgb
r = np.random.default_rng(0); x = r.normal(size=(300, 5)); y = (x[:, 0] + r.normal(size=300) > 0).astype(int)
a, b = xgb.DMatrix(x[:200], y[:200]), xgb.DMatrix(x[200:], y[200:])
p, results = {"objective": "binary:logistic", "eval_metric": ["auc", "logloss"], "nthread": 1}, {}
m = xgb.train(p, a, 30, evals=[(a, "train"), (b, "valid")], evals_result=results, early_stopping_rounds=3, verbose_eval=2)
for name, split in (("train", "train"), ("valid", "val")):
    for metric, values in results[name].items():
        for i in range(0, len(values), 2):
            keep(split, metric, values[i], i + 1, label=f"{name}-{metric}", printed=f"{values[i]:g}")
for data, name, split in ((a, "train", "train"), (b, "valid", "val")):  # the round at which it stops is printed, too
    for shown in m.eval(data, name).split("\t")[1:]:
        keep(split, shown.split("-")[1].split(":")[0], float(shown.split(":")[1]), m.best_iteration + 4, printed=shown.split(":")[1])
cv = xgb.cv({"objective": "reg:squarederror", "nthread": 1}, a, 5, nfold=3, verbose_eval=1, seed=1)
for i, row in enumerate(cv.itertuples(), 1):
    keep("train", "rmse", row[1], i, label="train-rmse", printed=f"{row[1]:g}", run=2)
    keep("val", "rmse", row[3], i, label="test-rmse", printed=f"{row[3]:g}", run=2)
