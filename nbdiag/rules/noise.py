"""A run goes in, findings on curves that jitter come out: zigzag by the learning rate, by tiny batches, by validation."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import numpy as np

from nbdiag import stats
from nbdiag.finding import BandPicture, Certainty, Check, Finding, Severity, ranked
from nbdiag.rules import evidence, references
from nbdiag.rules.base import rule
from nbdiag.rules.evidence import Series
from nbdiag.rules.needs import averages_epochs
from nbdiag.rules.spikes import restart_epochs
from nbdiag.rules.wording import lower_rate, num, pct
from nbdiag.run import Run

_FEW = 4  # samples an update: the mean of so few gradients is mostly noise
_LEAST = 10  # epochs: below, a zigzag cannot be told from two bad epochs


@dataclasses.dataclass(frozen=True, slots=True)
class Jitter:
    """How a curve jitters after its first third: all in logs, so as shares of the level.

    ``step`` is the robust noise of one epoch, ``spread`` the root mean square about the smoothed curve, ``path`` how
    often the curve walks up and down its own range (0.5: straight down), ``turns`` the correlation of neighbouring
    steps (−0.5: pure noise).
    """

    step: float
    spread: float
    path: float
    turns: float


def jitter(series: Series | None) -> Jitter | None:
    """The jitter of a curve; None below 10 points or at values that are not positive."""
    if series is None or len(series) < _LEAST or not series.positive:
        return None
    third = len(series) // 3
    y = series.logs[third:]
    steps = np.diff(y)
    smoothed = np.convolve(np.pad(y, 2, mode="edge"), np.ones(5) / 5, "valid")
    travelled = abs(float(y[-1] - y[0])) + float(np.ptp(y))
    return Jitter(
        step=stats.noise(y, series.rounding / max(float(np.median(series.y)), 1e-300)),
        spread=float(np.sqrt(np.mean((y - smoothed) ** 2))),
        path=float(np.abs(steps).sum()) / travelled if travelled > 0 else 0.0,
        turns=stats.lag1(steps),
    )


def batch_size(run: Run) -> float | None:
    """Samples an update, as known or as the sizes of the training set and the epoch tell."""
    facts = run.facts
    if facts.batch_size:
        return float(facts.batch_size)
    return facts.n_train / facts.steps_per_epoch if facts.n_train and facts.steps_per_epoch else None


def matters(run: Run) -> bool:
    """Whether the jitter is worth an alarm: the loss strays by 2 % of where it began, or accuracy by a point.

    At the bottom of its fall a loss may jitter by a fifth of its level while no answer changes.
    """
    start, val = abs(evidence.start_level(run) or 0.0), evidence.loss(run, "val") or evidence.loss(run, "train")
    strays = [(s, least) for s, least in ((val, 0.02 * start), (evidence.accuracy(run, "val"), 0.01)) if s is not None]
    for s, least in strays:
        y = s.y[len(s) // 3 :]
        if len(y) >= 5:
            smoothed = np.convolve(np.pad(y, 2, mode="edge"), np.ones(5) / 5, "valid")
            if float(np.sqrt(np.mean((y - smoothed) ** 2))) > least:
                return True
    return False


@rule(severity=Severity.PROBLEM, explains=("noisy-validation", "plateau", "loss-bump-recovered", "best-epoch-passed"))
def oscillating_loss(
    run: Run, *, train_step: float = 0.05, val_step: float = 0.1, path: float = 2.5
) -> Iterator[Finding]:
    """Training and validation zigzag from epoch to epoch: the learning rate is too high.

    ## What it finds
    Losses that jump up and down by a notable share of their level for most of the run, on training and validation alike,
    with batches large enough that sampling does not explain it.

    ## Why it matters
    The updates jump across the valley instead of down into it. Where the run ends is then a matter of luck.

    ## How it decides
    After the first third, in logs: the robust step is above 5 % for training and 10 % for validation, both curves walk their
    own range at least 2.5 times, one of them strays by a sixth of its level (or training walks it 4 times), and neighbouring steps are anticorrelated.
    Validation sets of fewer than 50 samples are left out. Batches of up to 4 samples, and learning-rate
    restarts, are other findings. PROBLEM only where the validation loss strays by 2 % of where it began, or accuracy by a
    point: at the bottom of its fall a loss may jitter while no answer changes.

    ## What to try
    Learning rate divided by 3 to 10, or a decay.

    ## Known limits
    With unknown batch size, very small batches look the same. A small validation set alone is `noisy-validation`.

    ## References
    Google, Interpreting loss curves
    """
    train, val = evidence.loss(run, "train"), evidence.loss(run, "val")
    a, b = jitter(train), jitter(val)
    if train is None or a is None or train.raw.per == "step" or len(restart_epochs(run)) >= 2:
        return
    size = batch_size(run)
    if size is not None and size <= _FEW:
        return
    known = evidence.n_val(run)
    if known is not None and known.value < 50:
        b = None  # so few samples jitter by themselves
    if b is not None:
        often = a.path > 1.6 * path and b.path > 1.2 * path
        sure = (
            a.step > train_step and b.step > val_step and b.path > path and (often or max(a.spread, b.spread) > 1 / 6)
        )
    else:
        # Without a validation curve training must speak for itself: clearly, not at the bottom of its fall, and as a
        # mean over the epoch (the last batch's loss jitters whatever the learning rate).
        sure = averages_epochs(run) or run.facts.loss_is == "epoch-mean"
        sure = sure and a.step > 2 * train_step and train.noise > 0.02 * abs(evidence.start_level(run) or 0.0)
    if not sure or a.path <= path or min(a.turns, b.turns if b is not None else 0.0) > -0.2:
        return
    yield Finding(
        title=f"{train.label} zigzags by {pct(a.spread)} of its level",
        headline="The loss oscillates: the learning rate is too high",
        message=f"From one {evidence.unit(run)} to the next training loss moves up and down by **about {pct(a.spread)}**"
        + (f", validation loss by {pct(b.spread)}" if b is not None else "")
        + f"; over the run it walks its own range {a.path:.1f} times.",
        certainty=Certainty.STRONG if size is not None else Certainty.LIKELY,
        severity=None if matters(run) else Severity.NOTE,
        curves=(train.name, val.name) if val is not None else (train.name,),
        evidence={"training step": a.step, "walks of its range": a.path, **({"validation step": b.step} if b else {})},
        why="A step longer than the valley is wide lands on the opposite slope. The next one leads back. The loss falls on "
        "average, or not at all, and every epoch ends somewhere else. It moves both curves, because it moves the weights.",
        causes=ranked(
            ("The learning rate is too high", f"it is {num(run.facts.learning_rate)}")
            if run.facts.learning_rate
            else "The learning rate is too high",
            "Batches of very few samples" if size is None else None,
            "Momentum that is too high for this learning rate",
            "Inputs on very different scales",
        ),
        check=Check("Train again with a tenth of the learning rate. If the curve zigzags as before, this is wrong."),
        fixes=(lower_rate(run), "Let the learning rate decay over the run", "Scale the inputs"),
        caveat="Updates of very few samples, and data that is not shuffled, look alike.",
        references=(references.GOOGLE_CURVES, references.FLUCTUATING_ACCURACY),
    )


@rule(
    severity=Severity.PROBLEM,
    explains=("noisy-validation", "plateau", "loss-bump-recovered", "best-epoch-passed"),
    needs="batch size",
)
def noisy_training(run: Run) -> Iterator[Finding]:
    """Both curves jitter because each update sees only a few samples.

    ## What it finds
    A jitter on training and validation in a run whose batches hold 4 samples or fewer.

    ## Why it matters
    The gradient of so few samples is mostly noise; the weights wander around the solution, and the last epoch is not
    reliably better than the one before.

    ## How it decides
    Batch size known to be at most 4; after the first third the steps of training are above 1 % of its level, of
    validation above 3 %, neighbouring steps are anticorrelated (below −0.15), and validation walks its range 1.5 times.

    ## What to try
    Larger batches; gradient accumulation; a lower learning rate or its decay.

    ## Known limits
    Silent where the batch size is unknown: a high learning rate looks the same there.

    ## References
    Google, Interpreting loss curves; stats.stackexchange.com/questions/255105
    """
    size = batch_size(run)
    train, val = evidence.loss(run, "train"), evidence.loss(run, "val")
    a, b = jitter(train), jitter(val)
    if size is None or size > _FEW or train is None or a is None:
        return
    turns = min(a.turns, b.turns) if b is not None else a.turns
    rough = a.step > 0.01 and (b is None or (b.step > 0.03 and b.path > 1.5))
    if not rough or turns > -0.15:
        return
    yield Finding(
        title=f"Updates of {size:g} sample{'s' if size != 1 else ''} make the curves jitter",
        headline=f"Noisy updates: each sees {size:g} sample{'s' if size != 1 else ''}",
        message=f"Each update sees **{size:g} sample{'s' if size != 1 else ''}**. Training loss moves by about {pct(a.spread)} from "
        f"one {evidence.unit(run)} to the next" + (f", validation loss by {pct(b.spread)}." if b is not None else "."),
        certainty=Certainty.STRONG,
        curves=(train.name, val.name) if val is not None else (train.name,),
        evidence={"batch size": size, "training step": a.step, **({"validation step": b.step} if b else {})},
        why="The gradient of one or two samples points their way, not the way of the data. The weights walk at random around "
        "the solution, and both losses with them. A portion of the samples changes sides each epoch like a coin.",
        causes=ranked("Batches that are too small", "A learning rate too high for them", "Few training samples"),
        check=Check("Train again with batches of 64. If the curves jitter as before, this is wrong."),
        fixes=(
            "Batches of 32 or more, or accumulate gradients",
            lower_rate(run),
            "Average the weights of the last epochs",
        ),
        caveat="With a decaying learning rate the jitter dies out by itself.",
        references=(references.GOOGLE_CURVES, references.FLUCTUATING_ACCURACY),
    )


@rule(severity=Severity.PROBLEM)
def noisy_validation(run: Run, *, times: float = 3.0, step: float = 0.05) -> Iterator[Finding]:
    """Validation jitters far more than training.

    ## What it finds
    A validation loss that jumps from epoch to epoch while the training loss is smooth.

    ## Why it matters
    Any single epoch's value, and the choice of the best epoch, are then partly luck.

    ## How it decides
    After the first third, in logs: validation's step is three times training's and above 5 % of its level, it walks its
    own range twice, and it is no trend. With an accuracy and n samples, the jitter to expect is
    `SE = √(a(1−a)/n)`: the card says how much of it the size explains. PROBLEM only where validation walks far (3
    times its range, a step above 8 %).

    ## What to try
    More validation data; judge the smoothed curve; a lower learning rate late in the run.

    ## Known limits
    On one fixed validation set the epochs share their samples: its size limits what a value means for new data, and how
    many samples near the threshold change sides, not the jitter as such.

    ## References
    Deep Learning Tuning Playbook; stats.stackexchange.com/questions/255105
    """
    val, train = evidence.loss(run, "val"), evidence.loss(run, "train")
    a, b = jitter(train), jitter(val)
    if val is None or a is None or b is None or len(restart_epochs(run)) >= 2:
        return
    if b.step < max(step, times * a.step) or b.path < 2 or b.turns > -0.2:
        return
    accuracy, size = evidence.accuracy(run, "val"), evidence.n_val(run)
    share, band = "", None
    if accuracy is not None and size is not None:
        n = int(size.value)
        error = stats.accuracy_error(float(np.median(accuracy.y)), n)
        share = f" {n:,} samples resolve accuracy to ±{196 * error:.1f} points."
        band = BandPicture(
            "Validation accuracy and what its size resolves",
            tuple(
                (float(x), float(y) - 1.96 * error, float(y), float(y) + 1.96 * error)
                for x, y in zip(*stats.bins(accuracy.x, accuracy.y, 60), strict=True)
            ),
            percent=True,
        )
    far = b.path >= 3 and b.step > 0.08 and matters(run)
    yield Finding(
        title=f"{val.label} jumps by {pct(b.spread)} of its level, training does not",
        headline="Validation is noisy: no single epoch can be trusted",
        message=f"From one {evidence.unit(run)} to the next {val.label} moves by **about {pct(b.spread)}, training loss by "
        f"{pct(a.spread)}**.{share}",
        certainty=Certainty.STRONG,
        severity=Severity.PROBLEM if far else Severity.NOTE,
        curves=(val.name, train.name) if train is not None else (val.name,),
        evidence={"validation step": b.step, "training step": a.step, "walks of its range": b.path},
        why="Training's value is a mean over the whole epoch, which smooths it; validation's is one look at one state of the "
        "weights. Samples near the threshold change sides with every small move, like coins, and a small set has few others.",
        causes=ranked(
            ("The validation set is small", f"{int(size.value):,} samples")
            if size is not None and size.value < 500
            else None,
            "A learning rate that is too high late in the run",
            None if run.facts.has_batchnorm is False else "BatchNorm statistics that follow too fast or too slowly",
            "Many samples near the decision threshold",
            "A few samples with very large losses",
        ),
        check=Check(
            "Evaluate the same weights on another sample of data. If its values jump at the same epochs, the weights jump, not the measure."
        ),
        fixes=(
            "A larger validation set, or cross-validation",
            "Let the learning rate decay",
            "Judge a running mean of 5 epochs, or average the weights",
        ),
        caveat="A jitter that dies out with the learning rate is harmless.",
        references=(references.TUNING_PLAYBOOK, references.FLUCTUATING_ACCURACY),
        picture=band,
    )
