import numpy as np
from catboost import CatBoostClassifier
r = np.random.default_rng(0); x = r.normal(size=(300, 5)); y = (x[:, 0] + r.normal(size=300) > 0).astype(int)
m = CatBoostClassifier(iterations=12, depth=3, thread_count=1, random_seed=1, allow_writing_files=False, learning_rate=0.2)
m.fit(x[:200], y[:200], eval_set=(x[200:], y[200:]), verbose=3)
results = m.get_evals_result()
for name, split in (("learn", "train"), ("validation", "val")):
    for i, value in enumerate(results[name]["Logloss"], 1):
        if (i - 1) % 3 == 0 or i == 12:
            keep(split, "loss", value, i, label=name, printed=f"{value:.7f}")
