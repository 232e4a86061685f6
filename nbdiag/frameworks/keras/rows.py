"""The line of an epoch that Keras printed without a bar comes in; how the epochs after it look, header and line, goes out."""

from __future__ import annotations

import re
from collections.abc import Sequence

from nbdiag.capture.rows import COUNT, VALUE, Rows

_TIMES = re.compile(r"\d+(?:s\b(?!/)|[mun]?s(?=/))")


def epochs(lead: str, names: Sequence[str], planned: int) -> Rows:
    """Epochs of so many planned ones, whose lines begin with ``lead``: ``100/100 - 1s - 5ms/step``.

    How many batches an epoch has stays as it is; only its times and values are others.
    """
    parts = ["Epoch ", COUNT, f"/{planned}\n{_timed(lead)}"]
    for name in names:
        parts[-1] += f" - {re.escape(name)}: "
        parts += [VALUE, ""]
    return Rows(parts)


def _timed(lead: str) -> str:
    out, last = [], 0
    for time in _TIMES.finditer(lead):
        out += [
            re.escape(lead[last : time.start()]),
            "[0-9]{1,9}",
            "[mun]?s" if lead.startswith("/", time.end()) else "s",
        ]
        last = time.end()
    return "".join([*out, re.escape(lead[last:])])
