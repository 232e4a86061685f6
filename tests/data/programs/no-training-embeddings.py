import numpy as np
from sklearn.cluster import KMeans
from sklearn.decomposition import NMF, LatentDirichletAllocation
from sklearn.manifold import TSNE
from sklearn.mixture import GaussianMixture
x = np.abs(np.random.default_rng(0).normal(size=(120, 5)))
KMeans(3, n_init=1, verbose=1, random_state=0).fit(x)
NMF(2, solver="mu", verbose=1, max_iter=40, random_state=0, tol=1e-9).fit(x)
LatentDirichletAllocation(2, verbose=1, max_iter=3, evaluate_every=1, random_state=0).fit((x * 5).astype(int))
GaussianMixture(2, verbose=2, verbose_interval=1, random_state=0, max_iter=5).fit(x)
TSNE(verbose=2, max_iter=300, random_state=0).fit_transform(x)
