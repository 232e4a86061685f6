"""A run goes in, a table of its values goes out: the curves for those who read numbers, or do not see."""

from __future__ import annotations

import htpy as h
import numpy as np

from nbdiag.curve import Curve
from nbdiag.run import Run
from nbdiag.views.horizontal import positions, unit_for
from nbdiag.views.markup import clean, short
from nbdiag.views.numbers import place, shown

ROWS, COLUMNS = 100, 200
"""More nobody reads; a longer run shows every n-th place, its first and its last."""
CELLS = 5000
"""Cells of a wide table: at about 16 bytes each they leave the report half of its 200 kB."""
_LONGEST = 60  # letters of a column's name


def table(run: Run) -> h.Element | None:
    """One row for each place, one column for each curve; None without curves."""
    curves = [c for c in run.curves() if len(c)]
    if not curves:
        return None
    unit = unit_for(curves, "epoch")
    kept_curves = curves[:COLUMNS]
    columns = [_column(run, c, unit) for c in kept_curves]
    places = sorted(set().union(*columns))
    kept = places
    rows = min(ROWS, CELLS // len(columns))
    if len(places) > rows:
        kept = [places[i] for i in np.unique(np.linspace(0, len(places) - 1, rows).astype(int))]
    known = max(len(places), *map(len, kept_curves))
    parts = [f"{len(kept)} of {known:,} places"] if kept is not places else []
    parts += [f"{len(columns)} of {len(curves):,} curves"] if len(columns) < len(curves) else []
    words = ", ".join(parts) or "All values"
    return h.table[
        h.caption[words],
        h.thead[h.tr[h.th(scope="col")[unit], [h.th(scope="col")[_name(c)] for c in kept_curves]]],
        h.tbody[[h.tr[h.th(scope="row")[place(x)], [h.td[column.get(x, "")] for column in columns]] for x in kept]],
    ]


def _column(run: Run, curve: Curve, unit: str) -> dict[float, str]:
    every = -(-len(curve) // (20 * ROWS))  # formatting a million values takes seconds; of these at most ROWS are shown
    at = np.union1d(np.arange(0, len(curve), every), len(curve) - 1)
    pairs = zip(positions(run, curve, unit, at).tolist(), curve.values[at].tolist(), strict=True)
    return {x: shown(y, percent=curve.unit == "%") for x, y in pairs}


def _name(curve: Curve) -> str:
    return short(clean(curve.metric if curve.split == "train" else f"{curve.split}_{curve.metric}"), _LONGEST)
