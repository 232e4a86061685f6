"""Ignite's trainings come in while this is open, events at full precision go out, also of trainings that print nothing.

Watched is ``Engine.run``: a trainer gets handlers behind the reader's own, taken away at its end; an evaluator that runs
inside is asked for its metrics. The same names in Ignite 0.4 and 0.5.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import Any

from nbdiag.events import Reached, Record
from nbdiag.frameworks.base import Emit
from nbdiag.frameworks.hooks.installing import following
from nbdiag.frameworks.hooks.patches import called
from nbdiag.frameworks.hooks.telling import Telling
from nbdiag.frameworks.ignite.engines import facts_of, is_trainer, loss_in
from nbdiag.metrics import identify, is_loss


def hook(emit: Emit) -> AbstractContextManager[None]:
    """Report trainings to ``emit`` while open; Ignite may be imported before or inside."""
    engines = _Engines(emit)
    return following(engines.telling, {"ignite.engine.engine": engines.patches})


class _Engines:
    def __init__(self, emit: Emit) -> None:
        self.telling = Telling("ignite", emit, "an Ignite engine")
        self.events: Any = None
        self.trainer: Any = None
        self.handles: list[Any] = []
        self.losses: list[Any] = []
        self.held: list[Any] = []
        """Data that evaluators ran on, beside the training's."""
        self.told = 0
        """The last epoch whose training loss an evaluator measured."""

    def patches(self, module: Any) -> Iterator[AbstractContextManager[None]]:
        """Watch the runs."""
        self.events = module.Events
        yield called(module.Engine, "run", before=self.begins, ended=self.ends)

    def begins(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        """An engine is about to run."""
        with self.telling.guard:
            engine = args[0]
            if self.trainer is None and is_trainer(engine):
                self.trainer, self.losses, self.held, self.told = engine, [], [], 0
                self.handles = [
                    engine.add_event_handler(self.events.STARTED, self.started),
                    engine.add_event_handler(self.events.ITERATION_COMPLETED, self.iterated),
                    engine.add_event_handler(self.events.EPOCH_COMPLETED, self.epoch_ended),
                ]

    def started(self, engine: Any) -> None:
        """It knows its data and its plan."""
        with self.telling.guard:
            self.telling.begin(engine, facts_of(engine), complete=False)

    def iterated(self, engine: Any) -> None:
        """An iteration is over. A value on an accelerator is fetched at the epoch's end."""
        with self.telling.guard:
            loss, state = loss_in(engine.state.output), engine.state
            if loss is None:
                return
            self.losses.append(loss)
            if isinstance(loss, float):
                place = state.iteration / state.epoch_length if state.epoch_length else None
                self.telling.emit(Record("loss", "train", loss, place, state.iteration, "loss"))
                self.telling.emit(Reached(place, state.iteration, state.epoch_length))

    def epoch_ended(self, engine: Any) -> None:
        """An epoch is over, and the reader's own handlers have run their evaluators."""
        with self.telling.guard:
            losses, self.losses = [float(loss) for loss in self.losses], []
            known = {} if not losses or self.told == engine.state.epoch else {"loss": sum(losses) / len(losses)}
            self._tell(known | self._numbers(engine), engine.state.epoch, "train")

    def ends(self, args: tuple[Any, ...], error: BaseException | None) -> None:
        """An engine's run was left."""
        engine = args[0]
        if engine is self.trainer:
            self.trainer = None
            with self.telling.guard:
                for handle in self.handles:
                    handle.remove()
                self.handles, self.losses, self.held = [], [], []  # nothing of the reader's is kept alive
            self.telling.left(engine, error)
        elif self.trainer is not None and error is None and self.telling.follows(self.trainer):
            with self.telling.guard:
                self._evaluated(engine)

    def _evaluated(self, engine: Any) -> None:
        trained, data = self.trainer.state, engine.state.dataloader
        split = "train"
        if data is not trained.dataloader:
            if not any(data is known for known in self.held):
                self.held.append(data)
            number = next(i for i, known in enumerate(self.held, 1) if known is data)
            split = "val" if number == 1 else f"eval_{number}"
        place = trained.iteration / trained.epoch_length if trained.epoch_length else trained.epoch
        self._tell(self._numbers(engine), place, split)

    def _numbers(self, engine: Any) -> dict[str, float]:
        """Its metrics that are one number."""
        found = {}
        for name, value in engine.state.metrics.items():
            value = value.item() if hasattr(value, "numel") and value.numel() == 1 else value
            if isinstance(value, (int, float)) and not isinstance(value, bool):
                found[str(name)] = float(value)
        return found

    def _tell(self, values: dict[str, float], place: float, split: str) -> None:
        if split == "train" and any(is_loss(identify(name).metric) for name in values):
            self.told = self.trainer.state.epoch
        if values:
            self.telling.row(place, values, unnamed=split)
