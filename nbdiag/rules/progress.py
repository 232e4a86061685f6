"""A run goes in, findings on its pace go out: still improving, slow, too short to judge."""

from __future__ import annotations

import math
from collections.abc import Iterator

from nbdiag import stats
from nbdiag.finding import BandPicture, Certainty, Check, Finding, Severity, ranked
from nbdiag.rules import evidence, references
from nbdiag.rules.base import rule
from nbdiag.rules.evidence import Series
from nbdiag.rules.settling import TREND_POINTS, TURN_POINTS, Forecast, forecast
from nbdiag.rules.wording import framework, num, pct, place
from nbdiag.run import Run


@rule(severity=Severity.NOTE)
def still_improving(run: Run, *, least: float = 0.12) -> Iterator[Finding]:
    """The loss was still falling when training ended.

    ## What it finds
    A validation loss (without one: a training loss) whose last third still falls, by more than its noise, and fast
    enough that as many epochs again would lower it noticeably.

    ## Why it matters
    The run was stopped early. A comparison with another setting now compares speeds, not results.

    ## How it decides
    Theil-Sen slopes of the log loss over the last third and the last sixth tell how fast it falls and how fast it
    flattens (ratio q). Going on like that for as long again gains `1 − exp(slope·tau·(1 − exp(−length/tau)))`, with
    `tau = −length/12/ln q`. The gain must be `least` (12 %) or more, and the fall of the last third beyond 1.5 standard errors.

    ## What to try
    Train on, from where you are where you can. With a learning-rate schedule, plan it for the longer run.

    ## Known limits
    A loss may stop falling at any time, or turn. Nothing is said of more than twice the present length.

    ## References
    Deep Learning Tuning Playbook
    """
    if run.status == "running":
        return  # it goes on by itself
    main = evidence.loss(run, "val") or evidence.loss(run, "train")
    if main is None or not evidence.complete(run) or not main.lower_is_better or main.y[-1] > 0.98 * main.y[0]:
        return
    ahead, train = forecast(main), evidence.loss(run, "train")
    if ahead is None or not ahead.falling or ahead.gain < least:
        return
    if train is not None and (onward := forecast(train)) is not None and onward.gain < least / 3:
        return
    # Below a hundredth of where it began, a further fall of the loss changes no answer.
    if ahead.now < 0.01 * abs(evidence.start_level(run) or 0.0):
        return
    unit = evidence.unit(run)
    more = int(float(f"{max(1.0, float(main.x[-1] - main.x[0]) + 1):.2g}"))
    # Where the curve falls steadily, its last value is its level; the median of three lags behind.
    level = main.last if float(main.y[-3]) >= float(main.y[-2]) >= float(main.y[-1]) else ahead.now
    aim = level * (1 - ahead.gain)
    if aim >= main.last:
        return  # it is there already: this curve jumps more than it falls
    yield Finding(
        title=f"{main.label} is still falling",
        headline=f"Still improving at {unit} {place(float(main.x[-1]))}: train longer",
        message=f"Over the last {unit}s `{main.label}` fell to {'' if level == main.last else 'about '}{num(level)} and has not flattened. **{more} more "
        f"{unit}s could bring it to about {num(aim)}**, {pct(ahead.gain)} lower (at its pace so far).",
        certainty=Certainty.LIKELY,
        curves=(main.name,),
        start=ahead.start,
        stop=float(main.x[-1]),
        evidence={"expected gain": ahead.gain, "at least": ahead.least, "at most": ahead.most, "level now": ahead.now},
        why="A loss that still falls in a line has not met its floor: neither the data nor the model limits it yet, only "
        "the number of updates made so far.",
        causes=ranked(
            f"Too few {unit}s",
            "A learning rate that is too low, or decays too early",
        ),
        check=Check(
            f"Train {max(1, more // 2)} {unit}s more. If {main.label} does not fall below {num(ahead.now)}, this is wrong."
        ),
        fixes=(
            f"Train about {more} {unit}s more"
            + (" (`model.fit(..., initial_epoch=...)` goes on where it stopped)" if framework(run) == "keras" else ""),
            "Or raise the learning rate, if the curve falls in a straight line",
        ),
        caveat="The forecast assumes that the curve flattens as most do. It may turn instead: keep the best weights.",
        references=(references.TUNING_PLAYBOOK,),
        picture=_band(main, ahead, more),
    )


def _band(main: Series, ahead: Forecast, more: int) -> BandPicture:
    """The last part of the curve and the forecast after it."""
    x, y = main.x[-12:], main.y[-12:]
    points = [(float(a), float(b), float(b), float(b)) for a, b in zip(x, y, strict=True)]
    points.append(
        (
            float(x[-1]) + more,
            ahead.now * (1 - ahead.most),
            ahead.now * (1 - ahead.gain),
            ahead.now * (1 - ahead.least),
        )
    )
    return BandPicture(f"{main.label} and where it goes", tuple(points), forecast_from=float(x[-1]))


@rule(severity=Severity.NOTE, explains=("plateau",))
def slow_progress(run: Run) -> Iterator[Finding]:
    """The training loss falls, but in a straight, shallow line.

    ## What it finds
    A training loss that improves beyond its noise over the whole run, near-linearly, so slowly that halving it would
    take more than five times as many epochs as the run had.

    ## Why it matters
    A healthy curve falls fast, then flattens. A straight shallow one is what a learning rate far too low looks like.

    ## How it decides
    Mann-Kendall z ≤ −4 on the log loss; both halves have slopes within a factor 1.5; the projected time to halve the
    loss exceeds five run lengths.

    ## What to try
    Raise the learning rate by 3 to 10.

    ## Known limits
    Fine-tuning starts near its goal, and an irreducible loss cannot be halved.

    ## References
    CS231n, Learning and evaluation
    """
    train = evidence.loss(run, "train")
    if train is None or len(train) < TURN_POINTS or not train.positive or not train.lower_is_better:
        return
    whole = stats.trend(train.x, train.logs)
    half = len(train) // 2
    first, second = stats.trend(train.x[:half], train.logs[:half]), stats.trend(train.x[half:], train.logs[half:])
    length = float(train.x[-1] - train.x[0])
    if whole.z > -4 or first.slope >= 0 or second.slope >= 0 or not 1 / 1.5 < first.slope / second.slope < 1.5:
        return
    halving = math.log(2) / -whole.slope
    # A fall that the printed digits hardly show is no progress at all: another finding.
    if halving < 5 * length or -whole.change < 0.01:
        return
    unit = evidence.unit(run)
    yield Finding(
        title=f"{train.label} falls slowly, in a straight line",
        headline=f"Slow: {train.label} fell by {pct(1 - train.last / train.first)} in {len(train):,} {unit}s",
        message=f"`{train.label}` fell from {num(train.first)} to {num(train.last)} in {len(train):,} {unit}s; **at this "
        f"pace it takes {halving:.0f} {unit}s to halve**.",
        certainty=Certainty.LIKELY,
        curves=(train.name,),
        evidence={"epochs to halve": halving},
        why="Each update moves the weights by the learning rate times the gradient. With a rate far too low the loss "
        "walks down the same slope at the same pace and never reaches the bend that healthy curves show.",
        causes=ranked(
            "The learning rate is too low", "Most weights are frozen", "The task starts near its floor (fine-tuning)"
        ),
        check=Check("Train 3 epochs with ten times the learning rate. If the loss falls no faster, this is wrong."),
        fixes=("Raise the learning rate by a factor of 3 to 10", "Use an adaptive optimizer, such as Adam"),
        caveat="When fine-tuning, a slow fall is intended.",
        references=(references.CS231N,),
    )


@rule(severity=Severity.NOTE)
def too_short_to_judge(run: Run) -> Iterator[Finding]:
    """Too few epochs for a trend.

    ## What it finds
    A run of fewer than 4 epochs that has ended.

    ## Why it matters
    Silence about overfitting or plateaus means nothing here. Exact identities are still checked.

    ## How it decides
    Fewer than 4 epochs: no trend rule speaks. Fewer than 8: no turning point.

    ## What to try
    Train longer, or look within the epoch: print the loss every few steps.

    ## Known limits
    One epoch can be a complete training (large language models): then the step curve is the curve to read.

    ## References
    Deep Learning Tuning Playbook
    """
    main = evidence.loss(run, "train") or evidence.loss(run, "val")
    if main is None or run.status == "running" or len(main) >= TREND_POINTS or main.raw.per == "step":
        return
    unit = evidence.unit(run)
    yield Finding(
        title=f"{len(main)} {unit}{'s are' if len(main) > 1 else ' is'} too few to judge",
        headline="Too early to judge",
        message=f"The run has {len(main)} {unit}{'s' if len(main) > 1 else ''}: **a trend needs {TREND_POINTS}, a turning "
        f"point {TURN_POINTS}**. What arithmetic proves was checked all the same.",
        certainty=Certainty.EXACT,
        curves=(main.name,),
        evidence={"epochs": len(main)},
        why="With so few points any rise or fall may be noise.",
        check=Check(f"Train {TURN_POINTS} {unit}s and look again."),
        caveat="One epoch over very much data is a whole training: then the curve of its steps is the one to read.",
        fixes=(f"Train at least {TURN_POINTS} {unit}s", "Or log the loss within the epoch"),
        references=(references.TUNING_PLAYBOOK,),
    )
