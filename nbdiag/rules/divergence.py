"""A run goes in, findings on training that fell apart come out: divergence, collapse after success."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from nbdiag import stats
from nbdiag.finding import Certainty, Check, Finding, Severity, ranked
from nbdiag.rules import evidence, references
from nbdiag.rules.base import rule
from nbdiag.rules.evidence import Series
from nbdiag.rules.wording import clip, early_stopping, lower_rate, num, place
from nbdiag.run import Run

_CHANCE_ERRORS = 5.0  # an accuracy this many standard errors above chance was no luck


@rule(
    severity=Severity.BROKEN,
    explains=(
        "overfitting", "val-loss-up-accuracy-holding", "best-epoch-passed", "loss-spike", "noisy-training",
        "noisy-validation", "oscillating-loss", "plateau", "underfitting", "stuck-at-chance", "constant-prediction",
        "collapse-after-success", "gap-from-first-epoch", "generalization-gap", "initial-loss-off", "saturated-outputs",
        "exploding-gradients", "loss-floor", "still-improving", "overconfident-wrong", "val-never-improved",
        "train-eval-mode-mismatch", "loss-and-accuracy-both-fall", "prediction-flips-class", "slow-progress",
        "learning-rate-out-of-range",
    ),
)  # fmt: skip
def divergence(run: Run, *, factor: float = 1.25) -> Iterator[Finding]:
    """The training loss explodes and does not come back.

    ## What it finds
    A training loss that ends far above its lowest level, beyond any noise it had, and above where it began; or that
    rises steadily over the last part of the run. Training loss is what training lowers: its lasting rise is never
    overfitting.

    ## Why it matters
    The weights are being thrown about. Nothing learned before is left, and waiting does not bring it back.

    ## How it decides
    The end (median of the last tenth, 2 epochs at least) is `factor` (1.25) times the lowest level, ten times the noise above it the lowest level, and
    above the loss at the start; or it has lost 80 % of what it had gained, half of it all over the last third, and validation a fourth; or a
    Mann-Kendall trend upwards with z = 4 over the last 15 % (4 epochs at least). A loss
    that had grown by half when NaN came diverged too, and so did one that lies at ten times what guessing costs while
    accuracy stays at chance, or falls a thousandfold from the first epoch to the second: it exploded within the first.

    ## What to try
    Lower the learning rate by 3 to 10, warm it up, clip gradients; verify the sign of the loss.

    ## Known limits
    A schedule that raises the learning rate on purpose looks like this until it comes down; a loss that may be negative
    (likelihoods) has no natural level.

    ## References
    Deep Learning Tuning Playbook; Google, Interpreting loss curves
    """
    train = evidence.loss(run, "train")
    if train is None or len(train) < 2 or not train.lower_is_better:
        return
    found = _exploded(run, train, factor)
    if found is None:
        return
    start, lowest = found
    unit = evidence.unit(run)
    rate = run.facts.learning_rate
    ends = stats.median(train.y[-max(2, len(train) // 10) :])
    yield Finding(
        title=f"{train.label} explodes at {unit} {place(start)}",
        headline=f"Diverged at {unit} {place(start)}: {train.label} {num(train.last)}",
        message=f"`{train.label}` **rose to {num(float(train.y.max()))} and stands at {num(train.last)}**; its lowest value was "
        f"{num(lowest)}.",
        certainty=Certainty.STRONG,
        curves=(train.name,),
        start=start,
        evidence={"lowest level": lowest, "highest value": float(train.y.max()), "level at the end": ends},
        why="When a step is larger than the valley is wide, each update lands higher on the opposite slope than the one "
        "before. The loss that training itself minimises then grows: a fault of the updates, not of the data's size.",
        causes=ranked(
            ("The learning rate is too high", f"it is {num(rate)}") if rate else "The learning rate is too high",
            "Exploding gradients (recurrent or very deep networks, no normalisation)",
            "Inputs or targets on a scale of hundreds or thousands",
            "A loss with the wrong sign, or gradients that are not reset between steps",
        ),
        check=Check(
            "Train again with a tenth of the learning rate. If the loss still rises, look for a bug in the loss."
        ),
        fixes=(lower_rate(run), clip(run), "warm the learning rate up over the first epochs", "scale the inputs"),
        caveat="A schedule that raises the learning rate for a while can look like this until it comes down again.",
        references=(references.TUNING_PLAYBOOK, references.GOOGLE_CURVES),
    )


def _exploded(run: Run, train: Series, factor: float) -> tuple[float, float] | None:
    """First epoch of the explosion and the lowest level before it; None where the loss did not explode for good."""
    for found in (_rose(run, train, factor), _became_non_finite(train), _at_once(run, train)):
        if found is not None:
            at, low = found
            return float(train.x[at]), low
    return None


def _rose(run: Run, train: Series, factor: float) -> tuple[int, float] | None:
    """The loss ends far above its lowest level, and above where it began or still rising."""
    y, n = train.y, len(train)
    lowest = int(np.argmin(train.smoothed))
    if n < 4 or lowest >= n - 2:
        return None
    low, end, first = float(train.smoothed[lowest]), stats.median(y[-max(2, n // 10) :]), float(y[0])
    # Beside 0 a share of the level means nothing: there only the whole curve's noise tells what a rise is.
    quiet = stats.noise(y[: max(3, lowest + 1)] if train.positive else y, train.rounding)
    jump, won = end - low, first - low
    if not _lost_again(run, train, low, end):
        if jump <= max((factor - 1) * abs(low), 10 * quiet):
            return None
        over_start = end > first + max(3 * quiet, 0.05 * abs(first))
        most = end > 2 * low and jump > 0.25 * abs(won)  # a quarter of all that was learned is lost again
        if not (over_start or (most and stats.trend(train.x[lowest:], y[lowest:]).z >= 4)):
            return None
    return lowest + int(np.argmax(y[lowest:] > low + 0.25 * jump)), low


def _lost_again(run: Run, train: Series, low: float, end: float) -> bool:
    """Nearly all that was learned is lost, on validation too, and nothing of the last third comes near the best again.

    Three epochs near the best: a single low value may be one batch's.
    """
    y, n = train.y, len(train)
    won = float(y[0]) - low
    if n < 12 or not train.positive or low >= 0.7 * y[0] or end - low <= 0.8 * won:
        return False
    near = y < low + 0.5 * won
    val = evidence.loss(run, "val")
    felt = val is None or float(np.median(val.y[-(len(val) // 3) :])) > 1.25 * float(val.smoothed.min())
    return felt and int(near.sum()) >= 3 and not near[-(n // 3) :].any()


def _became_non_finite(train: Series) -> tuple[int, float] | None:
    """The last finite values had already grown by half or more when NaN or infinity came."""
    if train.raw.finite[-1] or len(train) < 2 or len(train) != int(train.raw.finite.argmin()):
        return None
    lowest = int(np.argmin(train.y))
    low = float(train.y[lowest])
    if train.y[-1] < low + 0.5 * abs(low) or train.y[-1] - low < 0.1 * abs(float(train.y[0]) - low):
        return None
    return min(lowest + 1, len(train) - 1), low


def _at_once(run: Run, train: Series) -> tuple[int, float] | None:
    """The loss exploded within the first epoch: its mean lies far above any later value, and nothing was learned since.

    With a cross-entropy "nothing" is an accuracy at chance beside a loss of ten times what guessing costs; for other
    losses only a fall by a factor of 1000 from one epoch to the next tells, which no descent makes.
    """
    if len(train) < 4 or not train.positive:
        return None
    low = float(train.y.min())
    accuracy, chance = evidence.accuracy(run, "train"), evidence.chance(run, "train")
    if accuracy is not None and chance is not None and chance.loss is not None:
        half = len(train) // 2
        at_chance = stats.median(accuracy.y[-half:]) < chance.accuracy + 0.05
        return (0, low) if at_chance and stats.median(train.y[half:]) > 10 * chance.loss else None
    return (0, low) if accuracy is None and train.y[0] > 1000 * train.y[1] else None


@rule(
    severity=Severity.BROKEN,
    needs="classes",
    explains=("overfitting", "val-loss-up-accuracy-holding", "best-epoch-passed", "stuck-at-chance", "constant-prediction",
              "plateau", "loss-spike", "noisy-validation", "generalization-gap"),
)  # fmt: skip
def collapse_after_success(run: Run) -> Iterator[Finding]:
    """A model that had learned answers like chance again.

    ## What it finds
    Training accuracy stood well above chance for at least three epochs and is now back at chance, for good.

    ## Why it matters
    The run ended with less than it had. Only saved weights bring the success back.

    ## How it decides
    At least three epochs above chance by a fifth of the way to 1; the last two or more at chance (within 2 standard
    errors, 2 points at least), and the training loss back at half of its start or above.

    ## What to try
    Restore the best weights; lower learning rate; a larger epsilon in Adam; clip gradients.

    ## Known limits
    Needs the number of classes, or their counts.

    ## References
    Deep Learning Tuning Playbook
    """
    train, chance = evidence.accuracy(run, "train"), evidence.chance(run, "train")
    loss = evidence.loss(run, "train")
    if train is None or chance is None or loss is None or len(train) < 5:
        return
    n = run.facts.n_train or 1000
    near = chance.accuracy + max(0.02, 2 * stats.accuracy_error(chance.accuracy, n))
    good = train.y > chance.accuracy + max(
        0.2 * (1 - chance.accuracy), _CHANCE_ERRORS * stats.accuracy_error(chance.accuracy, n)
    )
    if good.sum() < 3 or not (train.y[-2:] <= near).all() or loss.last < 0.5 * loss.first:
        return
    last_good = int(np.flatnonzero(good)[-1])
    if not (train.y[last_good + 1 :] <= near).mean() >= 0.5:
        return
    unit, fell = evidence.unit(run), float(train.x[last_good + 1])
    yield Finding(
        title=f"Accuracy falls back to chance at {unit} {place(fell)}",
        headline=f"Collapsed at {unit} {place(fell)}: accuracy is back at chance",
        message=f"`{train.label}` had reached {num(float(train.y.max()))}. Since {unit} {place(fell)} it is "
        f"**{num(train.last)}, what chance gives ({num(chance.accuracy)})**.",
        certainty=Certainty.STRONG,
        curves=(train.name, loss.name),
        start=fell,
        evidence={"best accuracy": float(train.y.max()), "accuracy now": train.last, "chance": chance.accuracy},
        why="One or a few very large updates pushed the network where its units no longer react to the input. It then "
        "answers the class frequencies, and the gradients that would lead back are gone.",
        causes=ranked(
            "A learning rate too high for this stage",
            ("Adam's second moments had become tiny, so one gradient made a huge step",
             "the optimizer adapts its steps") if "ada" in (run.facts.optimizer or "").lower() else None,
            "A batch with extreme values",
        ),
        check=Check("Restore the weights saved before the fall and evaluate them: if they are at chance too, this is wrong."),
        fixes=(f"Keep the best weights: {early_stopping(run)}", lower_rate(run), clip(run), "a larger `epsilon` in Adam"),
        caveat="If the learning rate was raised on purpose there, a recovery may follow.",
        references=(references.TUNING_PLAYBOOK,),
    )  # fmt: skip
