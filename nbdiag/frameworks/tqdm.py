"""tqdm's text bars: a line goes in, the bar it shows goes out."""

from __future__ import annotations

import dataclasses
import re

_BAR = re.compile(
    r"(?:(?P<desc>[^|\r\n]{0,200}?):\s{1,8})?\s{0,4}\d{1,3}%\|[^|]{0,400}\|\s{0,4}(?P<n>[\d.]+[kMG]?)/(?P<total>[\d.]+[kMG]?)"
    r"\s\[[^\],]{1,60}(?:,\s[^,\]]{1,30}(?:it/s|s/it|B/s|/s|/it))?(?:,\s(?P<postfix>.{0,2000}))?\]"
)


@dataclasses.dataclass(frozen=True, slots=True)
class Bar:
    """A bar as shown: its description, how far it is, and the postfix (``loss=0.718, acc=0.9``)."""

    desc: str
    n: float
    total: float
    postfix: str

    @property
    def full(self) -> bool:
        return self.n >= self.total


def read_bar(text: str) -> Bar | None:
    """The bar of this line; ``None`` where there is none."""
    if "%|" not in text:
        return None
    found = _BAR.match(text)
    if found is None:
        return None
    return Bar(found["desc"] or "", _count(found["n"]), _count(found["total"]), found["postfix"] or "")


def _count(shown: str) -> float:
    scale = {"k": 1e3, "M": 1e6, "G": 1e9}.get(shown[-1])
    return float(shown[:-1]) * scale if scale else float(shown)
