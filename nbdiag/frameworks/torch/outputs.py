"""A call of a loss function in training comes in; what it tells of the model's output and of the labels goes out as facts.

Only shapes and the graph's own names are read, nothing of a tensor's values: nothing waits for a device.
"""

from __future__ import annotations

from typing import Any

_SHAPES = {"ViewBackward0", "UnsafeViewBackward0", "SqueezeBackward0", "SqueezeBackward1", "UnsqueezeBackward0"}
_SHAPES |= {"TransposeBackward0", "TBackward0", "PermuteBackward0", "ReshapeAliasBackward0", "ToCopyBackward0"}
_SHAPES |= {"AliasBackward0", "CloneBackward0", "SelectBackward0"}
_ACTIVATIONS = {
    "SoftmaxBackward0": "softmax", "SigmoidBackward0": "sigmoid", "TanhBackward0": "tanh", "ReluBackward0": "relu",
    "AddmmBackward0": "linear", "MmBackward0": "linear", "BmmBackward0": "linear", "ConvolutionBackward0": "linear",
    "BaddbmmBackward0": "linear",
}  # fmt: skip
_TAKES_LOGITS = {
    "cross_entropy_loss": True,
    "binary_cross_entropy_with_logits": True,
    "binary_cross_entropy": False,
}
_MOST_NODES = 2000  # a ResNet-152 has some 1500; once for each run, 2 ms at most


def facts_of_call(name: str, loss: str, args: tuple[Any, ...], result: Any) -> dict[str, Any]:
    """What is known for sure from one call of ``torch``'s function ``name``; the graph behind ``result`` is walked
    where one is given."""
    outputs, targets = args[0], args[1]
    known: dict[str, Any] = {"loss": loss, "from_logits": _TAKES_LOGITS.get(name)}
    if result is not None and _batch_normalised(result.grad_fn):
        known["has_batchnorm"] = True
    if name in _TAKES_LOGITS:
        known["output_activation"] = _activation(outputs.grad_fn)
    if loss == "cross_entropy" and outputs.dim() > 1:
        known |= {"n_classes": int(outputs.shape[1]), "output_units": int(outputs.shape[1])}
        known["task"] = "classification"
    elif loss == "binary_cross_entropy" and outputs.dim() and outputs.numel() == outputs.shape[0] == targets.shape[0]:
        known |= {"n_classes": 2, "output_units": 1, "task": "classification"}
    return known


def _activation(node: Any) -> str | None:
    """What made the output's values, behind changes of their shape."""
    for _ in range(6):
        if node is None:
            return None
        name = node.name()
        if name not in _SHAPES:
            return _ACTIVATIONS.get(name)
        node = node.next_functions[0][0] if node.next_functions else None
    return None


def _batch_normalised(node: Any) -> bool:
    seen: set[Any] = set()
    todo = [node]
    while todo and len(seen) < _MOST_NODES:
        node = todo.pop()
        if node is None or node in seen:
            continue
        if "BatchNorm" in node.name():
            return True
        seen.add(node)
        todo.extend(parent for parent, _ in node.next_functions)
    return False
