"""The wish to stop and the begin of a training come in; whether that training is to end goes out."""

from __future__ import annotations

import time
from typing import Any

from nbdiag.frameworks.base import Asked


class Asking:
    """One training at a time; it begins when this is made, or at ``begins``, which can be watched for (see ``called``)."""

    def __init__(self, asked: Asked) -> None:
        self._asked, self._began = asked, time.perf_counter()

    def begins(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        """Another training begins: what was found before does not concern it."""
        self._began = time.perf_counter()

    def is_over(self) -> bool:
        """Whether the training is to end now."""
        return bool(self._asked(self._began))
