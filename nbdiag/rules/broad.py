"""A run with measured validation samples goes in; whether its validation loss rose for most of them comes out."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from nbdiag.finding import Cause, Certainty, Check, Finding, Severity, Table, ranked
from nbdiag.rules import evidence, references
from nbdiag.rules.base import rule
from nbdiag.rules.calibration import calibration
from nbdiag.rules.per_sample import picture
from nbdiag.rules.wording import num, pct, place
from nbdiag.run import Run


@rule(severity=Severity.NOTE, needs="per-sample validation losses")
def broad_loss_shift(run: Run, *, p: float = 1e-3) -> Iterator[Finding]:
    """The validation loss rose for most samples, not for a few.

    ## What it finds
    Losses of single validation samples whose lower quartile, middle and upper quartile all rose between the best and
    the last epoch.

    ## Why it matters
    It decides between the two readings of a rising validation loss: a few outliers, or overfitting. Here it is not outliers.

    ## How it decides
    The quartiles rise, and more samples got worse than better by a paired sign test at `p` (0.001).

    ## What to try
    As for overfitting: the best epoch, more data, more regularisation.

    ## Known limits
    Needs the loss of each sample at both epochs.

    ## References
    A loss hijacked by a few outliers
    """
    samples = run.samples
    if samples is None or samples.best is None or len(samples) < 10:
        return
    best, last = samples.best, samples.last
    if not (np.isfinite(best).all() and np.isfinite(last).all()):
        return
    before, after = np.quantile(best, (0.25, 0.5, 0.75)), np.quantile(last, (0.25, 0.5, 0.75))
    up, down = int((last > best).sum()), int((last < best).sum())
    if not (after > before).all() or up <= down or last.mean() <= 1.05 * best.mean():
        return
    from scipy.special import bdtr

    if float(bdtr(down, up + down, 0.5)) >= p:
        return
    since = f" since epoch {place(samples.best_epoch)}" if samples.best_epoch else " since the best epoch"
    loss = evidence.loss(run, "val")
    calibrated, fix = calibration(samples)
    yield Finding(
        title=f"The rise is broad: {pct(up / len(last))} of the validation samples got worse",
        message=(
            f"{up:,} of {len(last):,} samples cost more than{since.replace(' since', ' at')}, {down:,} cost less. **The middle of all losses rose from "
            f"{num(float(before[1]))} to {num(float(after[1]))}:** the rise is not the work of a few bad samples.{calibrated}"
        ),
        certainty=Certainty.STRONG,
        curves=(loss.name,) if loss is not None else (),
        start=samples.best_epoch,
        evidence={"samples that got worse": float(up), "samples that got better": float(down)},
        why="If a few odd samples made the loss rise, the quartiles would stay where they were. They all moved up.",
        causes=ranked(
            Cause("Overfitting: what is learned now holds for the training samples only"),
            "Learning rate too high: the model got worse as a whole",
        ),
        ruled_out=("a few outliers: most samples shifted",),
        check=Check("Compare both histograms of the losses. If only their tails differ, this finding is wrong."),
        fixes=("Use the weights of the best epoch.", *fix, "More data, or more regularisation."),
        caveat="best and last were not measured on the same samples in the same order.",
        references=(references.OUTLIERS, references.PRECHELT),
        table=Table(
            ("quartile", "best", "last"),
            tuple(
                (q, num(float(b)), num(float(a)))
                for q, b, a in zip(("25 %", "50 %", "75 %"), before, after, strict=True)
            ),
            key_row=1,
        ),
        picture=picture(
            samples, np.argsort(last)[::-1][:3], float(np.sort(last)[::-1][:3].sum() / max(last.sum(), 1e-12))
        ),
    )
