import numpy as np
from scipy.optimize import differential_evolution, fmin_cg, least_squares, linprog, root
r = np.random.default_rng(0)
x = np.linspace(0, 3, 40); y = 2 * np.exp(-x) + r.normal(size=40) * 0.05
least_squares(lambda p: p[0] * np.exp(-p[1] * x) - y, [1.0, 0.3], verbose=2)
differential_evolution(lambda p: ((p - 0.3) ** 2).sum(), [(-1, 1)] * 2, disp=True, maxiter=8, rng=0)
fmin_cg(lambda p: ((p - 1) ** 2).sum(), np.zeros(3)); print(linprog([1, 2], [[-1, -1]], [-1], options={"disp": True}))
root(lambda v: v ** 3 - 1, [2.0], method="krylov", options={"disp": True}); print(np.polyfit(x, y, 3), np.linalg.lstsq(x[:, None], y, rcond=None))
