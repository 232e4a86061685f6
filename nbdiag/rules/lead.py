"""A run goes in, findings on a validation that is better than training come out: throughout, or at first only."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from nbdiag import stats
from nbdiag.finding import Certainty, Check, Finding, Severity, ranked
from nbdiag.rules import evidence, references
from nbdiag.rules.base import rule
from nbdiag.rules.evidence import Pair
from nbdiag.rules.wording import framework, num, pct, place
from nbdiag.run import Run

_BETTER = 0.7  # of the epochs: "throughout", with room for noise


@rule(severity=Severity.NOTE)
def val_better_than_train(run: Run) -> Iterator[Finding]:
    """Validation is better than training throughout.

    ## What it finds
    A validation loss below the training loss in at least 70 % of the epochs, after the half-epoch shift, to the end.

    ## Why it matters
    Mostly harmless: dropout, augmentation and penalties make training harder than evaluation. Sometimes the validation set
    is easier than it should be, or holds copies of training samples.

    ## How it decides
    Validation is compared with the mean of training's epoch and the next. It must be lower by more than 2 standard
    errors of that difference, and 3 %, in 70 % of the epochs (half of them where dropout, augmentation or a penalty is
    known) and in the last fifth. Where none is known, the lead in accuracy must exceed 3 standard errors of both sets'
    sizes, or, without an accuracy, a fifth of the validation loss.

    ## What to try
    Evaluate the training data in evaluation mode; look for duplicates.

    ## Known limits
    With few epochs of fast learning the shift corrects only the straight part of the lag.

    ## References
    Keras, Why is my training loss much higher than my testing loss?
    """
    both = evidence.pair(run, "loss")
    if both is None or len(both) < 6:
        return
    lead = both.between - both.val
    sigma = max(stats.noise(lead), both.rounding[1])
    better = lead > np.maximum(2 * sigma, 0.03 * np.abs(both.val))
    tail = max(2, len(both) // 5)
    facts, unit = run.facts, evidence.unit(run)
    reasons = {"dropout": facts.has_dropout, "augmentation": facts.augmentation, "a penalty": facts.has_penalty}
    harder = [word for word, on in reasons.items() if on]
    # Where something is known to make training harder, the lead may open only once the model has learned.
    throughout = better[:-1].mean() >= (0.5 if harder else _BETTER) and better[-tail:].mean() >= _BETTER
    if not throughout or stats.median(lead) < 0.01 * abs(evidence.start_level(run) or 0.0):
        return
    if not harder and not _clear(run, both):
        return
    amount = stats.median(lead[-tail:])
    yield Finding(
        title="Validation is better than training throughout",
        message=f"Validation loss lies below training loss in {pct(float(better[:-1].mean()))} of the {unit}s, **at the end by {num(amount)}**"
        + (
            f"; {' and '.join(harder)} make{'s' if len(harder) == 1 else ''} training harder than evaluation."
            if harder
            else "."
        ),
        certainty=Certainty.STRONG,
        curves=both.curves,
        evidence={"lead at the end": amount, "share of epochs": float(better.mean())},
        why="Training's value is measured while dropout and augmentation are on and the penalty is added, and as a mean over "
        "an epoch in which the model still improved. Validation's is measured after it, without them.",
        causes=ranked(
            ("Dropout or augmentation, active in training only", "this run has " + " and ".join(harder))
            if harder
            else (
                None
                if facts.has_dropout is False and facts.augmentation is False
                else "Dropout or augmentation, active in training only"
            ),
            "A penalty that is added to the training loss only",
            "Noise in the training labels that validation does not have",
            "An easier validation set, or copies of training samples in it",
        ),
        check=Check(
            "Evaluate the training data in evaluation mode. If it is then as good as validation, all is well.",
            "model.evaluate(x_train, y_train)" if framework(run) == "keras" else "",
        ),
        fixes=("Nothing, if dropout or augmentation explain it", "Otherwise look for duplicates across the split"),
        caveat="Without dropout, augmentation or penalty, look for copies of training samples in the validation set.",
        references=(references.KERAS_FAQ,),
    )


def _clear(run: Run, losses: Pair) -> bool:
    """Whether the lead is more than which samples fell into which set: 3 standard errors of the accuracies.

    Where no accuracy or no size is known: a fifth of the validation loss; sampling explains a tenth now and then.
    """
    both, size = evidence.pair(run, "accuracy"), evidence.n_val(run)
    if both is None or size is None:
        known_off = run.facts.has_dropout is False and run.facts.augmentation is False
        k = max(2, len(losses) // 4)
        lead, level = stats.median((losses.between - losses.val)[-k:]), stats.median(losses.val[-k:])
        return not known_off and lead > 0.2 * abs(level)
    k = max(2, len(both) // 4)
    train, val = stats.median(both.between[-k:]), stats.median(both.val[-k:])
    n = int(size.value)
    error = (stats.accuracy_error(val, n) ** 2 + stats.accuracy_error(train, run.facts.n_train or n) ** 2) ** 0.5
    return bool(val - train > 3 * error)


@rule(severity=Severity.GOOD)
def train_metric_lag(run: Run, *, share: float = 0.08) -> Iterator[Finding]:
    """Validation is better than training in the first epochs only because training's value is a running mean.

    ## What it finds
    A first epoch or more in which validation is better, and the lead goes once training slows down.

    ## Why it matters
    It looks like a fault and is none: training's value is a mean over the epoch, half an epoch behind.

    ## How it decides
    Validation below training in the first epoch by a tenth and more; after the half-epoch shift the lead shrinks by half at least, or it is gone in
    the later part of the run. It must last for `share` (8 %) of the run: one epoch of
    many nobody wonders about.

    ## What to try
    Nothing. Draw the training curve half an epoch to the left.

    ## Known limits
    In runs of two or three epochs lag and dropout look alike.

    ## References
    Keras, Why is my training loss much higher than my testing loss?
    """
    both = evidence.pair(run, "loss")
    if both is None or len(both) < 3 or run.facts.loss_is == "last-batch":
        return
    lead = both.train - both.val
    early = lead[0] > 0.15 * abs(both.val[0]) and lead[0] > 0.05 * abs(float(both.train[0]))
    if not early:
        return
    later = lead[max(2, len(lead) // 2) :]
    gone = stats.median(later) < 0.25 * lead[0]
    # In a run too short for the lead to go, the half-epoch shift takes most of it away.
    shifted = len(lead) < 8 and stats.median((both.between - both.val)[:-1]) < 0.5 * stats.median(lead[:-1])
    if (
        not (gone or shifted)
        or not evidence.complete(run)
        or next(val_better_than_train.function(run), None) is not None
    ):
        return
    # One epoch of many is not seen as a pattern by anybody.
    ends = int(np.argmax(lead < 0.25 * lead[0])) if bool((lead < 0.25 * lead[0]).any()) else len(lead)
    if ends < share * len(lead):
        return
    stop = float(both.x[min(ends, len(lead) - 1)])
    yield Finding(
        title="Training looks worse than validation at first: its value lags",
        message=f"At {evidence.unit(run)} {place(float(both.x[0]))} training loss is {num(float(both.train[0]))}, validation loss {num(float(both.val[0]))}. **Training's value is the mean "
        "over the epoch, validation's is taken after it**; the lead is gone once learning slows down.",
        certainty=Certainty.LIKELY,
        curves=both.curves,
        start=float(both.x[0]),
        stop=max(stop, float(both.x[0])),
        evidence={"lead in the first epoch": float(lead[0]), "lead later": stats.median(later)},
        why="While the model improves fast, the mean over an epoch is half an epoch old when the epoch ends.",
        check=Check(
            "Evaluate the training data after the first epoch. If it is still behind validation, the lag is not the reason."
        ),
        fixes=("Nothing needs to be done",),
        caveat="If the lead stays, dropout or augmentation cause it, or the validation set is easier.",
        references=(references.KERAS_FAQ,),
    )
