"""rich's progress lines: lines go in, the bars they ended go out, each with the values it showed last."""

from __future__ import annotations

import dataclasses
import re

from nbdiag.capture.places import place
from nbdiag.frameworks.tqdm import Bar

_BAR = re.compile(r"\s{0,4}(?P<desc>[^━╸╺\n]{1,160}?)\s{0,8}[━╸╺]{8,400}(?P<tail>[^━╸╺\n]{0,2000})\Z")
_COUNT = re.compile(r"\s{0,4}(\d{1,9})\s?/\s?(\d{1,9})(?!\S)|\s{0,4}(\d{1,3})%")
_ITEM = re.compile(r"(?<![\w./])([A-Za-z_][\w./@\-]{0,60})\s?[:=]\s?([-+]?(?:\d[\w.+\-]{0,30}%?|nan|inf))")


@dataclasses.dataclass
class _Shown:
    desc: str
    epoch: float | None
    begun: dict[str, str]  # what it showed before its first step: the last epoch's values
    items: dict[str, str]
    done: float = 0.0


class RichBars:
    """Follows refreshes of rich's bars, a row for each; cheap enough for ten refreshes a second."""

    def __init__(self) -> None:
        self._rows: dict[str, dict[float | None, _Shown]] = {}  # by description, then by epoch; the last one is open

    def refresh(self, text: str) -> tuple[bool, Bar | None]:
        """Whether this text is such a bar, and the bar that it ended."""
        if "━━" not in text or (found := _BAR.match(text)) is None or (count := _COUNT.match(found["tail"])) is None:
            return False, None
        if not any(character.isalpha() for character in found["desc"]):
            return False, None
        done = float(count[3]) / 100 if count[3] else int(count[1]) / max(1, int(count[2]))
        desc = found["desc"]
        told = dict(_ITEM.findall(desc))  # ``Epoch 3 loss=0.4 ━━━━━ 60%``: one bar over all epochs
        items = told or dict(_ITEM.findall(found["tail"]))
        where = place(desc)
        kind = re.sub(r"[\d.]+", "#", desc.partition(next(iter(told)))[0] if told else desc)
        rows = self._rows.setdefault(kind, {})
        row = rows.get(where.epoch)
        if row is not None and (done >= row.done or told):
            row.desc, row.items, row.done = desc, items, 1.0 if told else done
            return True, None  # also the rows of earlier epochs, drawn again and again above the last
        last = next(reversed(rows.values()), None)
        follows = last is not None and row is None and (where.epoch or 0.0) > (last.epoch or 0.0)
        if not follows:
            rows.clear()  # another training
        rows[where.epoch] = _Shown(desc, where.epoch, {} if told or done else items, items, 1.0 if told else done)
        return True, None if last is None else _ended(last)

    def end(self) -> list[Bar]:
        """The bars that were full, and are ended by what follows."""
        last = [next(reversed(rows.values())) for rows in self._rows.values()]
        self._rows = {}
        return [bar for row in last if (bar := _ended(row)) is not None]


def _ended(row: _Shown) -> Bar | None:
    items = [f"{name}: {value}" for name, value in row.items.items() if row.begun.get(name) != value]
    return Bar(row.desc, 1, 1, ", ".join(items)) if items and row.done >= 1 else None
