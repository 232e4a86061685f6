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


def read_bar(text: str) -> Bar | None:
    """The bar of this line; ``None`` where there is none."""
    if "%|" not in text:
        return None
    found = _BAR.match(text)
    if found is None:
        return None
    return Bar(found["desc"] or "", _count(found["n"]), _count(found["total"]), found["postfix"] or "")


class Bars:
    """Follows refreshes of bars; gives each bar's last state. Cheap while one bar goes on."""

    def __init__(self) -> None:
        self._head, self._percent, self._text = "", 0, ""
        self._start: tuple[str, str] = ("", "")  # head and text of the last bar that was seen to begin

    def refresh(self, text: str) -> tuple[bool, Bar | None]:
        """Whether this text is a bar, and the bar that it ended."""
        at = text.find("%|")
        shown = text[max(0, at - 3) : at].strip()
        if at < 1 or not shown.isdecimal():
            return False, None
        head, percent = text[: max(0, at - 3)], int(shown)
        if head == self._head and self._text and percent >= self._percent:
            self._percent, self._text = percent, text
            return True, None
        if read_bar(text) is None:
            return False, None
        ended = self.end()
        self._head, self._percent, self._text = head, percent, text
        if percent == 0:
            self._start = (head, text)
        return True, ended

    @property
    def full(self) -> bool:
        """Whether a bar is there that got to its end."""
        return bool(self._text) and self._percent >= 100

    def end(self) -> Bar | None:
        """The last state of the bar that was followed, without what it showed from its start: the last epoch's values."""
        bar, self._text = read_bar(self._text), ""
        begun = read_bar(self._start[1]) if self._start[0] == self._head else None
        if bar is None or begun is None or not begun.postfix:
            return bar
        old = set(begun.postfix.split(", "))
        return dataclasses.replace(bar, postfix=", ".join(item for item in bar.postfix.split(", ") if item not in old))


def _count(shown: str) -> float:
    scale = {"k": 1e3, "M": 1e6, "G": 1e9}.get(shown[-1])
    return float(shown[:-1]) * scale if scale else float(shown)
