"""What a hook traced beneath loops comes in beside the runs that text and other hooks report; one run of each goes out."""

from __future__ import annotations

import dataclasses

from nbdiag import metrics
from nbdiag.curve import Per
from nbdiag.events import Begin, End, Event, Learned, Reached, Record, Steps, Traced
from nbdiag.facts import Facts
from nbdiag.run import Run

Key = tuple[str, str, Per]
_EPOCHS: Key = ("loss", "train", "epoch")
_STEPS: Key = ("loss", "train", "step")
FAR = 5.0
"""An epoch's mean lies among its steps, and its last batch is one; a batch's sum is at least a batch size away."""


@dataclasses.dataclass(eq=False)
class _Below:
    """One traced run; ``above`` is the reported run it completes, ``open`` until that one is another training."""

    run: Run
    above: Run | None = None
    open: bool = True
    reported: set[Key] = dataclasses.field(default_factory=set)
    given: set[Key] = dataclasses.field(default_factory=set)


class Beneath:
    """The traced runs of one watched block. ``runs`` is the collector's list, kept free of what is told twice."""

    def __init__(self, runs: list[Run]) -> None:
        self._runs = runs
        self._muted: set[tuple[str, int]] = set()
        self._by = ""
        self._now: _Below | None = None
        self._paired: dict[int, _Below] = {}

    def take(self, traced: Traced, *, exact: bool, time: float | None) -> None:
        """``exact``: a hook that knows the loop reports a training at this moment, so this is that one's inside.

        So it is where another hook, who begins sooner, traces the same from further above.
        """
        told_above = self._now is not None and self._by != traced.by
        if exact or told_above:
            self._muted.add((traced.by, traced.run))
        if (traced.by, traced.run) in self._muted:
            return
        self._by = traced.by
        for event in traced.events:
            if isinstance(event, Begin):
                run = Run(name=event.name, framework=event.framework, facts=event.facts)
                run.status = "running"
                self._now = _Below(run)
            elif self._now is not None:
                self._told(self._now, event, time)

    def reported(self, run: Run, record: Record | Steps) -> None:
        """Text, or a hook that only counts along, is about to add ``record`` to ``run``."""
        now, paired = self._now, self._paired.get(id(run))
        if now is not None and now.above is None:
            if paired is None:
                paired = self._paired[id(run)] = now
                self._lift(now, run)
            else:  # the text sees one training where the hook sees a second: the text is right
                now.above, now.open = run, False
                self._hide(now.run)
        elif now is not None and now.above is not run and paired is None:
            now.open = False  # the text sees a new training, the hook does not
        if paired is not None:
            paired.reported.add(_key(record))
            if isinstance(record, Record) and _key(record) == _EPOCHS:
                self._compare(paired, run, record.value)
            for key in [k for k in paired.given if _told_twice(k, paired.reported)]:
                paired.given.discard(key)
                run.forget(*key)

    def _told(self, below: _Below, event: Event, time: float | None) -> None:
        run = below.above or below.run
        if not below.open:
            return
        if isinstance(event, (Record, Steps)):
            if below.above is not None:
                if _told_twice(_key(event), below.reported):
                    return
                below.given.add(_key(event))
            elif not len(run):
                run.number = len(self._runs) + 1
                self._runs.append(run)
            if isinstance(event, Steps):
                run.append_steps(event, time)
                if below.above is not None and _key(event) == _STEPS:
                    self._compare(below, run)
            else:
                run.append(event, time)
        elif isinstance(event, Learned):
            run.learn(event.facts if below.above is None else _of_text(event.facts))
        elif isinstance(event, Reached):
            run.reached = (event.epoch, event.step, event.steps)
        elif isinstance(event, End):
            below.run.status = "finished"
            self._now = None

    def _compare(self, below: _Below, run: Run, *new: float) -> None:
        """Steps that lie all far from the epochs' values that text reports (the ``new`` one comes) are in another unit:
        summed over samples where the text divides, or scaled. They are taken out."""
        epochs, steps = run.curve(*_EPOCHS), run.curve(*_STEPS)
        if _STEPS not in below.given or steps is None or (epochs is None and not new):
            return
        known = [*new] if epochs is None else [*new, epochs.summary().low, epochs.summary().high]
        lows, highs = sorted([(min(known), max(known)), (steps.summary().low, steps.summary().high)])
        if 0 < lows[1] * FAR < highs[0]:
            run.forget(*_STEPS)
            below.given.discard(_STEPS)
            below.reported.add(_STEPS)

    def _lift(self, below: _Below, run: Run) -> None:
        """The reported ``run`` takes the traced one's place, with all that it knows beyond it."""
        below.above = run
        for curve in (*run.curves("epoch"), *run.curves("step")):
            below.reported.add((curve.metric, curve.split, curve.per))
        run.learn(_of_text(below.run.facts))
        for curve in (*below.run.curves("epoch"), *below.run.curves("step")):
            key = (curve.metric, curve.split, curve.per)
            if not _told_twice(key, below.reported):
                below.given.add(key)
                run.copy(curve)
        if below.run in self._runs:
            if run not in self._runs:
                run.number = below.run.number
                self._runs[self._runs.index(below.run)] = run
            else:
                self._hide(below.run)

    def _hide(self, run: Run) -> None:
        if run in self._runs:
            self._runs.remove(run)
            for number, left in enumerate(self._runs, 1):
                left.number = number


def _of_text(facts: Facts) -> Facts:
    """What a traced loss is says nothing of a printed one: that may be the last batch's."""
    return dataclasses.replace(facts, loss_is=None)


def _key(told: Record | Steps) -> Key:
    return (
        told.metric,
        told.split,
        "step" if (told.steps if isinstance(told, Steps) else told.step is not None) else "epoch",
    )


def _is_loss(metric: str) -> bool:
    """Whether it is a loss, or one of several that only have numbers."""
    return metrics.is_loss(metric) or (metric.startswith("loss_") and metric[5:].isdigit())


def _told_twice(key: Key, reported: set[Key]) -> bool:
    """Whether a traced curve is among the ``reported`` ones, perhaps under another name.

    Epoch values stand back behind any report of the metric, step values only behind step values: the text of most
    loops tells a mean for each epoch, and then the steps are new. A loop's "test" is the hook's "val".
    """
    metric, split, per = key
    for other, where, kind in reported:
        if _is_loss(metric) and other != metric and where == split == "train" and "loss" in other:
            return True  # the loop's own names for its losses
        if other == metric and (where == split or "train" not in (where, split)) and (per == "epoch" or kind == per):
            return True
    return False
