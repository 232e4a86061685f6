import numpy as np
from sklearn.ensemble import GradientBoostingRegressor, HistGradientBoostingRegressor
r = np.random.default_rng(0); x = r.normal(size=(300, 5)); y = x[:, 0] + r.normal(size=300)
m = GradientBoostingRegressor(n_estimators=12, verbose=1, random_state=0).fit(x, y)
for i, value in enumerate(m.train_score_, 1):
    if i <= 10:
        keep("train", "loss", value, i, label="Train Loss", printed=f"{value:.4f}")
