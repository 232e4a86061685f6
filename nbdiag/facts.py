"""What is known about a run beside its curves; statements of several origins come in, the most trusted of each goes out."""

from __future__ import annotations

import dataclasses
import difflib
import warnings
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from nbdiag.errors import ConfigError, NbdiagWarning

Origin = Literal["given", "object", "log", "inferred"]
"""Where a fact comes from: said by the reader, read from an object, printed in the log, worked out from the numbers."""

_TRUST: dict[str, int] = {"given": 3, "object": 2, "log": 1, "inferred": 0}
_ALIASES = {"lr": "learning_rate", "loss_name": "loss"}


@dataclasses.dataclass(frozen=True)
class Facts:
    """What is known about a run beside its curves. Every field is optional: ``None`` means not known.

    Raises ``TypeError`` for an unknown keyword like any dataclass; ``facts_from`` raises ``ConfigError``.
    ``origins`` tells for each known field where it comes from.
    """

    task: str | None = None
    """``classification`` or ``regression``."""
    loss: str | None = None
    """The loss function's name, in any spelling; ``metrics.loss_family`` understands it."""
    n_classes: int | None = None
    n_train: int | None = None
    n_val: int | None = None
    class_counts_train: Sequence[int] | None = None
    class_counts_val: Sequence[int] | None = None
    batch_size: int | None = None
    epochs: int | None = None
    """Planned epochs (or boosting rounds)."""
    optimizer: str | None = None
    learning_rate: float | None = None
    has_dropout: bool | None = None
    has_batchnorm: bool | None = None
    batchnorm_momentum: float | None = None
    """In Keras' sense: the share of the old statistics that stays at each step (PyTorch's is 1 minus this)."""
    steps_per_epoch: int | None = None
    label_smoothing: float | None = None
    has_penalty: bool | None = None
    """The printed loss contains a weight penalty or another added term."""
    class_weight: Mapping[Any, float] | bool | None = None
    """Class or sample weights used in training; ``False`` when known that there are none."""
    from_logits: bool | None = None
    augmentation: bool | None = None
    loss_is: str | None = None
    """What a printed training loss is: ``epoch-mean``, ``last-batch`` or ``unknown``."""
    backend: str | None = None
    framework: str | None = None
    shuffle: bool | None = None
    """Whether training visits the samples in a new order each epoch."""
    dropout: float | None = None
    """The highest dropout rate of the model."""
    output_activation: str | None = None
    """The last activation's name; ``linear`` where there is none."""
    output_units: int | None = None
    input_range: tuple[float, float] | None = None
    """Smallest and largest value that reaches the first trainable layer, over a sample of the training data."""
    label_range: tuple[float, float] | None = None
    """Smallest and largest training label."""
    label_order: str | None = None
    """``sorted`` where training labels of one class stand together, ``mixed`` where neighbours differ as by chance."""
    frozen: float | None = None
    """The share of the model's parameters that are kept from training; 1 where nothing can learn."""
    origins: Mapping[str, Origin] = dataclasses.field(default_factory=dict, compare=False)

    def __post_init__(self) -> None:
        known = {n: self.origins.get(n, "given") for n in FACT_NAMES if getattr(self, n) is not None}
        object.__setattr__(self, "origins", known)

    def known(self) -> dict[str, Any]:
        """The known facts by name."""
        return {n: getattr(self, n) for n in self.origins}

    def merged(self, other: Facts) -> Facts:
        """These facts with ``other``'s added; where both know one, the more trusted origin wins, then ``other``."""
        values, origins = self.known(), dict(self.origins)
        for name, value in other.known().items():
            origin = other.origins[name]
            if name not in values or _TRUST[origin] >= _TRUST[origins[name]]:
                values[name], origins[name] = value, origin
        return Facts(**values, origins=origins)


FACT_NAMES: tuple[str, ...] = tuple(f.name for f in dataclasses.fields(Facts) if f.name != "origins")


def facts_from(known: Mapping[str, Any], origin: Origin = "given", *, strict: bool = False) -> Facts:
    """``Facts`` from a mapping, aliases (``lr``, ``loss_name``) understood.

    An unknown key raises ``ConfigError`` when ``strict``, otherwise it is left out with one ``NbdiagWarning``.
    """
    values, unknown = {}, []
    for key, value in known.items():
        name = _ALIASES.get(key, key)
        if name not in FACT_NAMES:
            unknown.append(key)
        elif value is not None:
            values[name] = value
    if unknown:
        message = "; ".join(_unknown(key) for key in unknown)
        if strict:
            raise ConfigError(message)
        warnings.warn(message, NbdiagWarning, stacklevel=2)
    return Facts(**values, origins=dict.fromkeys(values, origin))


def _unknown(key: str) -> str:
    near = difflib.get_close_matches(key, [*FACT_NAMES, *_ALIASES], n=1)
    return f"no fact is called {key!r}" + (f"; did you mean {near[0]!r}?" if near else "")
