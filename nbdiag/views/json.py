"""A diagnosis goes in, its run, facts and findings as JSON go out."""

from __future__ import annotations

import dataclasses
import enum
import json
import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from nbdiag.views.numbering import numbered

if TYPE_CHECKING:
    from nbdiag.curve import Curve
    from nbdiag.diagnosis import Diagnosis


def text(diagnosis: Diagnosis) -> str:
    """Strict JSON: a value that is no finite number is the string ``"NaN"``, ``"Infinity"`` or ``"-Infinity"``."""
    run = diagnosis.run
    whole = {
        "format": 1,
        "headline": diagnosis.headline,
        "summary": diagnosis.summary,
        "findings": [{"id": e.id, **_fields(e.finding)} for e in numbered(diagnosis)],
        "not_found": diagnosis.not_found,
        "too_early": diagnosis.too_early,
        "failures": diagnosis.failures,
        "run": {
            "name": run.name, "number": run.number, "cell": run.cell, "framework": run.framework,
            "status": run.status, "seconds": run.seconds, "notes": run.notes,
            "facts": run.facts.known(), "origins": run.facts.origins,
            "curves": [_curve(c) for c in (*run.curves("epoch"), *run.curves("step"))],
        },
    }  # fmt: skip
    return json.dumps(_value(whole), indent=1, allow_nan=False)


def _curve(curve: Curve) -> dict[str, Any]:
    columns = {"epochs": curve.epochs, "steps": curve.steps, "values": curve.values}
    known = {name: column for name, column in columns.items() if name == "values" or np.isfinite(column).any()}
    return {
        "metric": curve.metric,
        "split": curve.split,
        "per": curve.per,
        "label": curve.label,
        "unit": curve.unit,
        **known,
    }


def _fields(thing: Any) -> dict[str, Any]:
    return {f.name: getattr(thing, f.name) for f in dataclasses.fields(thing)}


def _value(thing: Any) -> Any:
    """The thing in JSON's own types."""
    if isinstance(thing, enum.Enum):
        return thing.value
    if dataclasses.is_dataclass(thing) and not isinstance(thing, type):
        return {name: _value(part) for name, part in _fields(thing).items()}
    if isinstance(thing, Mapping):
        return {str(key): _value(value) for key, value in thing.items()}
    if isinstance(thing, np.ndarray | np.generic):
        return _value(thing.tolist())
    if isinstance(thing, list | tuple | set | frozenset):
        return [_value(part) for part in thing]
    if isinstance(thing, float):
        return (
            thing if math.isfinite(thing) else "NaN" if math.isnan(thing) else "Infinity" if thing > 0 else "-Infinity"
        )
    return thing if isinstance(thing, str | int | bool) or thing is None else str(thing)
