"""Keras' calls to a callback come in, events at full precision go out; nothing here raises or changes the training."""

from __future__ import annotations

import functools
import math
import numbers
import time
from collections.abc import Callable
from typing import Any

from nbdiag.events import Begin, End, Learned, Reached, Record
from nbdiag.facts import facts_from
from nbdiag.frameworks.base import Emit
from nbdiag.frameworks.hooks.guard import Guard
from nbdiag.frameworks.hooks.naming import run_name
from nbdiag.frameworks.keras.data import describe
from nbdiag.frameworks.keras.facts import learning_rate, training_facts, validation_facts
from nbdiag.frameworks.keras.parts import Part, part
from nbdiag.frameworks.keras.samples import Sampler
from nbdiag.metrics import identify

# The chart is redrawn at most this often.
_PAUSE = 0.2
# A shorter epoch's own value comes soon enough: steps are recorded in longer ones.
_LONG_EPOCH = 1.0


class Observer:
    """The callback's methods; ``callback_class`` mixes them into Keras' ``Callback``.

    ``async_safe``: on torch and jax Keras calls the batch methods from a thread pool where every callback of the
    reader allows it; ours must not be what forbids it when the reader hands the list's callbacks on.
    """

    async_safe = True

    def __init__(self, emit: Emit, model: Any, iterator: Any, before: Part | None = None) -> None:
        super().__init__()
        self.emit, self.net, self.before = emit, model, before
        self.ended: Callable[[], None] = lambda: None
        self.part: Part | None = None
        self.trained, self.offset = 0, 0
        self.iterator: Any = iterator
        self.sampler: Sampler | None = None
        self.began = self.validation_began = self.validated = 0.0
        self.begun, self.over = False, False
        self.epoch, self.step, self.steps, self.seen = 0, 0, 0, 0
        self.epoch_began = self.told = 0.0
        self.rate: tuple[int, float] | None = None
        # First and latest (epoch, rate) while it stays the same; None once it has changed.
        self.steady: list[tuple[int, float]] | None = [] if before is None else before.steady

    def on_train_begin(self, logs: Any = None) -> None:
        if self.over or self.begun:
            return
        self.begun, self.began = True, time.perf_counter()
        if self.before is not None:
            self.steps = int(self._params().get("steps") or 0)
            planned = facts_from({"epochs": self.before.done + 1}, "object")
            self.emit(Begin("keras", facts=planned, exact=True, continues=True))
            return
        name = ""
        with Guard(self.emit, "naming a Keras training"):
            name = run_name()
        begin = Begin("keras", name, exact=True)
        with Guard(self.emit, "reading the Keras model's facts"):
            source = describe(self.iterator) if self.iterator is not None else None
            begin = Begin("keras", name, facts=training_facts(self.net, self._params(), source), exact=True)
            self.steps = int(self._params().get("steps") or 0)
        self.iterator = None
        self.emit(begin)

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        if self.over:
            return
        with Guard(self.emit, "following a Keras epoch"):
            if self.before is not None and not self.trained:
                self.offset = self.before.done - int(epoch)
            self.epoch, self.step = int(epoch) + self.offset, 0
            self.epoch_began = self.told = time.perf_counter()
            self._read_rate()
            self.emit(Reached(float(self.epoch), 0, self.steps or None))

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        # Nearly every call ends here, which keeps the cost of a step under a microsecond.
        self.seen, now = batch + 1, time.perf_counter()
        if now - self.told < _PAUSE or self.over or batch < self.step:
            return
        with Guard(self.emit, "following a Keras step"):
            self.told, self.step = now, int(batch) + 1
            place = self.epoch + self.step / self.steps if self.steps else None
            self.emit(Reached(place if place is not None else float(self.epoch), self.step, self.steps or None))
            loss = (logs or {}).get("loss")
            # Keras has made floats of its logs before it calls; a tensor would have to be waited for.
            # The last step's running mean is the epoch's value, which follows.
            long = now - self.epoch_began > _LONG_EPOCH and self.step != self.steps
            if long and isinstance(loss, float):
                self.emit(Record("loss", "train", loss, place, self.step, "loss"))

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        if self.over:
            return
        self.trained += 1
        done = int(epoch) + self.offset + 1
        with Guard(self.emit, "following a Keras epoch"):
            for label, value in (logs or {}).items():
                if isinstance(value, numbers.Real):
                    named = identify(str(label))
                    self.emit(Record(named.metric, named.split or "train", float(value), done, None, named.label))
            self._tell_rate(done, logs or {})
            if not self.steps and self.seen:  # a source of unknown length: the first epoch counted it
                self.steps = self.seen
                self.emit(Learned(facts_from({"steps_per_epoch": self.seen}, "object")))
            self.emit(Reached(float(done), self.steps or None, self.steps or None))
        with Guard(self.emit, "looking at single validation samples"):
            self._look_at_samples(done, (logs or {}).get("val_loss"))

    def on_test_begin(self, logs: Any = None) -> None:
        self.validation_began = time.perf_counter()

    def on_test_end(self, logs: Any = None) -> None:
        self.validated = time.perf_counter() - self.validation_began

    def on_train_end(self, logs: Any = None) -> None:
        self.close("finished")

    def close(self, status: Any) -> None:
        """The training is over, or nobody listens any more. Only the first call counts."""
        if self.over:
            return
        self.over = True
        if self.begun:
            if status == "finished":
                with Guard(self.emit, "following a Keras epoch"):
                    self.part = part(self.net, self.trained, self.epoch + 1, self.steady)
            self.emit(End(status))
        self.net = self.iterator = self.sampler = None
        self._model: Any = None  # the base class' reference: a model the reader deletes is to be gone, its memory free
        self.ended()

    def _params(self) -> dict[str, Any]:
        params: dict[str, Any] | None = getattr(self, "params", None)
        return params or {}

    def _look_at_samples(self, epoch: int, loss: Any) -> None:
        """``fit`` keeps the validation's iterator on the model, from the first validation to the last epoch."""
        if self.sampler is None:
            iterator = getattr(self.net, "_eval_epoch_iterator", None)
            if iterator is None:
                return
            validation = describe(iterator)
            self.emit(Learned(validation_facts(self.net, validation)))
            self.sampler = Sampler(self.emit, self.net, validation)
        if isinstance(loss, float) and math.isfinite(loss):
            # Not at the end of the training: callbacks may put earlier weights back there.
            last = bool(epoch >= (self._params().get("epochs") or 0) or self.net.stop_training)
            self.sampler.epoch_ends(epoch, loss, time.perf_counter() - self.began, self.validated, last)

    def _read_rate(self) -> None:
        """The rate this epoch begins with: the reader's callbacks, called before ours, have set it by now."""
        rate = learning_rate(self.net)
        self.rate = (self.epoch + 1, rate) if rate is not None and math.isfinite(rate) else None

    def _tell_rate(self, epoch: int, logs: dict[str, Any]) -> None:
        """A rate that stays is a fact; one that changes is a curve, told from its beginning when it first changes."""
        if self.rate is None or self.rate[0] != epoch or "learning_rate" in logs:
            return
        if self.steady and self.rate[1] == self.steady[0][1]:
            self.steady = [self.steady[0], self.rate]
        elif self.steady is not None and not self.steady:
            self.steady = [self.rate]
        else:
            for place, rate in (*dict.fromkeys(self.steady or ()), self.rate):
                self.emit(Record("learning_rate", "train", rate, place, None, "learning_rate"))
            self.steady = None


@functools.lru_cache(maxsize=8)
def callback_class(list_class: type, observer: type[Observer]) -> Any:
    """``observer`` as a callback in Keras' eyes: of the ``Callback`` class that its list derives from as well."""
    base = next(c for c in list_class.__mro__ if c.__name__ == "Callback")
    return type(observer.__name__, (observer, base), {"__module__": observer.__module__})
