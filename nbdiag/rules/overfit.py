"""A run goes in, findings on a validation loss that rises come out: overfitting, confident mistakes, a passed best epoch."""

from __future__ import annotations

from collections.abc import Iterator

from nbdiag.finding import Certainty, Check, Finding, Severity, Table, ranked
from nbdiag.rules import evidence, references
from nbdiag.rules.base import rule
from nbdiag.rules.rise import Rise, measure
from nbdiag.rules.wording import early_stopping, framework, num, pct, place
from nbdiag.run import Run

_RISE = 0.10  # labelled histories: rises below a tenth were as often noise of the split as a loss on new data
_WEIGHT = 0.012  # of the loss at the start: smaller rises are of no consequence, however many times the minimum
_ACCURACY_HELD = -0.006  # validation accuracy that lost less than this has held; its resolution is seldom finer


@rule(
    severity=Severity.PROBLEM,
    explains=(
        "best-epoch-passed",
        "generalization-gap",
        "plateau",
        "overconfident-wrong",
        "loss-and-accuracy-both-fall",
    ),
)
def overfitting(run: Run, *, z: float = 4.0, rise: float = _RISE, weight: float = _WEIGHT) -> Iterator[Finding]:
    """The validation loss has passed its minimum and rises while the training loss goes on falling.

    ## What it finds
    A validation loss that fell, turned and now rises, beyond its own noise, for good, while training still improves and
    validation accuracy (where there is one) stays level or falls. What is learned after the turn is the training set.

    ## Why it matters
    The weights of the last epoch are worse on new data than those of the best one. Nothing printed at the end says so.

    ## How it decides
    Two isotonic fits, "falling then rising", give the turn. The rise must stand against the point-to-point noise,
    rise ≥ `z`·σ·√(1/k₁ + 1/k₂) with `z` = 4, be at least `rise` (10 %) of the loss at the turn and `weight` (1.2 %) of the
    loss at the start, and last (smoothed, four fifths of the later half lie above a seventh of the rise), and training must be lower than at the turn.
    Where validation accuracy held, `val-loss-up-accuracy-holding` speaks instead.

    ## What to try
    Keep the weights of the best epoch; stop early; more or augmented data; dropout, weight decay; a smaller model.

    ## Known limits
    The loss can fall a second time much later (double descent). A validation set unlike the data the model will meet
    gives a turn that means nothing for them. A rise in a handful of samples looks the same: per-sample losses tell.

    ## References
    Prechelt, Early Stopping – But When?; Li et al. 2024, Overfitting detection; Nakkiran et al. 2019, Deep double
    descent; Why validation accuracy fluctuates
    """
    found = _rises(run, z, rise, weight)
    if found is None or (found.train is not None and found.train >= 1):
        return
    if found.accuracy is not None and found.accuracy >= _ACCURACY_HELD:
        return
    unit, val = evidence.unit(run), found.val
    lost = "" if found.accuracy is None else f" Validation accuracy lost {abs(100 * found.accuracy):.1f} points."
    fell = "" if found.train is None else f" while the training loss fell by {pct(1 - found.train)}"
    yield Finding(
        title=f"Validation loss rises after {unit} {place(found.best)}",
        headline=f"Overfitting since {unit} {place(found.begin)}: "
        f"best was {unit} {place(found.best)}, {val.label} {num(found.best_value)}",
        message=f"`{val.label}` was lowest at {unit} {place(found.best)}, {num(found.best_value)}, and **rose by "
        f"{pct(found.share)} to {num(val.last)}**{fell}.{lost}",
        certainty=Certainty.STRONG,
        curves=_curves(run, found),
        start=found.begin,
        stop=None,
        evidence=_numbers(found),
        why="The model has learned what training and validation data have in common and now learns what only the "
        "training data holds: its noise and its exceptions. Each further epoch fits those better and new data worse. "
        "The loss shows it before the accuracy does, because it feels how far off an answer is, not only whether.",
        causes=ranked(
            ("More epochs than the data bears", f"the best was reached after {place(found.best)} {unit}s"),
            ("Too little training data", f"{run.facts.n_train:,} samples")
            if run.facts.n_train
            else "Too little training data",
            "More capacity than the task needs",
            "Weak regularisation" if not run.facts.has_dropout else None,
            "Features without scaling, or validation data of another kind than the training data",
            "A learning rate so small that training settles in the nearest, sharp minimum (weak evidence)",
        ),
        ruled_out=_still_training(found),
        check=Check(
            f"Evaluate the weights of {unit} {place(found.best)} on data held back from both sets. If the last {unit}'s "
            "are no worse there, this finding is wrong.",
            _evaluate_code(run),
        ),
        fixes=(
            f"Keep the best weights: {early_stopping(run)}",
            "More training data, or augmentation",
            "Dropout, weight decay, label smoothing",
            "A smaller model",
        ),
        caveat="A loss that rises may fall again much later (double descent), and a rise that sits in a few samples is "
        "not overfitting: look at the losses of single samples.",
        references=(
            references.PRECHELT,
            references.OVERFIT_GUARD,
            references.DOUBLE_DESCENT,
            references.FLUCTUATING_ACCURACY,
        ),
        table=_table(run, found),
    )


@rule(severity=Severity.PROBLEM, explains=("best-epoch-passed", "plateau", "overconfident-wrong", "generalization-gap"))
def val_loss_up_accuracy_holding(
    run: Run, *, z: float = 4.0, rise: float = _RISE, weight: float = _WEIGHT
) -> Iterator[Finding]:
    """The validation loss rises while validation accuracy holds or climbs.

    ## What it finds
    After its turning point the validation loss rises for good, yet as many validation samples as before are classified
    right, or more. Great accuracy with a large loss means large errors on few samples.

    ## Why it matters
    The class labels are still good, the probabilities are not: the model is surest where it is wrong. Which epoch is
    best depends on which of the two you use. Four cases, large or small being relative to the task and to chance:

    | | small loss | large loss |
    | --- | --- | --- |
    | **high accuracy** | small errors on few samples: the best case | large errors on few samples: this finding |
    | **low accuracy** | small errors on many samples: near the threshold | large errors on many samples |

    ## How it decides
    The rise is the one of `overfitting`: beyond noise (`z` = 4), at least `rise` (10 %) of the loss at the turn and `weight`
    (1.2 %) of the loss at the start, and lasting. Validation accuracy, from around the turn to the end,
    lost less than 0.6 points. Silent without an accuracy.

    ## What to try
    Decide which metric matters. For labels only, stop on accuracy. For probabilities, keep the epoch of the lowest
    loss, smooth the labels, or fit a temperature. Look at the losses of single samples: a few outliers or many?

    ## Known limits
    An accuracy of a small validation set moves in coarse steps and can hide a fall. Whether few or many samples carry
    the rise cannot be seen from the two means; per-sample losses decide.

    ## References
    Guo et al. 2017, On calibration of modern neural networks; How can loss and accuracy both rise?
    """
    found = _rises(run, z, rise, weight)
    if found is None or found.accuracy is None or found.accuracy < _ACCURACY_HELD:
        return
    if found.train is not None and found.train >= 1:
        return
    unit, val, accuracy = evidence.unit(run), found.val, evidence.accuracy(run, "val")
    held = f"gained {100 * found.accuracy:.1f} points" if found.accuracy > 0.006 else "held"
    yield Finding(
        title="Mistakes grow more confident, not more numerous",
        headline=f"Validation loss rises since {unit} {place(found.begin)} while accuracy "
        + ("still climbs" if found.accuracy > 0.006 else "holds"),
        message=f"Since {unit} {place(found.best)} `{val.label}` **rose from {num(found.best_value)} to {num(val.last)} "
        f"(+{pct(found.share)}) while validation accuracy {held}**"
        + (f", at {num(accuracy.last)}." if accuracy is not None else "."),
        certainty=Certainty.STRONG,
        curves=(*_curves(run, found), *((accuracy.name,) if accuracy is not None else ())),
        start=found.begin,
        evidence=_numbers(found),
        why="Accuracy counts each sample once, right or wrong; cross-entropy has no upper limit, and one sample that is "
        "wrong with great confidence can cost more than a thousand good ones. As training goes on the network grows "
        "surer of everything, its mistakes included, while borderline samples may still be put right. Great accuracy with a "
        "large loss: large errors on few samples. (Low and large: large errors on many. Low and small: small errors on many.)",
        causes=ranked(
            (
                "Confidence keeps growing after the answers stopped changing (miscalibration)",
                "typical of long training",
            ),
            "A few outliers or wrong labels in the validation set, answered wrongly with great confidence",
            "The beginning of overfitting: accuracy often follows later",
            "Too little data or too much capacity",
        ),
        ruled_out=_still_training(found),
        check=Check(
            "Sort the validation losses of single samples. If a few carry the rise, look at those samples; if most rose, "
            "this is overfitting.",
            _sample_code(run),
        ),
        fixes=(
            f"If you use the probabilities: {early_stopping(run)} gives {unit} {place(found.best)}",
            "If only the class counts: stop on validation accuracy instead"
            + (' (`monitor="val_accuracy"`)' if framework(run) == "keras" else ""),
            "Bound the confidence: label smoothing"
            + (" (`keras.losses.CategoricalCrossentropy(label_smoothing=0.05)`)" if framework(run) == "keras" else ""),
            "Fit one temperature on the validation set after training",
        ),
        caveat="If the probabilities are never used, the rise costs nothing. It does cost when the confident mistakes are "
        "like the samples the model will meet.",
        references=(references.CALIBRATION, references.LOSS_UP_ACCURACY_UP, references.OUTLIERS),
        table=_table(run, found),
    )


@rule(severity=Severity.NOTE)
def best_epoch_passed(run: Run, *, z: float = 4.0, rise: float = 0.05) -> Iterator[Finding]:
    """The last epoch is not the best one, by more than noise.

    ## What it finds
    The validation loss at the end stands above its lowest level, whatever training does.

    ## Why it matters
    Unless the best weights were kept, the model in memory is not the best this run has seen.

    ## How it decides
    As `overfitting`, beyond noise (`z` = 4), with a `rise` of 5 % and no demand on the training loss.

    ## What to try
    Restore the weights of the best epoch, or train once more for that many epochs.

    ## Known limits
    The best of many noisy epochs looks better than it is, by about `σ·√(2 ln E)`; the levels compared are medians
    around the turn and at the end, which avoids most of that.

    ## References
    Prechelt, Early Stopping – But When?; Keras, EarlyStopping
    """
    found = measure(run)
    if found is None or found.z < z or found.share < rise or not found.lasting:
        return
    unit, val = evidence.unit(run), found.val
    yield Finding(
        title=f"The best {unit} was {place(found.best)}, not the last",
        headline=f"Best at {unit} {place(found.best)}: {val.label} {num(found.best_value)}, now {num(val.last)}",
        message=f"`{val.label}` was {num(found.best_value)} at {unit} {place(found.best)} and is **{num(val.last)} now, "
        f"{pct(found.share)} above its lowest level**.",
        certainty=Certainty.STRONG,
        curves=(val.name,),
        start=found.begin,
        evidence=_numbers(found),
        why="Training minimises the training loss; the validation loss follows only for a while. Where it turned, the "
        "extra epochs cost more than they gave.",
        causes=ranked(
            "More epochs than were needed", "A learning rate that is too high late in the run", "No early stopping"
        ),
        check=Check(f"Compare the weights of {unit} {place(found.best)} with the last on data of a third set."),
        fixes=(f"Keep the best weights: {early_stopping(run)}", f"Train for {place(found.best)} {unit}s"),
        caveat="With a small or noisy validation set the best epoch is partly luck.",
        references=(references.PRECHELT, references.KERAS_STOPPING),
    )


def _rises(run: Run, z: float, rise: float, weight: float) -> Rise | None:
    """The rise, where it is beyond noise, large enough to matter, and lasting."""
    found = measure(run)
    if found is None or found.z < z or found.share < rise or found.weight < weight or not found.lasting:
        return None
    return found


def _still_training(found: Rise) -> tuple[str, ...]:
    """What a training loss that goes on falling rules out."""
    return () if found.train is None else ("divergence, a learning rate too high: the training loss still falls",)


def _curves(run: Run, found: Rise) -> tuple[str, ...]:
    train = evidence.loss(run, "train")
    return (found.val.name,) if train is None else (found.val.name, train.name)


def _numbers(found: Rise) -> dict[str, float | str]:
    numbers: dict[str, float | str] = {
        "best epoch": found.best,
        "lowest value": found.best_value,
        "last value": found.val.last,
        "rise": found.share,
        "rise in standard errors": found.z,
    }
    if found.train is not None:
        numbers["training loss, end over turn"] = found.train
    if found.accuracy is not None:
        numbers["change of validation accuracy"] = found.accuracy
    return numbers


def _table(run: Run, found: Rise) -> Table:
    """Every main curve at the best epoch and at the last."""
    rows = []
    series = [s for s in (found.val, evidence.loss(run, "train"), evidence.accuracy(run, "val")) if s is not None]
    for s in series:
        at = s.raw.values[s.raw.finite][int(abs(s.raw.x[s.raw.finite] - found.best).argmin())]
        rows.append((s.label, num(float(at)), num(s.last), f"{s.last - at:+.3g}".replace("-", "−")))
    unit = evidence.unit(run)
    return Table(
        ("", f"{unit} {place(found.best)}", f"{unit} {place(float(found.val.raw.x[-1]))}", "change"), tuple(rows)
    )


def _evaluate_code(run: Run) -> str:
    return "best_model.evaluate(x_test, y_test), model.evaluate(x_test, y_test)" if framework(run) == "keras" else ""


def _sample_code(run: Run) -> str:
    if framework(run) == "keras":
        return (
            "import numpy as np\np = model.predict(x_val, verbose=0)\n"
            "q = p[np.arange(len(p)), y_val] if p.shape[-1] > 1 else np.where(np.ravel(y_val) == 1, p[:, 0], 1 - p[:, 0])\n"
            "losses = -np.log(np.clip(q, 1e-7, 1))\nprint(np.argsort(-losses)[:10], np.sort(losses)[::-1][:10])"
        )
    if framework(run) == "torch":
        return (
            "losses = torch.nn.functional.cross_entropy(model(x_val), y_val, reduction='none')\nprint(losses.topk(10))"
        )
    return ""
