"""The contract of a file format: a path goes in, runs come out."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path

from nbdiag.run import Run


@dataclasses.dataclass(frozen=True)
class Format:
    """One kind of file. ``knows`` looks at the path and its first 4096 bytes; ``read`` raises ``DamagedSource``."""

    name: str
    knows: Callable[[Path, bytes], bool]
    read: Callable[[Path], list[Run]]


def text_of(path: Path) -> str:
    """A file's text: UTF-8, or UTF-16 where it says so; bytes that are neither become a replacement sign."""
    raw = path.read_bytes()
    encoding = "utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    return raw.decode(encoding, errors="replace")
