"""Batches that a loop of the reader's own trains with ``train_on_batch`` come in, their losses go out as a traced run.

Traced, because the loop's text names epochs and losses and this does not. Several models are trained in turns (a GAN's
discriminator twice, then its generator): each is a loss of its own, and a step is over when the first one's turn comes
again. On torch the losses beneath are seen by torch's hook too, which cannot tell the models apart: this one comes first.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import Any

from nbdiag.events import Begin, Event, Learned, Reached, Record, Traced
from nbdiag.facts import facts_from
from nbdiag.frameworks.base import Emit
from nbdiag.frameworks.hooks.guard import Guard
from nbdiag.frameworks.hooks.installing import Patches
from nbdiag.frameworks.hooks.patches import called
from nbdiag.frameworks.keras.facts import loss_facts, optimizer_facts
from nbdiag.metrics import canonical

_TRAINERS = (("torch", "TorchTrainer"), ("jax", "JAXTrainer"), ("tensorflow", "TensorFlowTrainer"))
"""Each backend's class that has ``train_on_batch``. The same in Keras 3.0 to 3.15."""

FIRST = 8
"""Batches of the first model that wait for a second one: a critic is trained five times before its generator (WGAN)."""


class Batches:
    """Follows the models that are trained by batches; one training for each watch."""

    def __init__(self, emit: Emit) -> None:
        self.emit, self.guard = emit, Guard(emit, "following train_on_batch")
        self.models: list[weakref.ref[Any]] = []
        self.turn: dict[int, list[float]] = {}
        self.step = 0

    def patches(self) -> dict[str, Patches]:
        """Watch the backend's ``train_on_batch``; only the backend in use is ever imported."""

        def of(name: str) -> Patches:
            def patches(module: Any) -> Iterator[AbstractContextManager[None]]:
                yield called(getattr(module, name), "train_on_batch", before=self.begins, after=self.trained)

            return patches

        return {f"keras.src.backend.{backend}.trainer": of(name) for backend, name in _TRAINERS}

    def begins(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        """A batch is about to be trained: said before what is seen beneath it."""
        with self.guard:
            if not self.models:
                self._tell(Begin("keras"))
            index = self._index(args[0])
            if index == 0 and (len(self.turn) > 1 or len(self.turn.get(0, ())) >= FIRST):
                self._tell(*self._turn_over())

    def trained(self, args: tuple[Any, ...], kwargs: dict[str, Any], result: Any) -> None:
        """A batch was trained: ``result`` is its loss, or that first of several values."""
        with self.guard:
            loss = result.get("loss") if isinstance(result, dict) else result
            loss = loss[0] if isinstance(loss, (list, tuple)) else loss
            if loss is not None:
                self.turn.setdefault(self._index(args[0]), []).append(float(loss))

    def close(self) -> None:
        """The watch ends."""
        if self.turn:
            self._tell(*self._turn_over())

    def _index(self, model: Any) -> int:
        for i, known in enumerate(self.models):
            if known() is model:
                return i
        self.models.append(weakref.ref(model))
        if len(self.models) == 1:
            known_of = {"framework": "keras", **loss_facts(model), **optimizer_facts(model), "loss_is": "unknown"}
            self._tell(Learned(facts_from(known_of, "object")))
        return len(self.models) - 1

    def _turn_over(self) -> Iterator[Event]:
        """The losses of one step; of a model that is alone, of several."""
        turn, self.turn = self.turn, {}
        alone = len(self.models) == 1
        for values in [{0: [loss]} for loss in turn[0]] if alone else [turn]:
            self.step += 1
            for index, losses in values.items():
                model = self.models[index]()
                label = f"{model.name} loss" if model is not None else "loss"
                # Partners pull against each other: what is said of a loss holds for neither of theirs.
                name = "loss" if alone else canonical(label)
                yield Record(name, "train", sum(losses) / len(losses), None, self.step, label)
        yield Reached(None, self.step)

    def _tell(self, *events: Event) -> None:
        self.emit(Traced(0, events, by="keras"))
