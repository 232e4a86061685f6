"""Keras' trainings come in while this is open, events at full precision go out.

Watched are ``CallbackList.on_train_begin`` (a training begins: our callback is appended, last) and
``EpochIterator.__init__`` (the data), by their lookup: see ``patches.watched``. Not ``fit``: so a subclass's own
``fit`` is seen, the same on every backend, and no frame of ours stands in a traceback. ``evaluate`` and ``predict``
begin no training, so they meet nothing of ours. What ``train_on_batch`` trains is followed in ``batches``. Read against Keras 3.15; these names are the same since 3.0.
"""

from __future__ import annotations

import contextlib
import sys
import threading
import weakref
from collections.abc import Iterator
from typing import Any

from nbdiag.events import Status
from nbdiag.frameworks.base import Emit
from nbdiag.frameworks.hooks.guard import Guard
from nbdiag.frameworks.hooks.installing import Patches, installed
from nbdiag.frameworks.hooks.patches import watched
from nbdiag.frameworks.keras.batches import Batches
from nbdiag.frameworks.keras.observer import Observer, callback_class


@contextlib.contextmanager
def hook(emit: Emit) -> Iterator[None]:
    """Report Keras trainings to ``emit`` while open; Keras may be imported before or inside.

    One training is reported at a time: one that runs inside another (from a callback) or beside it (in a second
    thread) is part of the first. A training that raises never says so; its ``End`` comes with the next one's
    ``Begin``, or here: ``failed`` or ``interrupted`` after what was raised through here, else ``interrupted``.
    """
    trainings, batches = _Trainings(emit), Batches(emit)
    status: Status = "interrupted"
    try:
        with installed(Guard(emit, "following Keras"), trainings.patches() | batches.patches()):
            yield
    except Exception:
        status = "failed"
        raise
    finally:
        with trainings.guard:
            trainings.close(status)
            batches.close()


class _Trainings:
    """Which training is open, and which data each thread's next one will use."""

    def __init__(self, emit: Emit) -> None:
        self.emit, self.guard = emit, Guard(emit, "following a Keras training")
        self.data = threading.local()
        self.open: _Open | None = None

    def patches(self) -> dict[str, Patches]:
        """Watch the callbacks and the data."""
        return {
            "keras.src.callbacks.callback_list": lambda m: [watched(m.CallbackList, "on_train_begin", self.begins)],
            "keras.src.trainers.epoch_iterator": lambda m: [watched(m.EpochIterator, "__init__", self.reads)],
        }

    def reads(self, iterator: Any) -> None:
        """``fit`` makes its training data's iterator before it makes anything else."""
        with self.guard:
            self.data.latest = weakref.ref(iterator)

    def begins(self, callbacks: Any) -> None:
        """Just before ``callbacks.on_train_begin()``: the callbacks hear of it together, ours last."""
        with self.guard:
            before = self.open
            if before is not None and before.runs_beside(callbacks):
                return
            self.close("interrupted")
            latest = getattr(self.data, "latest", None)
            model = callbacks._model
            list_class: Any = type(callbacks)
            last = before.observer.part if before is not None else None
            goes_on = last is not None and last.goes_on(model, callbacks.params.get("epochs"))
            ours = callback_class(list_class, Observer)(
                self.emit, model, latest and latest(), last if goes_on else None
            )
            ours.set_model(model)
            ours.set_params(callbacks.params)
            self.open = _Open(callbacks, ours)
            ours.ended = self.open.leave
            callbacks.callbacks.append(ours)

    def close(self, status: Status) -> None:
        if self.open is not None:
            self.open.observer.close(status)
            self.open = None


class _Open:
    """A training that has begun, and the list and thread it runs in."""

    def __init__(self, callbacks: Any, observer: Any) -> None:
        self.list, self.observer, self.thread = weakref.ref(callbacks), observer, threading.get_ident()

    def leave(self) -> None:
        """Take our callback out of the list: a list made by the reader outlives its training."""
        callbacks = self.list()
        if callbacks is not None and self.observer in callbacks.callbacks:
            callbacks.callbacks.remove(self.observer)

    def runs_beside(self, callbacks: Any) -> bool:
        """Whether this training still runs while ``callbacks`` begin another: its list stands on its thread's stack.

        After an exception nobody tells us that it is over.
        """
        mine = self.list()
        if self.observer.over or mine is None or mine is callbacks:
            return False
        wanted = id(mine)
        del mine
        frame = sys._current_frames().get(self.thread)
        while frame is not None:
            # A module's frame is the reader's own: what they keep by name says nothing of what runs.
            if frame.f_locals is not frame.f_globals and any(id(v) == wanted for v in list(frame.f_locals.values())):
                return True
            frame = frame.f_back
        return False
