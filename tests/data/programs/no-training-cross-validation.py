import numpy as np
from sklearn.datasets import load_diabetes
from sklearn.linear_model import Ridge
from sklearn.model_selection import KFold, cross_validate
x, y = load_diabetes(return_X_y=True)
for fold, (a, b) in enumerate(KFold(5).split(x), 1):
    m = Ridge(0.1).fit(x[a], y[a]); e = y[b] - m.predict(x[b])
    print(f"Fold {fold}/5: MAE {np.abs(e).mean():.2f}, RMSE {np.sqrt((e ** 2).mean()):.2f}, R2 {m.score(x[b], y[b]):.3f}")
s = cross_validate(Ridge(0.1), x, y, scoring=("r2", "neg_mean_absolute_error"), return_train_score=True)
for k, v in s.items(): print(f"{k}: {v.mean():.3f} +/- {v.std():.3f}")
for alpha in (0.01, 0.1, 1.0): print(f"alpha={alpha}: train R2 {Ridge(alpha).fit(x, y).score(x, y):.4f}")
