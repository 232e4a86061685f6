"""A run goes in; whether the model that is evaluated behaves unlike the one that is trained comes out. D16, D17."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from nbdiag import stats
from nbdiag.finding import Cause, Certainty, Check, Finding, Severity, ranked
from nbdiag.rules import arithmetic, evidence, references
from nbdiag.rules.base import rule
from nbdiag.rules.bounds import broken
from nbdiag.rules.needs import classes, needs, pair
from nbdiag.rules.saturated import at_limit, bounds_picture
from nbdiag.rules.wording import framework, label, num, pct, place, span
from nbdiag.run import Run

KERAS_MOMENTUM = 0.99
"""Keras' default: the share of the old moving statistics that stays at each step."""


@rule(
    severity=Severity.PROBLEM,
    explains=(
        "saturated-outputs",
        "prediction-flips-class",
        "constant-prediction",
        "stuck-at-chance",
        "batchnorm-cold-stats",
        "incomplete-epochs",
        "gap-from-first-epoch",
        "generalization-gap",
        "validation-set-mismatch",
        "accuracy-below-chance",
        "val-never-improved",
        "overfitting",
        "val-loss-up-accuracy-holding",
        "best-epoch-passed",
        "overconfident-wrong",
        "loss-and-accuracy-both-fall",
        "noisy-validation",
        "noisy-training",
        "oscillating-loss",
        "divergence",
        "underfitting",
        "plateau",
        "still-improving",
        "converged",
        "late-start",
        "val-better-than-train",
        "train-metric-lag",
    ),
)
def train_eval_mode_mismatch(run: Run) -> Iterator[Finding]:
    """The model that is evaluated behaves unlike the one that is trained.

    ## What it finds
    Validation numbers, from the first epochs on, that the trained model cannot give: each mistake costs a multiple of
    what a training mistake costs; or, in a network with BatchNorm, a validation loss no better than a guess, or
    wildly jumping, while training is well below it.

    ## Why it matters
    BatchNorm normalises with the batch in training and with running averages in evaluation; dropout is on in one and
    off in the other. If the averages are not there yet, the network that is evaluated is not the one that is trained,
    and no validation number says anything about overfitting.

    ## How it decides
    With K classes a right answer costs between 0 and ln K, so the mean cost of a mistake lies between
    (L − a ln K)/(1 − a) and L/(1 − a). In at least two of the first three epochs validation's lower bound is above
    twice training's upper bound and above ln K + 1, and validation is worse than a guess by half. Or BatchNorm is
    known, and within the first epochs validation stays above 3/4 of a guess's loss while training is below 0.65 of
    it (or at a guess's while training is below 3/4), or validation jumps five times as much as training. It is silent where BatchNorm is known to be absent.

    ## What to try
    Evaluate the training data. Numbers like training's refute the mode: then the two data sets differ.

    ## Known limits
    From the curves alone different preprocessing of the two sets looks the same.

    ## References
    Ioffe and Szegedy 2015, Batch normalization; Keras, BatchNormalization, momentum
    """
    facts = run.facts
    if facts.has_batchnorm is False:
        return  # dropout alone makes training look worse, never evaluation
    found = _by_cost(run) or (_by_batchnorm(run) if facts.has_batchnorm else None)
    if found is not None:
        yield found


def _by_cost(run: Run) -> Finding | None:
    known, train, val = classes(run), pair(run, "train"), pair(run, "val")
    if known is None or known.value < 2 or train is None or val is None:
        return None
    if any(needs(run, role, "same-samples", "plain-cross-entropy").broken for role in ("train", "val")):
        return None
    if broken(run, "train") is not None or broken(run, "val") is not None:
        return None  # the two numbers do not belong together: nothing follows from both
    k = int(known.value)
    x, i, j = np.intersect1d(train.x, val.x, return_indices=True)
    if len(x) < 2:
        return None
    low, _ = arithmetic.mistake_cost(val.loss[j], val.accuracy[j], k)
    _, high = arithmetic.mistake_cost(train.loss[i], train.accuracy[i], k)
    with np.errstate(invalid="ignore"):
        apart = (low > 2 * high) & (low > math.log(k) + 1) & (val.loss[j] > 1.5 * math.log(k))
    first = apart[:3]
    if first.sum() < 2:
        return None
    hits = np.flatnonzero(first)
    named = slice(int(hits[0]), int(hits[-1]) + 1)
    saturated, limit = at_limit(run, val, k)
    worst, best = num(math.floor(10 * low[hits].min()) / 10), num(math.ceil(10 * high[hits].max()) / 10)
    unit = evidence.unit(run)
    return _finding(
        run,
        start=float(x[hits[0]]),
        message=(
            f"In {span(float(x[named][0]), float(x[named][-1]), unit)} **one validation mistake costs at least {worst}, one training mistake "
            f"at most {best}.** The weights are the same. So either evaluation mode computes something else than training "
            "mode, or the validation samples are not prepared like the training samples."
        ),
        headline="Do not trust these validation numbers yet",
        summary=f"One mistake costs at least {worst} in validation and at most {best} in training "
        f"({span(float(x[named][0]), float(x[named][-1]), unit)}). That is not overfitting{_no_nan(run)}.",
        evidence={
            "validation mistake, at least": float(low[hits].min()),
            "training mistake, at most": float(high[hits].max()),
        },
        ruled_out=(
            f"gradual overfitting: a validation mistake cost {num(float(low[hits[0]]))} in {unit} {place(float(x[hits[0]]))} already",
            f"NaN: all {len(run):,} values are finite" if _no_nan(run) else "",
        ),
        curves=(*val.names, *train.names),
        picture_of=(k, limit if saturated.any() else None),
    )


def _by_batchnorm(run: Run) -> Finding | None:
    both, val, train = evidence.pair(run, "loss"), evidence.loss(run, "val"), evidence.loss(run, "train")
    if both is None or val is None or train is None or len(both) < 4 or not (val.positive and train.positive):
        return None
    guess = evidence.chance(run, "val")
    level = guess.loss if guess is not None and guess.loss is not None else float(max(both.val[0], both.train[0]))
    early = slice(0, max(3, math.ceil(0.1 * len(both))))
    val_share, train_share = both.val[early] / level, both.between[early] / level
    behind = ((val_share >= 0.75) & (train_share <= 0.65)) | ((val_share >= 0.98) & (train_share <= 0.75))
    noisy_val, noisy_train = stats.noise(np.log(val.y)), stats.noise(np.log(train.y))
    # 0.2: a fifth up or down from epoch to epoch; a validation set's size does not move a mean that much.
    wild = noisy_val > 5 * noisy_train and noisy_val > 0.2
    if behind.sum() < 2 and not wild:
        return None
    i = int(np.flatnonzero(behind)[0]) if behind.any() else int(np.argmax(np.abs(np.diff(np.log(both.val)))))
    unit = evidence.unit(run)
    if behind.sum() >= 2:
        message = (
            f"At {unit} {place(float(both.x[i]))} {label(train.raw)} is {num(float(both.train[i]))}, {label(val.raw)} {num(float(both.val[i]))}, "
            f"near the {num(level)} of a guess. **So early that is no overfitting: with BatchNorm, the network that is evaluated "
            "is not yet the one that is trained.**"
        )
    else:
        message = (
            f"{label(val.raw)} jumps by {pct(noisy_val)} from {unit} to {unit}, {label(train.raw)} by {pct(noisy_train)}. **The same "
            "weights give steady numbers in training mode and wild ones in evaluation mode.**"
        )
    return _finding(
        run,
        start=float(both.x[i]),
        message=message,
        headline="Evaluation behaves unlike training",
        evidence={"validation loss": float(both.val[i]), "training loss": float(both.train[i])},
        ruled_out=(),
        curves=both.curves,
        picture_of=None,
    )


def _no_nan(run: Run) -> str:
    """That none of the values is NaN, in words; empty where one is."""
    return f", and none of the {len(run):,} values is NaN" if all(c.known("values") for c in run.curves()) else ""


def _finding(
    run: Run,
    *,
    start: float,
    message: str,
    headline: str,
    summary: str = "",
    evidence: dict[str, float | str],
    ruled_out: tuple[str, ...],
    curves: tuple[str, ...],
    picture_of: tuple[int, float | None] | None,
) -> Finding:
    facts = run.facts
    return Finding(
        title="Evaluation behaves unlike training",
        headline=headline,
        summary=summary,
        message=message,
        certainty=Certainty.LIKELY,
        curves=curves,
        start=start,
        evidence=evidence,
        why=_why(run),
        causes=_causes(run),
        ruled_out=tuple(filter(None, ruled_out)),
        check=Check(
            "Evaluate the training data. A loss like training's refutes the mode: then the validation data differ.",
            {
                "keras": "model.evaluate(x_train, y_train)  # or: model.evaluate(train_generator, steps=…)",
                "torch": "model.eval()\nwith torch.no_grad():\n    print(criterion(model(x_train), y_train))",
            }.get(framework(run), ""),
        ),
        fixes=(
            "`BatchNormalization(momentum=0.9)`"
            if framework(run) == "keras"
            else "`BatchNorm…(momentum=0.1)` or larger; batches of 16 or more.",
            "Make an epoch a full pass: leave out `steps_per_epoch`."
            if facts.steps_per_epoch is not None and framework(run) == "keras"
            else "Take more steps before the first evaluation.",
            "Give both sides the same scaling, such as `ImageDataGenerator(rescale=1/255)`."
            if framework(run) == "keras"
            else "Prepare both sides with the same code.",
            *(
                ()
                if framework(run) == "keras"
                else ("Call `model.eval()` before and `model.train()` after evaluation.",)
            ),
        ),
        caveat="the network has no BatchNorm and both sides are prepared alike. Then compare the labels of the two.",
        references=(references.BATCHNORM, references.KERAS_BATCHNORM, references.WILD_ACCURACY),
        picture=bounds_picture(run, *picture_of) if picture_of is not None else None,
    )


def steps_so_far(run: Run) -> tuple[int, float] | None:
    """Steps in one epoch and in all epochs so far, where they are known or follow from the sizes."""
    facts = run.facts
    each = facts.steps_per_epoch or run.reached[2]
    if each is None and facts.n_train and facts.batch_size:
        each = math.ceil(facts.n_train / facts.batch_size)
    main = evidence.loss(run, "train") or evidence.loss(run, "val")
    if each is None or main is None or run.last_epoch is None:
        return None
    # Counted from the first epoch, which may have any number; a log of every tenth epoch begins with ten of them.
    stride = stats.median(np.diff(main.raw.x)) if len(main.raw) > 1 else 1.0
    return int(each), each * (run.last_epoch - float(main.raw.x[0]) + stride)


def _why(run: Run) -> str:
    steps, facts = steps_so_far(run), run.facts
    momentum = facts.batchnorm_momentum or (KERAS_MOMENTUM if framework(run) == "keras" else None)
    have = "" if facts.has_batchnorm else "If there is BatchNorm, it"
    text = f"{have or 'BatchNorm'} normalises with each batch in training, with running averages in evaluation."
    if steps is not None and momentum is not None and arithmetic.old_share(momentum, steps[0]) > 0.1:
        first, now = arithmetic.old_share(momentum, steps[0]), arithmetic.old_share(momentum, steps[1])
        text += (
            f" At {steps[0]} steps per epoch and `momentum={momentum:g}` these still hold {pct(round(first, 2))} of their initial "
            f"values after epoch 1 and {pct(round(now, 2))} after epoch {place(run.last_epoch or 1)}."
        )
    return text + " The network that is evaluated is then not yet the one that is trained."


def _causes(run: Run) -> tuple[Cause, ...]:
    facts, steps = run.facts, steps_so_far(run)
    tiny = None
    if steps is not None and steps[0] < 50:
        batch = facts.batch_size or 32
        assumed = "" if facts.batch_size else "with batches of 32 "
        tiny = Cause(f"An epoch is only {steps[0]} steps", f"{assumed}these are {steps[0] * batch} samples")
    return ranked(
        Cause("BatchNorm averages still cold", f"{steps[1]:g} steps so far" if steps else "")
        if facts.has_batchnorm is not False
        else None,
        tiny,
        Cause("Batches too small for BatchNorm", f"{facts.batch_size} samples")
        if facts.batch_size and facts.batch_size < 8 and facts.has_batchnorm
        else None,
        Cause(
            "Validation samples scaled differently",
            "such as `rescale=1/255` on one side only" if framework(run) == "keras" else "",
        ),
        Cause("Dropout left on in one of the two", "`model.eval()` missing")
        if facts.has_dropout is not False and framework(run) != "keras"
        else None,
        Cause("Learning rate too high", "but then the training loss would suffer as well"),
    )
