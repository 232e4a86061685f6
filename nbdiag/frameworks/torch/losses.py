"""Calls of torch's loss functions come in; which loss it is, over what, and how many predictions were right, goes out."""

from __future__ import annotations

import dataclasses
import functools
from typing import Any

from nbdiag.frameworks.torch.roots import Root

FUNCTIONS = (
    ("cross_entropy_loss", "cross_entropy", True),
    ("nll_loss_nd", "cross_entropy", True),
    ("mse_loss", "mse", True),
    ("smooth_l1_loss", "smooth_l1", True),
    ("huber_loss", "huber", True),
    ("binary_cross_entropy", "binary_cross_entropy", True),
    ("binary_cross_entropy_with_logits", "binary_cross_entropy", False),
)
"""Name under ``torch._C._nn`` (True) or ``torch``, and the loss. Every spelling of a loss ends in one of these: the
functions of ``torch.nn.functional``, imported by name or not, and the modules. Patching ``torch.nn.functional`` would
invalidate the guards of models compiled before (torch 2.13: one recompilation for each); here there are no guards."""
MOST = 1_000_000
"""Logits whose argmax is worth taking: about 1 ms on one core; a language model's are a hundred times more."""
_REDUCTION = {"cross_entropy_loss": 3, "nll_loss_nd": 3, "binary_cross_entropy": 3}
_REDUCTION["binary_cross_entropy_with_logits"] = 4


@dataclasses.dataclass(frozen=True, slots=True)
class Call:
    """One call of a loss function that gives a mean. ``classes`` is None where targets are no class numbers."""

    root: Root
    samples: int
    classes: int | None
    ignored: int


def understand(name: str, loss: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Call | None:
    """The call's meaning, or None when it gives no mean."""
    outputs, shape = args[0].shape, args[1].shape  # asked once: this runs at each turn of a loader
    if _argument(args, kwargs, _REDUCTION.get(name, 2), "reduction", 1) not in (1, "mean") or 0 in shape:
        return None
    smoothed = float(_argument(args, kwargs, 5, "label_smoothing", 0.0)) if name == "cross_entropy_loss" else 0.0
    weight = _argument(args, kwargs, 2, "weight", None) if name in _REDUCTION else None
    numbered = loss == "cross_entropy" and len(outputs) > 1 and not args[1].is_floating_point()
    return Call(
        root=_root(loss, smoothed, weight is not None),
        samples=int(shape[0]) if shape else 1,
        classes=int(outputs[1]) if numbered else None,
        ignored=int(_argument(args, kwargs, 4, "ignore_index", -100)) if numbered else -100,
    )


_root = functools.lru_cache(maxsize=64)(Root)


def _argument(args: tuple[Any, ...], kwargs: dict[str, Any], at: int, name: str, default: Any) -> Any:
    return args[at] if len(args) > at else kwargs.get(name, default)


def correct(call: Call, logits: Any, targets: Any) -> tuple[Any, Any] | None:
    """How many predictions were right and of how many, as tensors; None where that is not known or not cheap."""
    if call.classes is None or call.classes < 2 or logits.dim() != targets.dim() + 1 or logits.numel() > MOST:
        return None
    logits, targets = logits.detach(), targets.detach()
    counted = targets != call.ignored
    return ((logits.argmax(1) == targets) & counted).sum(), counted.sum()
