"""The ends of a Keras training's epochs come in; each validation sample's loss, within a budget of time, goes out."""

from __future__ import annotations

import math
import sys
import time
from typing import Any

import numpy as np

from nbdiag.events import Sampled
from nbdiag.frameworks.base import Emit
from nbdiag.frameworks.keras.data import Source, as_numpy, labels
from nbdiag.frameworks.keras.facts import loss_facts
from nbdiag.frameworks.keras.forward import Forward, Outputs, Weights, can_replay, weights_of
from nbdiag.metrics import loss_family
from nbdiag.samples import SampleLosses

# The share of the training's time that looking at single samples may take: what the watch (1.8 %) and the hooks (0.5 %)
# leave of the 3 % that all we do in a cell may.
_SHARE = 0.007
# Weights beyond this are not copied at each new best epoch: the copy doubles the memory they take on the host.
_COPIED = 16_000_000
# Probabilities beyond this many values are left out: they are kept as long as the run.
_KEPT = 1_000_000
# float32 sums of Keras' running mean and of ours agree far better than this; more means that another loss is printed.
_AGREE = 1e-3


class Sampler:
    """Copies the weights at each new best epoch, and evaluates those and the last ones when time allows."""

    def __init__(self, emit: Emit, model: Any, source: Source) -> None:
        self.emit, self.model, self.source = emit, model, source
        self.able = can_replay(model, source)
        self.facts = loss_facts(model) if self.able else {}
        self.forward = Forward(model, source) if self.able else None
        self.spent = 0.0
        self.cost: float | None = None
        self.longest, self.warm = 0.0, sys.modules["keras"].config.backend() == "torch"
        self.best_loss, self.best_epoch = math.inf, 0
        self.best_weights: Weights | None = None
        self.best: Outputs | None = None
        self.small = self.able and sum(int(np.prod(v.shape)) for v in model.weights) <= _COPIED

    def epoch_ends(self, epoch: int, loss: float, trained: float, validated: float, last: bool) -> None:
        """``loss`` is the validation loss Keras reports, ``trained`` the seconds since the training began, of which
        the latest validation took ``validated``. ``last`` when no epoch follows."""
        if not self.able:
            return
        start = time.perf_counter()
        budget = _SHARE * (trained - self.spent) - self.spent
        if loss < self.best_loss:
            self.best_loss, self.best_epoch, self.best = loss, epoch, None
            self.best_weights = weights_of(self.model) if self.small and budget > 0 and not last else None
        behind = self.best_epoch != epoch and self.best_weights is not None and self.best is None
        passes = 2 if behind else 1
        # While the training runs, enough is left for two passes at its end.
        needed = (passes if last else passes + 2) * self._price(validated)
        if needed <= budget and (last or self.best_epoch != epoch):
            self.able = False  # and stays so if looking fails: it would fail at each epoch
            self.able = self._look(epoch, loss, behind, start + budget)
        self.spent += time.perf_counter() - start

    def _price(self, validated: float) -> float:
        """Seconds of one pass: as measured, or a guess from Keras' own validation, which does the same and counts
        metrics as well. Off torch the first of each is compiled: then the longest validation is the guess."""
        self.longest = max(self.longest, validated)
        if not self.warm:
            return self.longest
        return validated if self.cost is None else self.cost

    def _look(self, epoch: int, loss: float, behind: bool, deadline: float) -> bool:
        """Whether it makes sense to look again."""
        start = time.perf_counter()
        now = self.forward.run(None, deadline) if self.forward else None
        if self.warm or now is None:
            self.cost = time.perf_counter() - start
        self.warm = True
        if self.forward is None or now is None:
            return True  # out of time, which is counted: when there is more of it
        mean = float(now.losses.mean())
        if not abs(mean - loss) <= _AGREE * max(abs(loss), 1e-3):
            return False  # a penalty or a mask is part of the printed loss: these are not its parts
        if behind:
            self.best = self.forward.run(self.best_weights, deadline)
        self.emit(Sampled(self._samples(epoch, now)))
        return True

    def _samples(self, epoch: int, now: Outputs) -> SampleLosses:
        is_best = self.best_epoch == epoch
        best = now if is_best else self.best
        classes = labels(self.source.y)
        return SampleLosses(
            last=now.losses,
            best=best.losses if best is not None else None,
            best_epoch=float(self.best_epoch) if best is not None else None,
            last_epoch=float(epoch),
            labels=classes if classes is not None else _flat(self.source.y),
            **predictions(now.outputs, self.facts),
        )


def predictions(outputs: np.ndarray, facts: dict[str, Any]) -> dict[str, Any]:
    """Predicted class, confidence and probabilities of a classifier; predicted value of a regression."""
    family, logits = loss_family(facts["loss"]), facts["from_logits"]
    if family == "crossentropy" and outputs.ndim == 2:
        probabilities = _softmax(outputs) if logits else outputs
        kept = probabilities if probabilities.size <= _KEPT else None
        return {
            "predicted": probabilities.argmax(axis=1),
            "confidence": probabilities.max(axis=1).astype(float),
            "probabilities": kept,
        }
    flat = outputs.reshape(-1)
    if family == "binary-crossentropy" and len(flat) == len(outputs):
        p = 1 / (1 + np.exp(-flat.astype(float))) if logits else flat.astype(float)
        return {"predicted": (p > 0.5).astype(int), "confidence": np.maximum(p, 1 - p), "probabilities": p}
    return {"predicted": flat} if family in {"mse", "mae"} and len(flat) == len(outputs) else {}


def _softmax(logits: np.ndarray) -> np.ndarray:
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    normed: np.ndarray = powers / powers.sum(axis=1, keepdims=True)
    return normed


def _flat(y: Any) -> np.ndarray | None:
    array = as_numpy(y)
    return array.reshape(-1) if array is not None and array.size == len(array) else None
