"""A run goes in, harmless marks of a schedule or of a slow start come out: drops, restarts, a late start."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from nbdiag import stats
from nbdiag.finding import Certainty, Check, Finding, Severity
from nbdiag.rules import evidence, references
from nbdiag.rules.base import rule
from nbdiag.rules.wording import num, pct, place
from nbdiag.run import Run


@rule(severity=Severity.GOOD, needs="learning rate")
def lr_drop(run: Run, *, sigmas: float = 3.0) -> Iterator[Finding]:
    """The loss falls suddenly where the learning rate steps down.

    ## What it finds
    A step of the learning rate to half or less, and a training loss that falls with it.

    ## Why it matters
    It is what a step is for: no spike, no luck, no bug.

    ## How it decides
    Between two epochs the rate falls to half or less while it was level before and after. Over the two epochs that follow the training
    loss falls more than `sigmas` (3) times its usual step, or its pace before the step triples.

    ## What to try
    Nothing. If the drop is large, an earlier step saves epochs.

    ## Known limits
    Needs the learning rate of each epoch.

    ## References
    Keras, ReduceLROnPlateau
    """
    rate, train = evidence.learning_rate(run), evidence.loss(run, "train")
    if rate is None or train is None or len(train) < 6 or rate.y.min() <= 0:
        return
    steps = np.flatnonzero(rate.y[1:] <= 0.5 * rate.y[:-1]) + 1
    level = [
        i
        for i in steps
        if i >= 2 and rate.y[i - 1] > 0.9 * rate.y[i - 2] and (i + 1 >= len(rate) or rate.y[i + 1] > 0.9 * rate.y[i])
    ]
    logs = train.logs if train.positive else train.y
    for i in level:
        at = int(np.searchsorted(train.x, rate.x[i]))
        if at < 3 or at + 1 >= len(train):
            continue
        before = logs[max(0, at - 5) : at]
        fall = stats.median(before[-3:]) - stats.median(logs[at : at + 3])
        usual = stats.noise(before) if len(before) >= 4 else stats.noise(logs[:at])
        pace = max(0.0, -stats.trend(np.arange(len(before), dtype=float), before).slope) * 2
        if fall < max(sigmas * usual, 0.05) or fall < 1.5 * pace:
            continue
        unit, where = evidence.unit(run), float(train.x[at])
        yield Finding(
            title=f"The loss drops with the learning rate at {unit} {place(where)}",
            message=f"At {unit} {place(where)} the learning rate went from {num(float(rate.y[i - 1]))} to {num(float(rate.y[i]))}, and "
            f"**`{train.label}` fell by {pct(1 - float(np.exp(-fall)))}**."
            if train.positive
            else f"`{train.label}` fell with the learning rate at {unit} {place(where)}.",
            headline=f"The learning-rate step at {unit} {place(where)} paid off",
            certainty=Certainty.STRONG,
            curves=(train.name, rate.name),
            start=where,
            stop=float(train.x[min(at + 2, len(train) - 1)]),
            evidence={"fall in logs": fall, "rate before": float(rate.y[i - 1]), "rate after": float(rate.y[i])},
            why="With a large rate the weights jump about in the valley; with a smaller one they settle on its floor, at once. "
            "The noise shrinks with it.",
            check=Check(
                "Train once more without the step. If the loss falls as much at that place, it was not the rate."
            ),
            fixes=("Nothing needs to be done", "An earlier step may reach the same level in fewer epochs"),
            caveat="A drop without any change of the schedule would be another matter.",
            references=(references.KERAS_PLATEAU,),
        )
        return


@rule(
    severity=Severity.GOOD,
    needs="learning rate",
    explains=("loss-spike", "loss-bump-recovered", "noisy-validation", "oscillating-loss"),
)
def lr_restarts(run: Run) -> Iterator[Finding]:
    """Bumps of the loss that come with restarts of the learning rate.

    ## What it finds
    A learning rate that falls and jumps up again, at least once, with a loss that rises at the jumps.

    ## Why it matters
    The bumps are part of the schedule: no noise, no divergence.

    ## How it decides
    A jump up by half or more after a fall is a restart (a warm-up only rises). Training loss must be higher after most restarts
    than before them.

    ## What to try
    Compare the ends of cycles with each other, not with the bumps between them. Stop at the end of a cycle.

    ## Known limits
    Needs the learning rate of each epoch.

    ## References
    Loshchilov and Hutter 2016, SGDR
    """
    rate, train = evidence.learning_rate(run), evidence.loss(run, "train")
    if rate is None or train is None or len(train) < 6 or rate.y.min() < 0:
        return
    ups = np.flatnonzero(rate.y[1:] > 1.5 * np.maximum(rate.y[:-1], 1e-300)) + 1
    restarts = [
        int(i) for i in ups if i >= 2 and rate.y[i - 1] < 0.9 * rate.y[:i].max() and rate.y[i - 1] <= rate.y[i - 2]
    ]
    bumps = []
    for i in restarts:
        at = int(np.searchsorted(train.x, rate.x[i]))
        if 1 <= at < len(train) and float(train.y[at : at + 2].max()) > float(train.y[at - 1]):
            bumps.append(float(train.x[at]))
    if not bumps or len(bumps) < 0.5 * len(restarts):
        return
    unit = evidence.unit(run)
    where = ", ".join(place(b) for b in bumps[:6])
    yield Finding(
        title=f"The loss jumps with each restart of the learning rate ({unit}{'s' if len(bumps) > 1 else ''} {where})",
        message=f"The learning rate restarts at {unit}{'s' if len(bumps) > 1 else ''} {where}; **the loss rises there and falls again within the cycle**, as such a "
        "schedule intends.",
        headline="Warm restarts: the bumps are the schedule's",
        certainty=Certainty.STRONG,
        curves=(train.name, rate.name),
        start=bumps[0],
        stop=float(train.x[-1]),
        evidence={"restarts": float(len(restarts)), "with a bump": float(len(bumps))},
        why="A restart throws the weights out of the valley they had settled in, so that a better one can be found. The loss "
        "rises for a few epochs; the end of each cycle is what counts.",
        check=Check("Train once with a rate that only decays. If the bumps stay, the restarts did not make them."),
        fixes=("Nothing needs to be done", "Stop at the end of a cycle, and compare cycles by their ends"),
        caveat="If the ends of the cycles get worse, the restarts do harm.",
        references=(references.WARM_RESTARTS,),
    )


@rule(severity=Severity.GOOD)
def late_start(run: Run, *, share: float = 0.12) -> Iterator[Finding]:
    """The loss stayed at its first level for a good part of the run and then fell by itself.

    ## What it finds
    An early plateau, and a fall after it that no change of the learning rate explains.

    ## Why it matters
    Stopping on the plateau would have looked reasonable. Nothing was broken: training had to leave a saddle first.

    ## How it decides
    For at least `share` (12 %) of the epochs (4 at least) training loss stays within 5 % of what it finally loses; then it falls by a quarter
    of its level or more, and that fall is steeper than anything on the plateau. The learning rate does not rise there.

    ## What to try
    Nothing; a better initialisation, normalisation or a warm-up shortens it.

    ## Known limits
    A learning rate far too low gives a long flat start as well, without the drop.

    ## References
    Saxe et al. 2013, Exact solutions of deep linear networks
    """
    train = evidence.loss(run, "train")
    if train is None or len(train) < 10 or not train.lower_is_better:
        return
    y = train.smoothed
    first, end = stats.median(train.y[:2]), float(y[-max(2, len(y) // 10) :].min())
    fell = first - end
    if fell <= 0.25 * abs(first):
        return
    flat = int(np.argmax(y < first - 0.05 * fell))
    if flat < max(4, share * len(y)) or abs(float(np.ptp(train.y[:flat]))) > 0.1 * fell:
        return
    steepest = float(np.max(-np.diff(y[flat:]))) if len(y) > flat + 1 else 0.0
    slope = 0.05 * fell / flat
    if steepest < 5 * slope:
        return
    rate = evidence.learning_rate(run)
    if rate is not None and len(rate) > 2 and rate.y[: max(2, flat)].max() > 1.5 * rate.y[0]:
        return
    unit, left = evidence.unit(run), float(train.x[flat])
    yield Finding(
        title=f"A late start: no progress until {unit} {place(left)}",
        headline=f"Training left its plateau at {unit} {place(left)}",
        message=f"For {flat} {unit}s `{train.label}` stayed at about {num(first)}; **from {unit} {place(left)} on it fell by itself, to "
        f"{num(train.last)}**.",
        certainty=Certainty.STRONG,
        curves=(train.name,),
        start=float(train.x[0]),
        stop=left,
        evidence={"epochs on the plateau": float(flat), "first level": first, "last level": end},
        why="Near a saddle, with small initial weights or before a first useful feature exists, the gradient is almost zero. "
        "The weights grow slowly until the feature is there, then the loss falls fast.",
        check=Check(
            "Train once more from other initial weights. A plateau that ends elsewhere belongs to the start, not to the data."
        ),
        fixes=(
            "Nothing needs to be done",
            "Shorter next time: another initialisation, normalisation layers, a warm-up",
        ),
        caveat="Had the run ended on the plateau, it would have looked as if it could not learn.",
        references=(references.SADDLES,),
    )
