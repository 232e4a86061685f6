"""Loaders, optimizers and loss functions come in, what they say about the run goes out."""

from __future__ import annotations

from typing import Any

from nbdiag.facts import Facts, facts_from
from nbdiag.frameworks.torch.optimizers import learning_rate
from nbdiag.frameworks.torch.passes import Pass
from nbdiag.frameworks.torch.roots import Root


def of_training(p: Pass | None, optimizer: Any, root: Root, outputs: dict[str, Any]) -> Facts:
    """What is known when the first step is done."""
    known: dict[str, Any] = {"framework": "torch", "backend": "torch"}
    if root.loss is None:  # a sum of parts, of which that call may have been one
        known |= {"n_classes": outputs.get("n_classes"), "has_batchnorm": outputs.get("has_batchnorm")}
    else:
        known |= outputs if outputs.get("loss") == root.loss else {"loss": root.loss}
    if root.loss is not None:
        known["label_smoothing"] = root.smoothed
        known["class_weight"] = root.weighted
    if p is not None:
        known |= {"batch_size": p.batch_size, "n_train": p.samples, "steps_per_epoch": p.batches, "shuffle": p.shuffle}
        known["loss_is"] = "epoch-mean"
    if optimizer is not None:
        known |= {"optimizer": type(optimizer).__name__, "learning_rate": learning_rate(optimizer)}
    return facts_from(known, "object")
