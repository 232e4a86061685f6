import numpy as np
from sklearn.linear_model import SGDRegressor
r = np.random.default_rng(0); x = r.normal(size=(300, 5)); y = x[:, 0] + r.normal(size=300)
import sys
class Both:
    text = ""
    def write(self, t):
        Both.text += t; sys.__stdout__.write(t)
    def flush(self): sys.__stdout__.flush()
sys.stdout = Both()
SGDRegressor(max_iter=5, tol=None, verbose=1, random_state=0).fit(x, y)
for i, piece in enumerate(Both.text.split("Avg. loss: ")[1:], 1):
    keep("train", "loss", piece.split(",")[0], i, label="Avg. loss", printed=piece.split(",")[0])
