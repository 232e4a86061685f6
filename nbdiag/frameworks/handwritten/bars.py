"""A bar that ended goes in; which epoch it names, and what it showed last, go out."""

from __future__ import annotations

from nbdiag.capture.measures import measures
from nbdiag.capture.pairs import pairs
from nbdiag.capture.places import place
from nbdiag.capture.splits import named_split
from nbdiag.frameworks.handwritten.counters import of_two_models
from nbdiag.frameworks.handwritten.forms import Parsed
from nbdiag.frameworks.tqdm import Bar


def shown(bar: Bar, section: str | None) -> Parsed:
    """What a bar tells on its own: in its postfix, or else in front, where that names the epoch as well."""
    where, split = place(bar.desc), named_split(bar.desc) or section
    found = measures(pairs(bar.postfix), split)
    if (where.epoch is not None or where.samples) and not found:
        told = measures(pairs(where.rest), split)
        found = told if where.epoch is not None or of_two_models(told) else []
    if where.epoch is None and found:
        counted = place(bar.postfix)  # GluonTS: epoch=1/5, avg_epoch_loss=3.2
        where = counted if counted.epoch is not None else where
    return Parsed(where, tuple(found))
