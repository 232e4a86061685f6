import numpy as np
from sklearn.neural_network import MLPClassifier
r = np.random.default_rng(0); x = r.normal(size=(300, 5)); y = (x[:, 0] + r.normal(size=300) > 0).astype(int)
m = MLPClassifier((8,), max_iter=9, early_stopping=True, verbose=True, random_state=0).fit(x, y)
for i, value in enumerate(m.loss_curve_, 1):
    keep("train", "loss", value, i, printed=f"{value:.8f}")
for i, value in enumerate(m.validation_scores_, 1):
    keep("val", "score", value, i, printed=f"{value:f}")
