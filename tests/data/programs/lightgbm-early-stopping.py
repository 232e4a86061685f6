import numpy as np, lightgbm as lgb
r = np.random.default_rng(0); x = r.normal(size=(400, 5)); y = (x[:, 0] + r.normal(size=400) > 0).astype(int)
m = lgb.LGBMClassifier(n_estimators=60, num_leaves=8, n_jobs=1, metric=["binary_logloss", "auc"], force_row_wise=True)
m.fit(x[:250], y[:250], eval_set=[(x[:250], y[:250]), (x[250:], y[250:])], eval_names=["training", "valid_1"],
      callbacks=[lgb.early_stopping(5), lgb.log_evaluation(2)])
for name, metrics in m.evals_result_.items():
    for metric, values in metrics.items():
        for i, value in enumerate(values, 1):
            if i % 2 == 0:
                keep("train" if name == "training" else "val", metric, value, i, label=f"{name}'s {metric}", printed=f"{value:g}")
