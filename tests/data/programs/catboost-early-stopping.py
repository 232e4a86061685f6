import numpy as np
from catboost import CatBoostClassifier, CatBoostRegressor, Pool, cv
r = np.random.default_rng(0); x = r.normal(size=(300, 5)); y = (x[:, 0] + r.normal(size=300) > 0).astype(int)
def keep_all(m, every=1, last=0, run=1):
    results = m.get_evals_result(); n = len(next(iter(results["learn"].values())))
    names = {"learn": "train", "validation": "val", "validation_0": "val", "validation_1": "val"}
    for name, metrics in results.items():
        for i, value in enumerate(next(iter(metrics.values())), 1):
            if (i - 1) % every == 0 or i == n: keep(names[name], "loss", value, i, label=name, printed=f"{value:.7f}", run=run)
m = CatBoostClassifier(iterations=300, depth=6, thread_count=1, random_seed=1, allow_writing_files=False, learning_rate=0.5, early_stopping_rounds=5)
m.fit(x[:200], y[:200], eval_set=(x[200:], y[200:]))
keep_all(m)
