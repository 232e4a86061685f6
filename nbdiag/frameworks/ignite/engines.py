"""An Ignite engine comes in, what its function and its output tell of the training goes out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import CodeType
from typing import Any

from nbdiag.frameworks.hooks.telling import samples_in
from nbdiag.metrics import identify, is_loss


def is_trainer(engine: Any) -> bool:
    """Whether its function trains: by what it calls, so that an evaluator is known before it has run."""
    code = getattr(engine._process_function, "__code__", None)
    return code is not None and any("backward" in part.co_names for part in _codes(code))


def _codes(code: CodeType) -> Iterator[CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _codes(constant)


def loss_in(output: Any) -> Any:
    """The loss an iteration gave: a number, a tensor of one value, or that by its name in a dict; None otherwise."""
    if isinstance(output, Mapping):
        named = [v for name, v in output.items() if isinstance(name, str) and is_loss(identify(name).metric)]
        output = named[0] if len(named) == 1 else None
    if isinstance(output, float):
        return output
    is_scalar = hasattr(output, "detach") and output.numel() == 1 and output.is_floating_point()
    return output.detach() if is_scalar else None


def facts_of(engine: Any) -> dict[str, Any]:
    """What is known when its run starts; the optimizer and the loss are what its function refers to."""
    loader, function = engine.state.dataloader, engine._process_function
    used = [cell.cell_contents for cell in getattr(function, "__closure__", None) or ()]
    used += [function.__globals__.get(name) for name in function.__code__.co_names]
    optimizers = [one for one in used if hasattr(one, "param_groups") and hasattr(one, "zero_grad")]
    known = {
        "n_train": samples_in(loader),
        "batch_size": getattr(loader, "batch_size", None),
        "epochs": engine.state.max_epochs,
        "steps_per_epoch": engine.state.epoch_length,
        "loss_is": "epoch-mean",
    }
    if len(optimizers) == 1:
        rate = optimizers[0].param_groups[0]["lr"]
        known |= {"optimizer": type(optimizers[0]).__name__, "learning_rate": float(rate)}
    losses = [one for one in used if type(one).__module__ == "torch.nn.modules.loss"]
    return known | ({"loss": type(losses[0]).__name__} if len(losses) == 1 else {})
