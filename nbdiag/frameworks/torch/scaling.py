"""A loss and its product with a GradScaler's factor come in; what to read instead of a scaled root goes out."""

from __future__ import annotations

import weakref
from typing import Any


class Scaling:
    """The GradScaler of the step under way, from its ``scale`` to its ``step``."""

    def __init__(self) -> None:
        self._scaler: Any = None
        self._before: Any = None
        self._after: Any = None

    def begin(self, scaler: Any, before: Any, after: Any) -> None:
        """``scaler`` multiplied ``before``: that gave ``after``."""
        self._scaler, self._before, self._after = scaler, weakref.ref(before), weakref.ref(after)

    def end(self) -> None:
        """The step is done, or left out."""
        self._scaler = None

    def __bool__(self) -> bool:
        return self._scaler is not None

    @property
    def factor(self) -> Any:
        """What the loss, and so each gradient, is multiplied with: a tensor, or None."""
        return None if self._scaler is None else self._scaler._scale

    def unscaled(self, root: Any) -> tuple[Any, Any]:
        """The loss before it was multiplied, or the factor to divide by (that may have overflowed)."""
        if self._scaler is None:
            return root, None
        before, after = self._before(), self._after()
        return (before, None) if before is not None and after is root else (root, self._scaler._scale)
