import numpy as np
from catboost import CatBoostClassifier, CatBoostRegressor, Pool, cv
r = np.random.default_rng(0); x = r.normal(size=(300, 5)); y = (x[:, 0] + r.normal(size=300) > 0).astype(int)
def keep_all(m, every=1, last=0, run=1):
    results = m.get_evals_result(); n = m.tree_count_
    names = {"learn": "train", "validation": "val", "validation_0": "val", "validation_1": "val"}
    for name, metrics in results.items():
        for i, value in zip([*range(1, n, every), n], next(iter(metrics.values()))):
            keep(names[name], "loss", value, i, label=name, printed=f"{value:.7f}", run=run)
for run, depth in enumerate((2, 5), 1):
    print("depth", depth)
    m = CatBoostClassifier(iterations=10, depth=depth, thread_count=1, random_seed=1, allow_writing_files=False, learning_rate=0.1, metric_period=2)
    m.fit(Pool(x[:200], y[:200]), eval_set=Pool(x[200:], y[200:]))
    keep_all(m, 2, run=run)
