import numpy as np
from sklearn.ensemble import HistGradientBoostingRegressor
r = np.random.default_rng(0); x = r.normal(size=(300, 5)); y = x[:, 0] + r.normal(size=300)
m = HistGradientBoostingRegressor(max_iter=6, verbose=2, random_state=0, early_stopping=True, scoring="loss").fit(x, y)
for i, (a, b) in enumerate(zip(m.train_score_, m.validation_score_)):
    if i:
        keep("train", "loss", -a, i, label="train loss", printed=f"{-a:.5f}")
        keep("val", "loss", -b, i, label="val loss", printed=f"{-b:.5f}")
