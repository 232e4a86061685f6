"""A run goes in, a validation loss that is past its best comes out: overfitting, a best epoch that has passed."""

from __future__ import annotations

from collections.abc import Iterator

from nbdiag.finding import Certainty, Check, Finding, Severity, ranked
from nbdiag.rules import evidence, references
from nbdiag.rules import rise as rising
from nbdiag.rules.base import rule
from nbdiag.rules.wording import count, early_stopping, framework, num, pct, place
from nbdiag.run import Run


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
def overfitting(
    run: Run, *, z: float = 4.0, rise: float = rising.LEAST_SHARE, weight: float = rising.LEAST_WEIGHT
) -> Iterator[Finding]:
    """The validation loss has passed its minimum and rises while the training loss goes on falling.

    ## What it finds
    A validation loss that fell, turned and now rises, beyond its own noise, for good, while training still improves and
    validation accuracy (where there is one) stays level or falls. What is learned after the turn is the training set.

    ## Why it matters
    The weights of the last epoch are worse on new data than those of the best one. Nothing printed at the end says so.

    ## How it decides
    Two isotonic fits, "falling then rising", give the turn. The rise must stand against the point-to-point noise,
    rise ≥ `z`·σ·√(1/k₁ + 1/k₂) with `z` = 4, be at least `rise` (10 %, twice that with BatchNorm, whose running averages
    move evaluation too) of the loss at the turn and `weight` (1.2 %) of the loss at the start, and last (smoothed, four fifths of the later half lie above a seventh of the rise), and training must be lower than at the turn.
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
    found = rising.large_rise(run, z, rise, weight)
    if found is None or found.learning is False:
        return
    if found.accuracy is not None and found.accuracy >= rising.ACCURACY_HELD:
        return
    unit, val = evidence.unit(run), found.val
    lost = "" if found.accuracy is None else f" Validation accuracy lost {abs(100 * found.accuracy):.1f} points."
    fell = "" if found.train is None else f" while the training loss fell by {pct(1 - found.train)}"
    yield Finding(
        title=f"Validation loss rises after {unit} {place(found.best)}",
        headline=f"Overfitting since {unit} {place(found.begin)}: "
        f"best was {unit} {place(found.best)}, {val.label} {num(found.best_value)}",
        message=f"`{val.label}` was lowest at {unit} {place(found.best)}, {num(found.best_value)}, and **rose "
        + (f"by {found.growth} " if found.growth else "")
        + f"to {num(found.now)}**{fell}.{lost}",
        certainty=Certainty.STRONG,
        curves=rising.curves(run, found),
        start=found.begin,
        stop=None,
        evidence=rising.numbers(found),
        why="The model has learned what training and validation data have in common and now learns what only the "
        "training data holds: its noise and its exceptions. Each further epoch fits those better and new data worse. "
        "The loss shows it before the accuracy does, because it feels how far off an answer is, not only whether.",
        causes=ranked(
            ("More epochs than the data bears", f"the best was reached at {unit} {place(found.best)}"),
            ("Too little training data", f"{run.facts.n_train:,} samples")
            if run.facts.n_train
            else "Too little training data",
            "More capacity than the task needs",
            "Weak regularisation" if not run.facts.has_dropout else None,
            "Features without scaling, or validation data of another kind than the training data",
            "A learning rate so small that training settles in the nearest, sharp minimum (weak evidence)",
        ),
        ruled_out=rising.ruled_out(found),
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
        table=rising.table(run, found),
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
    found = rising.measure(run)
    if found is None or found.z < z or found.share < rise or not found.lasting:
        return
    unit, val = evidence.unit(run), found.val
    yield Finding(
        title=f"The best {unit} was {place(found.best)}, not the last",
        headline=f"Best at {unit} {place(found.best)}: {val.label} {num(found.best_value)}, now {num(found.now)}",
        message=f"`{val.label}` was {num(found.best_value)} at {unit} {place(found.best)} and is **{num(found.now)} now"
        + (f", {found.growth} above it" if found.growth else "")
        + "**.",
        certainty=Certainty.STRONG,
        curves=(val.name,),
        start=found.begin,
        evidence=rising.numbers(found),
        why="Training minimises the training loss; the validation loss follows only for a while. Where it turned, the "
        "extra epochs cost more than they gave.",
        causes=ranked(
            "More epochs than were needed", "A learning rate that is too high late in the run", "No early stopping"
        ),
        check=Check(f"Compare the weights of {unit} {place(found.best)} with the last on data of a third set."),
        fixes=(f"Keep the best weights: {early_stopping(run)}", f"Train for {count(found.best, unit)}"),
        caveat="With a small or noisy validation set the best epoch is partly luck.",
        references=(references.PRECHELT, references.KERAS_STOPPING),
    )


def _evaluate_code(run: Run) -> str:
    return "best_model.evaluate(x_test, y_test), model.evaluate(x_test, y_test)" if framework(run) == "keras" else ""
