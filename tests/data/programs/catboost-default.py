import numpy as np
from catboost import CatBoostClassifier, CatBoostRegressor, Pool, cv
r = np.random.default_rng(0); x = r.normal(size=(300, 5)); y = (x[:, 0] + r.normal(size=300) > 0).astype(int)
def keep_all(m, every=1, last=0, run=1):
    results = m.get_evals_result(); n = len(next(iter(results["learn"].values())))
    names = {"learn": "train", "validation": "val", "validation_0": "val", "validation_1": "val"}
    for name, metrics in results.items():
        for i, value in enumerate(next(iter(metrics.values())), 1):
            if (i - 1) % every == 0 or i == n: keep(names[name], "loss", value, i, label=name, printed=f"{value:.7f}", run=run)
m = CatBoostRegressor(iterations=15, depth=3, thread_count=1, random_seed=1, allow_writing_files=False)
m.fit(x, x[:, 0] + 0.1 * r.normal(size=300))
keep_all(m)
