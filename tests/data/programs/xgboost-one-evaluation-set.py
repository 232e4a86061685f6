import numpy as np
from xgboost import XGBClassifier
r = np.random.default_rng(0); x = r.normal(size=(300, 5)); y = (x[:, 0] + r.normal(size=300) > 0).astype(int)
m = XGBClassifier(n_estimators=8, max_depth=2, n_jobs=1, eval_metric=["logloss", "auc", "error"])
m.fit(x[:200], y[:200], eval_set=[(x[200:], y[200:])], verbose=2)
for name, values in m.evals_result()["validation_0"].items():
    for i, value in enumerate(values, 1):
        if (i - 1) % 2 == 0 or i == 8:
            keep("val", name, value, i, label=f"validation_0-{name}", printed=f"{value:.5f}")
