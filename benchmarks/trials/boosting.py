"""Boosting and scikit-learn trainings, healthy and not."""

from __future__ import annotations

import functools
import warnings

import lightgbm
import numpy as np
import xgboost
from sklearn.linear_model import SGDClassifier
from sklearn.metrics import log_loss
from sklearn.neural_network import MLPClassifier, MLPRegressor

from benchmarks.trials import data
from benchmarks.trials.trial import OVER, OVER_TRUE, STUCK, WILD, fault, healthy

# fmt: off
# A table: one line a training.

D = functools.partial


def xgb(s, rounds=60, **p):
    s = s()
    xgboost.train({"nthread": 1, "seed": 0, **p}, xgboost.DMatrix(s.x, s.y), rounds, evals=[(xgboost.DMatrix(s.x, s.y), "train"), (xgboost.DMatrix(s.xv, s.yv), "val")])


def lgb(s, rounds=60, model=lightgbm.LGBMClassifier, metric=("binary_logloss",), stop=None, every=1, **p):
    s = s()
    callbacks = [lightgbm.log_evaluation(every), *([lightgbm.early_stopping(stop)] if stop else [])]
    model(n_estimators=rounds, n_jobs=1, random_state=0, verbose=-1, **p).fit(s.x, s.y, eval_set=[(s.x, s.y), (s.xv, s.yv)], eval_names=["train", "valid"], eval_metric=list(metric), callbacks=callbacks)


def partial(s, epochs=25, hidden=(32,), show=True, **p):
    s = s()
    m = MLPClassifier(hidden, random_state=0, **p)
    classes = np.unique(s.y)
    rng = np.random.default_rng(0)
    for e in range(1, epochs + 1):
        for idx in np.array_split(rng.permutation(len(s.x)), max(1, len(s.x) // 64)):
            m.partial_fit(s.x[idx], s.y[idx], classes=classes)
        print(f"Epoch {e}: train log loss {log_loss(s.y, m.predict_proba(s.x), labels=classes):.4f}, val log loss {log_loss(s.yv, m.predict_proba(s.xv), labels=classes):.4f}, val accuracy {m.score(s.xv, s.yv):.4f}")


def sk(cls, s, **p):
    s = s()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        cls(random_state=0, verbose=True, **p).fit(s.x, s.y)


cancer = data.cancer
easy = D(data.tabular, n=3000, n_val=1000, sep=1.2)
noisy = D(data.tabular, n=400, n_val=600, sep=0.4, flip=0.25)
healthy("xgboost many metrics", lambda: xgb(easy, objective="binary:logistic", eval_metric=["logloss", "auc", "error"], max_depth=3, eta=0.15))
healthy("xgboost regression", lambda: xgb(data.friedman, objective="reg:squarederror", max_depth=3, eta=0.1, rounds=80, subsample=0.7), true=("generalization-gap",))
healthy("xgboost multi-class", lambda: xgb(data.digits, objective="multi:softprob", num_class=10, eval_metric=["mlogloss", "merror"], max_depth=3, eta=0.2, rounds=50), true=("generalization-gap",))
healthy("lightgbm early stopping", lambda: lgb(cancer, 200, stop=8, learning_rate=0.08, num_leaves=7), true=("overfitting", "generalization-gap"))
healthy("lightgbm many metrics every 5", lambda: lgb(easy, 60, metric=("binary_logloss", "auc", "binary_error"), every=5, learning_rate=0.08, num_leaves=8))
healthy("lightgbm regression l1 l2", lambda: lgb(data.friedman, 80, lightgbm.LGBMRegressor, ("l1", "l2", "rmse"), learning_rate=0.08, num_leaves=7), true=("generalization-gap",))
healthy("sklearn partial_fit", lambda: partial(data.digits, learning_rate_init=2e-3))
healthy("sklearn mlp verbose", lambda: sk(MLPClassifier, data.digits, hidden_layer_sizes=(32,), max_iter=60, early_stopping=True, n_iter_no_change=5))
healthy("sklearn mlp loss only", lambda: sk(MLPClassifier, lambda: data.scaled(data.wine()), hidden_layer_sizes=(16,), max_iter=200, learning_rate_init=5e-3))
healthy("sklearn mlp regressor", lambda: sk(MLPRegressor, data.friedman, hidden_layer_sizes=(32,), max_iter=120, learning_rate_init=3e-3))
healthy("sklearn sgd", lambda: sk(SGDClassifier, lambda: data.scaled(data.cancer()), loss="log_loss", max_iter=30))
fault("xgboost overfit", lambda: xgb(noisy, objective="binary:logistic", eval_metric=["logloss", "error"], max_depth=8, eta=0.4, rounds=120), *OVER, true=OVER_TRUE)
fault("xgboost regression overfit", lambda: xgb(D(data.friedman, n=250, noise=5.0), max_depth=7, eta=0.3, rounds=100), *OVER, true=OVER_TRUE)
fault("lightgbm overfit", lambda: lgb(noisy, 300, learning_rate=0.2, num_leaves=63, metric=("binary_logloss", "auc")), *OVER, true=OVER_TRUE)
fault("xgboost eta 0.001", lambda: xgb(easy, objective="binary:logistic", eval_metric="logloss", eta=0.001, max_depth=3), "still-improving", "slow-progress", "stuck-at-chance", "underfitting", true=("underfitting", "stuck-at-chance"))
fault("lightgbm shuffled labels", lambda: lgb(lambda: data.mislabelled(easy()), 100, learning_rate=0.1), "val-never-improved", "generalization-gap", "overfitting", true=OVER_TRUE + STUCK)
fault("sklearn partial_fit lr 1", lambda: partial(data.digits, learning_rate_init=1.0), *WILD, true=WILD + STUCK + ("underfitting", "noisy-validation", "saturated-outputs"))
fault("sklearn mlp unscaled", lambda: sk(MLPClassifier, data.wine, hidden_layer_sizes=(16,), max_iter=40, learning_rate_init=0.05, n_iter_no_change=40), "inputs-not-normalised", "initial-loss-off", *WILD, "underfitting", true=(*WILD, "inputs-not-normalised", "underfitting"))
fault("sklearn partial_fit overfit", lambda: partial(D(data.tabular, n=250, n_val=500, sep=0.5, flip=0.15), hidden=(256,), epochs=80, alpha=0.0, learning_rate_init=5e-3), *OVER, true=OVER_TRUE)
