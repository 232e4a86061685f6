"""A run goes in; what to do, in the words of the run's own framework, comes out."""

from __future__ import annotations

from nbdiag.run import Run


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
    now = f" (now {rate:g})" if rate else ""
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
