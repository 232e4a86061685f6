"""Numbers and facts go in, the words of a message go out: the reader's own numbers, and their framework's own names."""

from __future__ import annotations

import math

from nbdiag.curve import Curve
from nbdiag.facts import Facts
from nbdiag.run import Run


def num(value: float) -> str:
    """A number with as many digits as tell something: ``0.4231``, ``12.3``, ``3.1e-05``."""
    size = abs(value)
    if size == 0:
        return "0"
    if size >= 1e5 or size < 1e-4:
        return f"{value:.2g}"
    return f"{value:.0f}" if size >= 1000 else f"{value:.1f}" if size >= 100 else f"{value:.4g}"


def pct(share: float) -> str:
    """A share in percent: ``93.1 %``."""
    return f"{100 * share:.3g} %" if abs(share) < 9.995 else f"{100 * share:.0f} %"


def place(x: float) -> str:
    """A place on the x axis: ``33``, ``2.5``, ``1,000,000``."""
    return f"{x:,.0f}" if x == round(x) else f"{x:,.1f}"


def count(n: float, unit: str) -> str:
    """``1 epoch``, ``12 epochs``."""
    return f"{place(n)} {unit}{'' if n == 1 else 's'}"


def framework(run: Run) -> str:
    """The framework in one lower-case word; empty where unknown. Keras on any backend is ``keras``."""
    name = (run.facts.framework or run.framework or "").lower()
    for known in (
        "keras",
        "lightning",
        "transformers",
        "fastai",
        "skorch",
        "xgboost",
        "lightgbm",
        "catboost",
        "sklearn",
    ):
        if known in name.replace("scikit-learn", "sklearn"):
            return known
    return "keras" if "tensorflow" in name else "torch" if "torch" in name else name


def early_stopping(run: Run) -> str:
    """How this run's framework stops early and keeps the best epoch."""
    return {
        "keras": '`keras.callbacks.EarlyStopping(monitor="val_loss", patience=5, restore_best_weights=True)`',
        "lightning": '`EarlyStopping("val_loss", patience=5)` with `ModelCheckpoint(monitor="val_loss")`',
        "transformers": "`EarlyStoppingCallback(early_stopping_patience=3)` with `load_best_model_at_end=True`",
        "fastai": '`SaveModelCallback(monitor="valid_loss")` with `EarlyStoppingCallback(patience=5)`',
        "skorch": "`EarlyStopping(patience=5, load_best=True)`",
        "xgboost": "`early_stopping_rounds=20` (prediction then uses `best_iteration`)",
        "lightgbm": "`lightgbm.early_stopping(stopping_rounds=20)`",
        "catboost": "`early_stopping_rounds=20` with `use_best_model=True`",
        "sklearn": "`early_stopping=True`",
        "torch": "early stopping: keep `copy.deepcopy(model.state_dict())` whenever the validation loss is at a new best",
    }.get(framework(run), "early stopping that keeps the weights of the best epoch")


def lower_rate(run: Run, factor: str = "3 to 10") -> str:
    """How to lower the learning rate, with the present value where it is known."""
    rate = run.facts.learning_rate
    now = f" (now {num(rate)})" if rate else ""
    name = {"xgboost": "`learning_rate` (`eta`)", "lightgbm": "`learning_rate`", "catboost": "`learning_rate`"}
    return f"lower the {name.get(framework(run), 'learning rate')}{now} by a factor of {factor}"


def clip(run: Run) -> str:
    """How to clip gradients."""
    return {
        "keras": "clip the gradients: `clipnorm=1.0` in the optimizer",
        "lightning": "clip the gradients: `Trainer(gradient_clip_val=1.0)`",
        "transformers": "clip the gradients: `max_grad_norm=1.0`",
        "torch": "clip the gradients: `torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)`",
    }.get(framework(run), "clip the norm of the gradients to about 1")


def reduce_on_plateau(run: Run) -> str:
    """How to lower the learning rate when progress stops."""
    return {
        "keras": "`keras.callbacks.ReduceLROnPlateau(factor=0.3, patience=3)`",
        "torch": "`torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, factor=0.3, patience=3)`",
    }.get(framework(run), "lower the learning rate when progress stops")


def adaptive(facts: Facts) -> bool | None:
    """Whether the optimizer adapts its step for each weight; None where it is unknown."""
    return None if not facts.optimizer else any(k in facts.optimizer.lower() for k in ("ada", "rms", "nadam", "lion"))


def at(curve: Curve, i: int) -> str:
    """Value ``i`` of a curve with the digits it was printed with; a percentage as such."""
    scale, unit = (100, " %") if curve.unit == "%" else (1, "")
    value, rounding = scale * float(curve.values[i]), scale * float(curve.rounding[i])
    if not math.isfinite(value):
        return "NaN" if value != value else "inf" if value > 0 else "−inf"
    if not 0 < rounding < 0.5:
        return num(value) + unit
    return f"{value:.{max(0, round(-math.log10(2 * rounding)))}f}{unit}".replace("-", "−")


def label(curve: Curve) -> str:
    """The name the reader knows a curve by, in backticks."""
    return f"`{curve.label or (curve.metric if curve.split == 'train' else f'{curve.split}_{curve.metric}')}`"


def split_word(split: str) -> str:
    """``train`` as ``training``, ``val`` as ``validation``; other sets keep their names."""
    return {"train": "training", "val": "validation"}.get(split, f"`{split}`")


def span(start: float, stop: float, unit: str = "epoch") -> str:
    """``epoch 3`` or ``epochs 1 to 3``."""
    return f"{unit} {place(start)}" if start == stop else f"{unit}s {place(start)} to {place(stop)}"
