"""What accuracy, loss and counts prove about each other: numbers go in, bounds, sizes and chances come out.

Pure functions. Losses are in nats, accuracies are fractions, ``n`` counts samples, ``k`` classes. "CE" is the mean,
unweighted cross-entropy of predicted probabilities whose argmax (one output: p > 0.5) is the counted decision.
"""

from __future__ import annotations

import math

import numpy as np

from nbdiag import stats

LN2 = math.log(2.0)

LOGIT_CUT_COST = math.log1p(math.exp(-0.5))
"""Least cost (0.4741 nats) of a sample counted wrong where the *logit* is cut at 0.5: -ln sigmoid(0.5), label 1.

Keras' ``accuracy`` cuts a single output at 0.5 also when it is a logit (``from_logits=True``).
"""

LIMITS: tuple[tuple[float, float], ...] = (
    # (lowest, highest) loss of one sample whose probability of the truth has hit its floor. Ranges: the y=1 side clips
    # at eps, the y=0 side at 1 - float32(1 - eps), which is 1.19e-7 for eps = 1e-7.
    (15.249, 15.425),  # TensorFlow 2: clipped at 1e-7, and 1e-7 added inside the logarithm
    (15.942, 16.118),  # Keras: clipped at 1e-7
    (34.539, 34.539),  # Theano: clipped at 1e-15
    (100.0, 100.0),  # PyTorch's BCELoss: log-probabilities clipped at -100
)


def smallest_difference(accuracy: float, n: float) -> float:
    """Smallest difference between two models that ``n`` samples can show (unpaired, 80 % power at 5 %). D23."""
    return 2.8 * math.sqrt(2 * accuracy * (1 - accuracy) / n)


def least_loss(accuracy: np.ndarray, cost: float = LN2) -> np.ndarray:
    """Least CE possible at this accuracy: a wrong prediction gives the truth at most 1/2. Shape as given. D5."""
    bound: np.ndarray = (1 - np.asarray(accuracy, float)) * cost
    return bound


def least_squared_error(accuracy: np.ndarray, k: int) -> np.ndarray:
    """Least mean squared error at this accuracy: one sigmoid (k = 2) or ``k`` softmax outputs averaged. D5."""
    bound: np.ndarray = (1 - np.asarray(accuracy, float)) / (4 if k == 2 else 2 * k)
    return bound


def mistake_cost(loss: np.ndarray, accuracy: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    """Least and greatest mean CE of the wrong samples: a right one costs 0 to ln k. NaN at accuracy 1. D7."""
    loss, accuracy = np.asarray(loss, float), np.asarray(accuracy, float)
    with np.errstate(divide="ignore", invalid="ignore"):
        wrong = np.where(accuracy < 1, 1 - accuracy, np.nan)
        return np.maximum((loss - accuracy * math.log(k)) / wrong, LN2), loss / wrong


def calibrated_loss(accuracy: np.ndarray, k: int) -> np.ndarray:
    """CE of a predictor that is right with this accuracy and always says so: H(a) + (1 - a) ln(k - 1). D9."""
    a = np.clip(np.asarray(accuracy, float), 1e-12, 1 - 1e-12)
    loss: np.ndarray = -a * np.log(a) - (1 - a) * np.log(1 - a) + (1 - a) * math.log(max(k - 1, 1))
    return loss


def chance_of_at_most(correct: float, n: int, p: float) -> float:
    """Chance that a guesser who is right with probability ``p`` gets at most ``correct`` of ``n``. D15."""
    from scipy.special import bdtr

    return float(bdtr(math.floor(correct + 1e-6), n, p))


def old_share(momentum: float, steps: float) -> float:
    """Share of the initial moving statistics still present after ``steps`` updates (Keras' momentum). D17."""
    return float(momentum**steps)


def double_softmax_range(k: int) -> tuple[float, float]:
    """Least and greatest CE where softmax was applied twice: ln(1 + (k - 1)/e) and ln(e + k - 1). D14."""
    return math.log1p((k - 1) / math.e), math.log(math.e + k - 1)


def smoothing_floor(k: int, epsilon: float) -> float:
    """Least CE against labels smoothed by ``epsilon`` over ``k`` classes: the labels' own entropy. D14."""
    shares = np.full(k, epsilon / k)
    shares[0] += 1 - epsilon
    return stats.entropy(shares)


def temperature(probabilities: np.ndarray, labels: np.ndarray) -> float:
    """The temperature that makes stated confidences fit best: above 1, they were too sure.

    ``probabilities`` has shape ``(n, k)`` or, for one sigmoid output, ``(n,)``; ``labels`` shape ``(n,)``. The CE is
    convex in 1/T (Guo 2017), so a search over one number finds it.
    """
    from scipy.optimize import minimize_scalar

    p = np.asarray(probabilities, float)
    p = np.stack([1 - p, p], axis=1) if p.ndim == 1 else p
    y = np.asarray(labels).reshape(-1).astype(int)
    logp = np.log(np.clip(p, 1e-12, 1.0))

    def cost(inverse: float) -> float:
        z = logp * inverse
        top = z.max(axis=1)
        norm = top + np.log(np.exp(z - top[:, None]).sum(axis=1))
        return float(np.mean(norm - z[np.arange(len(y)), y]))

    # Confidences are off by less than a factor of 50 in either direction in every published measurement.
    best = minimize_scalar(cost, bounds=(0.02, 50.0), method="bounded", options={"xatol": 1e-4})
    return 1.0 / float(best.x)


def calibration_error(confidence: np.ndarray, right: np.ndarray, bins: int = 10) -> float:
    """Expected calibration error: mean distance of confidence and accuracy over equal-width bins; shapes ``(n,)``."""
    confidence, right = np.asarray(confidence, float), np.asarray(right, float)
    where = np.clip((confidence * bins).astype(int), 0, bins - 1)
    count = np.bincount(where, minlength=bins)
    gap = np.abs(np.bincount(where, confidence, bins) - np.bincount(where, right, bins))
    return float(gap.sum() / max(count.sum(), 1))
