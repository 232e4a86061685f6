"""A run goes in, a validation that jitters far more than training comes out."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from nbdiag import stats
from nbdiag.finding import BandPicture, Certainty, Check, Finding, Severity, ranked
from nbdiag.rules import evidence, references
from nbdiag.rules.base import rule
from nbdiag.rules.jitter import jitter, matters
from nbdiag.rules.spikes import restart_epochs
from nbdiag.rules.wording import num, pct, place
from nbdiag.run import Run


@rule(severity=Severity.PROBLEM)
def noisy_validation(run: Run, *, times: float = 3.0, step: float = 0.05) -> Iterator[Finding]:
    """Validation jitters far more than training.

    ## What it finds
    A validation loss that jumps from epoch to epoch while the training loss is smooth.

    ## Why it matters
    Any single epoch's value, and the choice of the best epoch, are then partly luck.

    ## How it decides
    After the first third, in logs: validation's step is `times` (3) times training's and above `step` (5 %) of its level, it walks its
    own range twice, and it is no trend. With an accuracy and n samples, the jitter to expect is
    `SE = √(a(1−a)/n)`: the card says how much of it the size explains. In a log of 4 to 9 points an accuracy that falls
    and climbs by a tenth and by `4·√2·SE` is noted. PROBLEM only where validation walks far (3
    times its range, a step above 8 %) and still does at the end (a step above 5 % in the last quarter).

    ## What to try
    More validation data; judge the smoothed curve; a lower learning rate late in the run.

    ## Known limits
    On one fixed validation set the epochs share their samples: its size limits what a value means for new data, and how
    many samples near the threshold change sides, not the jitter as such.

    ## References
    Deep Learning Tuning Playbook; Why validation accuracy fluctuates
    """
    val, train = evidence.loss(run, "val"), evidence.loss(run, "train")
    a, b = jitter(train), jitter(val)
    if b is None and (jumped := _jumps(run)) is not None:
        yield jumped
    if val is None or a is None or b is None or len(restart_epochs(run)) >= 2:
        return
    if b.step < max(step, times * a.step) or b.path < 2 or b.turns > -0.2:
        return
    accuracy, size = evidence.accuracy(run, "val"), evidence.n_val(run)
    share, band = "", None
    if accuracy is not None and size is not None:
        n = int(size.value)
        error = stats.accuracy_error(stats.median(accuracy.y), n)
        share = f" {n:,} samples resolve accuracy to ±{196 * error:.1f} points."
        band = BandPicture(
            "Validation accuracy and what its size resolves",
            tuple(
                (float(x), float(y) - 1.96 * error, float(y), float(y) + 1.96 * error)
                for x, y in zip(*stats.bins(accuracy.x, accuracy.y, 60), strict=True)
            ),
            percent=True,
        )
    # A jitter that has died out, mostly with the learning rate, harms nothing any more.
    end = val.logs[-max(8, len(val) // 4) :]
    far = b.path >= 3 and b.step > 0.08 and stats.noise(end) > step and matters(run)
    yield Finding(
        title=f"{val.label} jumps by {pct(b.spread)} of its level, training does not",
        headline="Validation is noisy: no single epoch can be trusted",
        message=f"From one {evidence.unit(run)} to the next `{val.label}` moves by **about {pct(b.spread)}, training loss by "
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


def _jumps(run: Run) -> Finding | None:
    """Validation accuracy that jumps up and down by more than its size explains, in a log of a few points."""
    accuracy, size = evidence.accuracy(run, "val"), evidence.n_val(run)
    if accuracy is None or size is None or not 4 <= len(accuracy) < 10:
        return None
    steps, n = np.diff(accuracy.y), int(size.value)
    error = stats.accuracy_error(stats.median(accuracy.y), n)
    # A tenth is more than any epoch of ordinary training loses; four standard errors are more than the sample does.
    least = max(0.1, 4 * 2**0.5 * error)
    back = int(np.argmin(steps))
    if steps[back] > -least or steps.max() < least:
        return None
    unit = evidence.unit(run)
    return Finding(
        title=f"{accuracy.label} falls by {-100 * float(steps[back]):.0f} points between two logged {unit}s",
        headline="Validation accuracy jumps up and down",
        message=f"`{accuracy.label}` went from {num(float(accuracy.y[back]))} at {unit} {place(float(accuracy.x[back]))} to "
        f"{num(float(accuracy.y[back + 1]))} at {unit} {place(float(accuracy.x[back + 1]))}: **{-100 * float(steps[back]):.0f} points, "
        f"where {n:,} samples explain ±{196 * error:.1f}**.",
        certainty=Certainty.STRONG,
        severity=Severity.NOTE,
        curves=(accuracy.name,),
        start=float(accuracy.x[back]),
        stop=float(accuracy.x[back + 1]),
        evidence={"largest fall": -float(steps[back]), "standard error": error, "samples": size.value},
        why="So many samples change sides only if the model moves, or if many of them lie near the decision threshold. Then a "
        "small move of the weights, or of the last bias, carries them across together.",
        causes=ranked(
            "Many samples near the decision threshold: a model that answers nearly the same for all",
            "A learning rate that is too high",
            None if run.facts.has_batchnorm is False else "BatchNorm statistics that follow too fast or too slowly",
        ),
        check=Check("Look at the distribution of the predicted probabilities: a heap near the threshold confirms it."),
        fixes=(
            "Judge by the loss, or by a metric without a threshold (AUC)",
            "Lower the learning rate",
            "Log every epoch",
        ),
        caveat="Between logged epochs lie many that were not logged: the accuracy may have moved slowly.",
        references=(references.FLUCTUATING_ACCURACY,),
    )
