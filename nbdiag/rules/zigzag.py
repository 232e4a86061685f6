"""A run goes in, findings on losses that zigzag come out: by the learning rate, or by updates of very few samples."""

from __future__ import annotations

from collections.abc import Iterator

from nbdiag.finding import Certainty, Check, Finding, Severity, ranked
from nbdiag.rules import evidence, references
from nbdiag.rules.base import rule
from nbdiag.rules.jitter import batch_size, jitter, matters
from nbdiag.rules.needs import averages_epochs
from nbdiag.rules.spikes import restart_epochs
from nbdiag.rules.wording import lower_rate, num, pct
from nbdiag.run import Run

_FEW = 4  # samples an update: the mean of so few gradients is mostly noise


@rule(
    severity=Severity.PROBLEM,
    explains=("noisy-validation", "plateau", "loss-bump-recovered", "best-epoch-passed", "learning-rate-out-of-range"),
)
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
    After the first third, in logs: the robust step is above `train_step` (5 %) for training and `val_step` (10 %) for
    validation, both curves walk their own range at least `path` (2.5) times, one of them strays by a sixth of its level (or training walks it 4 times), and neighbouring steps are anticorrelated.
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
    Google, Interpreting loss curves; Why validation accuracy fluctuates
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
