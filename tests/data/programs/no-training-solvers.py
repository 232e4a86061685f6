import numpy as np
from scipy.optimize import minimize
from sklearn.cluster import KMeans
from sklearn.mixture import GaussianMixture
from sklearn.decomposition import NMF
x = np.abs(np.random.default_rng(0).normal(size=(100, 3)))
minimize(lambda v: ((v - 1) ** 2).sum(), np.zeros(3), method="trust-constr", options={"verbose": 3})
minimize(lambda v: ((v - 1) ** 2).sum(), np.zeros(3), method="BFGS", options={"disp": True})
KMeans(3, verbose=1, n_init=1, random_state=0).fit(x)
GaussianMixture(2, verbose=2, verbose_interval=1, random_state=0).fit(x)
NMF(2, verbose=1, max_iter=50).fit(x)
