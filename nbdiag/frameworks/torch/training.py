"""A tape of losses and steps, loader passes and loss calls come in, as they happen; a journal of runs goes out."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from typing import Any

from nbdiag.events import Begin, End, Learned, Reached, Traced
from nbdiag.frameworks.base import Emit
from nbdiag.frameworks.torch import facts
from nbdiag.frameworks.torch.epochs import Epochs
from nbdiag.frameworks.torch.evaluation import Evaluation
from nbdiag.frameworks.torch.gradients import Gradients
from nbdiag.frameworks.torch.journal import Journal, Loss, Norm, Stepped
from nbdiag.frameworks.torch.optimizers import Optimizers
from nbdiag.frameworks.torch.passes import Measured, Pass, Passes
from nbdiag.frameworks.torch.roots import UNKNOWN, Root
from nbdiag.frameworks.torch.scalars import Scalars, Slot
from nbdiag.frameworks.torch.tape import Tape, alternates, batches, up_to

REST = 0.2
"""Seconds between two tellings: the chart refreshes no faster."""
LONE = 256
"""Backward passes without any optimizer step after which the loop is taken to update its weights by hand: more than
any accumulation of gradients in the published recipes (GPT-2's 40 to 128 micro-batches)."""
SETTLED = 50
"""Steps after which a second optimizer is another training: partners (GAN, actor and critic) step within the first."""


class Training:
    """Follows the trainings of one thread. Nothing here keeps a tensor, a graph, a model or an optimizer alive.

    The training only writes on ``tape``. It is read here at every turn of a loader and every ``REST`` seconds: measured,
    doing this at each step costs 10 times as much, for between two steps torch has emptied the processor's caches.
    """

    def __init__(self, emit: Emit) -> None:
        self.tape: Tape = []
        self.due = time.monotonic() + REST
        self.scalars, self.passes = Scalars(), Passes()
        self.journal = Journal(emit, self.scalars)
        self.evaluation = Evaluation(self)
        self.gradients = Gradients(self.scalars)
        self.optimizers = Optimizers()
        self.run = 0
        self._emit = emit
        self._pending: list[float | Slot] = []
        self._weight = 0.0
        self._told_steps = self._counted = 0
        self._reset()

    def _reset(self) -> None:
        self.told = self._passed = self._by_hand = self.rate_due = False
        self.epochs = Epochs()
        self.root: Root = UNKNOWN
        self.outputs: dict[str, Any] = {}
        """What the latest call of a loss function told of the model's output."""
        self.optimizers.forget()
        self._norms: dict[int, float | Slot] = {}
        self._scaled, self._parts = False, 0

    def begin(self) -> None:
        """A run begins: said at once, so that what the loop prints of it comes later."""
        self._emit(Traced(self.run, (Begin("torch"),)))

    def index(self, optimizer: Any) -> int:
        """What stands for ``optimizer`` on the tape. A new one may be the begin of another training."""
        optimizers = self.optimizers
        known = optimizers.index(optimizer)
        if known is not None:
            return known
        self.settle()
        settled = self._passed or (not self.epochs.begun and sum(optimizers.steps) >= SETTLED)
        if (optimizers.all and settled) or optimizers.gone():
            self._next_run()
        return optimizers.add(optimizer)

    def measure_gradients(self, scale: Any) -> None:
        """A backward pass is over; its optimizer is about to use what is measured now."""
        self.settle()
        self._norms, self._scaled = self.gradients.measure(self.optimizers.all, scale), scale is not None

    def measured_step(self) -> None:
        """The step whose gradients were measured is on the tape."""
        self.settle()
        self._norms = {}

    def looks(self) -> None:
        """A backward pass is about to begin. What it differentiates came from a pass that goes on, if from any."""
        self.settle(ahead=True)
        self.passes.others_were_not_for_training()
        p = self._trained(now=True)
        if p is not None and not p.over:
            self._enter(p)
            self._end_passes()
        self.journal.entries.extend(self.evaluation.goes_on())
        if p is not None and not p.known:
            p.ahead = p.given() > 1
        if p is not None and self.epochs.left(p):
            self.passes.open.remove(p)
            self.journal.without_epochs()

    def began_pass(self, loader: Any, iterator: Any) -> None:
        """A loop asked ``loader`` for ``iterator``, with a batch of another one in hand, perhaps."""
        self.settle(ahead=True)
        self.passes.replace(iterator)
        self._end_passes()
        self.rate_due = True  # schedulers step between passes
        p = self.passes.began(loader, iterator)
        p.epoch, p.split = self.place(), self.evaluation.split(p)

    def place(self) -> float | None:
        """How many epochs are done, as far as that is known."""
        return self.epochs.place(self.passes.open)

    def settle(self, ahead: bool = False) -> None:
        """Read the tape; ``ahead`` of what may be used only after this."""
        if not self.tape:
            return
        tape = self.tape.copy()
        self.tape.clear()
        p = self._trained()
        if p is not None:
            self._enter(p)
        alike = self.told and not self._pending and not self._norms and self.optimizers.single and alternates(tape)
        losses = tape[::2] if alike else [entry for entry in tape if type(entry) is not int]
        numbers = batches(p, len(losses), ahead)
        self.passes.asked(p)
        if alike:
            self._told_steps += len(losses)
            if p is not None:
                p.known = numbers[-1]
            self._note(0, losses, [1] * len(losses) if p is None else p.weights(numbers), numbers, p)
            return
        numbered = iter(numbers)
        for entry in tape:
            if type(entry) is int:
                self._told_steps += 1
                self._step(entry, p)
                continue
            self._pending.append(entry)
            number = next(numbered)
            if p is None:
                self._weight += 1
            else:
                p.known = number
                self._weight += p.weights((number,))[0]
            if len(self._pending) >= LONE:
                self._alone(p)

    def tell(self) -> None:
        """Let the journal tell what it can."""
        self.due = time.monotonic() + REST
        self.settle()
        p = self._trained()
        if self._by_hand:
            self._alone(p)
        # next(iter(loader)) begins a pass with every batch, and those are no epochs: wait for a second batch.
        if p is not None and self.epochs.begun == 1 and p.known <= 1 and p.batches != 1 and not self._passed:
            return
        for over in self.passes.ended(trained=False):
            self._end(over)
        if self.told:
            self._reach(p)
        self.journal.tell(self.run)

    def close(self) -> None:
        """The watch ends; how, only the watch knows."""
        self.settle()
        if self._by_hand or not self.optimizers.steps:
            self._alone(self._trained())
        self._end_passes(exhausted=True)
        self.journal.tell(self.run, wait=True)

    def _trained(self, now: bool = False) -> Pass | None:
        return self.passes.trained(self.epochs.is_one, now)

    def _enter(self, p: Pass) -> None:
        if p.trained:
            return
        p.trained, p.evaluated = True, False
        self.evaluation.trained_on(p.data)
        self.journal.entries.extend(self.epochs.count(p, first=not self.optimizers.steps))

    def _step(self, index: int, p: Pass | None) -> None:
        """The ``index``-th optimizer stepped. One that finds no new loss shares another's."""
        if not self._pending:
            return
        losses = self._pending[self.evaluation.counted]
        weight = self._weight * len(losses) / len(self._pending)
        self._pending, self._weight = [], 0.0
        self._note(index, [losses[0] if len(losses) == 1 else losses], [weight], (p.known if p else 0,), p)

    def unused(self) -> bool:
        """Whether a loss was differentiated that no step has used."""
        return bool(self._pending)

    def counted(self) -> int:
        """Steps since the last call."""
        total = self._told_steps + sum(type(entry) is int for entry in self.tape)
        steps, self._counted = total - self._counted, total
        return steps

    def first(self) -> None:
        """The losses since the last step came from a closure, which evaluates as often as it likes: the first counts."""
        self.settle()
        if self._pending:
            self._weight /= len(self._pending)
            del self._pending[1:]

    def _note(
        self, index: int, losses: Sequence[Loss], weights: list[float], numbers: Sequence[int], p: Pass | None
    ) -> None:
        """Steps of one optimizer, one after the other, each of the batch of ``p`` with this number."""
        steps, parts = self.optimizers.steps, len(losses[0]) if isinstance(losses[0], list) else 1
        step = steps[index] + 1
        steps[index] += len(losses)
        first = not self.told
        if first:
            self.told = True
            root = self.root if self.root.mean_of(parts) else UNKNOWN
            known = facts.of_training(p, self.optimizers.first, root, self.outputs)
            self.journal.entries.append(Learned(known))
        places = self.epochs.places(p, numbers, self.passes.open)
        if index == 0:
            self.evaluation.compare(self.root if len(steps) == 1 else UNKNOWN, parts)
        measured = p.measured if p is not None and index == 0 else None
        name = "" if index == 0 else f"_{index + 1}"
        usual = self._parts = max(self._parts, parts)
        scale = usual / parts if self.root.mean_of(usual) else 1.0
        self.journal.entries.append(Stepped(losses, f"loss{name}", places, step, weights, measured, scale))
        place = None if math.isnan(places[0]) else places[0]
        if first:
            self._look_at_rate(place)
        norm = self._norms.pop(index, None)
        if norm is not None:
            self.journal.entries.append(Norm(norm, f"gradient_norm{name}", place, step, self._scaled))

    def _reach(self, p: Pass | None) -> None:
        place = self.place()
        self._look_at_rate(place)
        self.journal.entries.append(Reached(place, self.optimizers.steps[0], p.batches if p is not None else None))

    def look_at_rate(self) -> None:
        """The first optimizer has just stepped, with the rate it has now."""
        self.rate_due = False
        if self.told and self.optimizers.rate_changed:
            self.settle()
            self._look_at_rate(self.place())

    def _look_at_rate(self, place: float | None) -> None:
        self.journal.entries.extend(self.optimizers.new_rate(place))

    def _next_run(self) -> None:
        """Another training began: its first loss is here already, and the pass it came from is its first epoch."""
        root, outputs, p = self.root, self.outputs, self._trained()
        self.journal.entries.append(End())
        self.journal.tell(self.run, wait=True)
        self.run += 1
        self.begin()
        self._reset()
        self.evaluation.forget()
        self.root, self.outputs = root, outputs
        for earlier in self.passes.open:
            earlier.turn = 0
        if p is not None:
            self.epochs.count(p, first=True)
            p.measured = Measured()

    def _alone(self, p: Pass | None) -> None:
        """No optimizer ever stepped after these losses: each is a step of its own, if weights were updated at all."""
        losses, weight = self._pending, self._weight
        self._pending, self._weight = [], 0.0
        if (self.optimizers.steps and not self._by_hand) or not self.evaluation.updated:
            return
        if not self.optimizers.steps and losses:
            self._by_hand = True
            self.optimizers.add_reference(lambda: None)
        if losses:
            of = len(losses)
            self._note(0, losses, [weight / of] * of, up_to(p.known if p else 0, of), p)

    def _end_passes(self, exhausted: bool = False) -> None:
        for p in self.passes.ended(exhausted=exhausted):
            self._end(p)

    def _end(self, p: Pass) -> None:
        if p.trained:
            if self._by_hand or not self.optimizers.steps:
                self._alone(p)
            if not p.turn:
                return
            self._passed = True
            self.journal.entries.extend(self.epochs.ended(p, p.known if self.evaluation.slow else None))
            if self.epochs.none:
                self.journal.without_epochs()
        else:
            self.journal.entries.extend(self.evaluation.ended(p))
