"""A text of lines goes in, with how the line before it was read; the columns of those that follow in its form go out."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from nbdiag.capture.pairs import numbers
from nbdiag.capture.rows import rises
from nbdiag.events import Event, Reached, Record, Steps
from nbdiag.frameworks.handwritten.forms import Form, Parsed


@dataclasses.dataclass(frozen=True, slots=True)
class Before:
    """The line before: its form, what it says, and the records it gave, one for each of its measures or none at all."""

    form: Form
    parsed: Parsed
    records: tuple[Record, ...]


def before(form: Form | None, parsed: Parsed, events: Sequence[Event]) -> Before | None:
    """None where the line did more than to give its values: then the next line of its form may do something else."""
    records = tuple(event for event in events if isinstance(event, Record))
    if form is None:
        return None
    if not events and not parsed.found and parsed.where.epoch is parsed.where.step is None:
        return Before(form, parsed, ())
    if len(events) != len(records) + 1 or not isinstance(events[-1], Reached):
        return None
    same = [record.metric for record in records] == [measure.metric for measure in parsed.found]
    where = {record.step for record in records}
    return Before(form, parsed, records) if same and where == {parsed.where.step} else None


def columns(line: Before | None, text: str, start: int, end: int) -> list[Steps] | None:
    """The values of these lines of that form, none where it has none; None unless each only goes on.

    They do where their counters rise and nothing else about the run changes.
    """
    if line is None or not line.records:
        return None if line is None else []
    tokens = line.form.rows.columns(text, start, end)
    if tokens is None:
        return None
    shown = dict(zip(line.form.names, tokens, strict=True))
    where, first = line.parsed.where, line.records[0]
    if any(name in shown and {int(n) for n in set(shown[name])} != {now} for name, now in _plans(line.parsed)):
        return None
    epochs = [float("nan") if first.epoch is None else first.epoch] * len(tokens[0])
    if where.epoch is not None and first.epoch is not None:
        offset = first.epoch - where.epoch
        epochs = [float(token) + offset for token in shown["epoch"]]
        if where.planned is not None and max(epochs) > where.planned:
            return None
    steps = [int(token.replace(",", "")) for token in shown.get("step", ())]
    if not _rises(first, epochs, steps):
        return None
    told = []
    for i, (measure, record) in enumerate(zip(line.parsed.found, line.records, strict=True)):
        values, rounding = numbers(shown[f"m{i}"], measure.unit == "%")
        told.append(Steps(measure.metric, record.split, values, epochs, steps, measure.label, measure.unit, rounding))
    return told


def _plans(parsed: Parsed) -> tuple[tuple[str, int | None], ...]:
    return ("planned", parsed.where.planned), ("steps", parsed.where.steps)


def _rises(first: Record, epochs: Sequence[float], steps: Sequence[int]) -> bool:
    """Whether each line stands behind the one before it."""
    places: list[tuple[float, ...]]
    if first.epoch is None:
        places = [(step,) for step in (first.step or 0, *steps)]
    elif steps:
        places = list(zip((first.epoch, *epochs), (first.step or 0, *steps), strict=True))
    else:
        places = [(epoch,) for epoch in (first.epoch, *epochs)]
    return rises(places)
