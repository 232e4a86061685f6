"""Records of lines without a counter go in, placed in the open epoch; those that can be believed go out."""

from __future__ import annotations

from nbdiag.events import Record

_Key = tuple[str, str]


class Uncounted:
    """A value that stands once in an epoch, and again in another one, belongs to its epoch."""

    def __init__(self) -> None:
        self._waiting: dict[_Key, list[Record]] = {}  # seen in one epoch only
        self._granted: set[_Key] = set()
        self._ambiguous: set[_Key] = set()

    def ready(self, record: Record) -> list[Record]:
        """This record and those that waited for it, or nothing yet."""
        key = (record.metric, record.split)
        if key in self._granted:
            return [record]
        waiting = self._waiting.setdefault(key, [])
        if any(r.epoch == record.epoch and r.value != record.value for r in waiting):
            self._ambiguous.add(key)  # batches, classes, or two sets of data: which of them counts, nothing tells
        if key in self._ambiguous:
            return []
        waiting.append(record)
        if all(r.epoch == record.epoch for r in waiting):
            return []
        self._granted.add(key)
        return self._waiting.pop(key)
