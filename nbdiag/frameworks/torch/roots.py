"""The root of a backward pass comes in; which loss function it is, and by what it was divided, goes out."""

from __future__ import annotations

import dataclasses
import weakref
from typing import Any

_NODES = {
    "NllLossBackward0": "cross_entropy", "NllLoss2DBackward0": "cross_entropy",
    "MseLossBackward0": "mse", "SmoothL1LossBackward0": "smooth_l1", "HuberLossBackward0": "huber",
    "BinaryCrossEntropyWithLogitsBackward0": "binary_cross_entropy",
    "BinaryCrossEntropyBackward0": "binary_cross_entropy",
}  # fmt: skip
_MEAN = 1  # at::Reduction::Mean
_CASTS = ("ToCopyBackward0", "AliasBackward0", "ViewBackward0", "SqueezeBackward0")


@dataclasses.dataclass(frozen=True, slots=True)
class Root:
    """``loss`` is None for a sum of parts, for a loss written by hand and inside a compiled model.

    ``divisor`` is what the loss function's mean was divided by before ``backward``.
    """

    loss: str | None
    smoothed: float = 0.0
    weighted: bool = False
    divisor: float = 1.0

    def of(self, other: Root) -> bool:
        """The same function of predictions and targets: their values may be compared."""
        return self.loss is not None and (self.loss, self.smoothed, self.weighted) == (
            other.loss,
            other.smoothed,
            other.weighted,
        )

    def mean_of(self, parts: int) -> bool:
        """Whether a step's loss, summed over so many backward passes, is the loss function's own mean."""
        return abs(self.divisor - parts) < 1e-6


UNKNOWN = Root(None)


def describe(tensor: Any, scaled: bool = False) -> Root:
    """What the graph says of ``tensor``; ``scaled`` when a GradScaler multiplied it last. Reads at most 6 nodes."""
    node, divisor = tensor.grad_fn, 1.0
    for _ in range(6):
        if node is None:
            return UNKNOWN
        name = node.name()
        if loss := _NODES.get(name):
            if getattr(node, "_saved_reduction", _MEAN) != _MEAN:
                return UNKNOWN
            return Root(loss, 0.0, getattr(node, "_saved_weight", None) is not None, divisor)
        if name == "MulBackward0" and scaled:
            scaled = False
        elif name in ("DivBackward0", "MulBackward0"):
            factor = _number(node)
            if not factor:
                return UNKNOWN
            divisor *= factor if name == "DivBackward0" else 1 / factor
        elif name not in _CASTS:
            return UNKNOWN
        node = node.next_functions[0][0] if node.next_functions else None
    return UNKNOWN


def differentiated(roots: Any, grads: Any, tensor: Any) -> tuple[Any, Any]:
    """Of the arguments of ``backward``: the tensor whose graph it walks, and its value; None where that is no loss."""
    if isinstance(roots, (list, tuple)):
        plain = grads is None or all(g is None for g in grads)
        if not roots or not plain or not all(isinstance(r, tensor) and r.numel() == 1 for r in roots):
            return None, None
        root = roots[0] if len(roots) == 1 else sum(r.detach() for r in roots)
        return root, root
    if not isinstance(roots, tensor) or roots.numel() != 1:
        return None, None
    if grads is None:
        return roots, roots
    if not isinstance(grads, tensor) or grads.numel() != 1:
        return None, None
    return roots, roots.detach() * grads  # a factor: a critic's losses are given their signs


class Leaves:
    """The tensors a root was computed from. One that has changed since was updated: that is training."""

    def __init__(self, root: Any, most: int = 300) -> None:
        self._leaves: list[tuple[Any, int, bytes]] = []
        seen: set[Any] = set()
        todo = [root.grad_fn]
        while todo and len(seen) < most:
            node = todo.pop()
            if node is None or node in seen:
                continue
            seen.add(node)
            todo.extend(n for n, _ in node.next_functions)
            if node.name() == "torch::autograd::AccumulateGrad":
                leaf = node.variable
                begins = _begins(leaf) if len(self._leaves) < ENOUGH else b""
                self._leaves.append((weakref.ref(leaf), leaf._version, begins))

    def updated(self) -> bool:
        """Whether one of them is another one now."""
        known = [(ref(), version, begins) for ref, version, begins in self._leaves]
        return any(
            leaf is not None and (leaf._version != version or (begins and _begins(leaf) != begins))
            for leaf, version, begins in known
        )

    def discarded(self) -> bool:
        """Whether the gradients that a backward pass gave to a model are gone again, and nothing used them."""
        leaves = [leaf for ref, _, _ in self._leaves if (leaf := ref()) is not None]
        return all(leaf.grad is None for leaf in leaves if type(leaf).__name__ == "Parameter") and bool(leaves)


ENOUGH = 4
"""Parameters whose first values are remembered: ``weights.data`` can be changed without a trace in the version. Those of
the last layers come first, and they have a gradient at each step. An input that is changed so is an attack's."""

_BYTES = 64


def _begins(leaf: Any) -> bytes:
    """A parameter's first values, as they lie in the CPU's memory."""
    if not leaf.is_cpu or type(leaf).__name__ != "Parameter" or str(leaf.layout) != "torch.strided":
        return b""
    at = leaf.storage_offset() * leaf.element_size()
    return bytes(leaf.untyped_storage()[at : at + min(_BYTES, leaf.nbytes)])


def _number(node: Any) -> float | None:
    """The constant a node multiplies or divides by; None where reading it would wait for a device."""
    if len(node.next_functions) > 1 and node.next_functions[1][0] is not None:
        return None
    other = node._saved_other
    if isinstance(other, (int, float)):
        return float(other)
    return float(other) if other is not None and other.is_cpu and other.numel() == 1 else None
