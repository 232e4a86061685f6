"""A run with measured validation samples goes in; whether a few of them or most of them make the loss comes out."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from nbdiag import stats
from nbdiag.finding import Certainty, Check, Finding, SamplesPicture, Severity, Table, ranked
from nbdiag.rules import evidence, references
from nbdiag.rules.base import rule
from nbdiag.rules.calibration import calibration
from nbdiag.rules.rise import LEAST_SHARE, LEAST_WEIGHT, large_rise
from nbdiag.rules.wording import framework, num, pct, place
from nbdiag.run import Run
from nbdiag.samples import SampleLosses

MOST_DRAWN = 10_000
"""More dots than that no picture can tell apart, and a page should not carry them."""


def few(run: Run, samples: SampleLosses, most: float, drop: float, alone: float) -> np.ndarray | None:
    """Indices of the few samples that stand apart with most of the loss, worst first; None where there are none."""
    losses = samples.last
    if len(losses) < 10 or not np.isfinite(losses).all() or losses.min() < 0 or losses.sum() <= 0:
        return None
    order = np.argsort(losses)[::-1]
    top = losses[order[: math.ceil(most * len(losses)) + 1]]
    steps = np.log(np.maximum(top[:-1], 1e-12) / np.maximum(top[1:], 1e-12))
    # A sample that costs less than a guess is no outlier, however little the others cost.
    known = evidence.n_classes(run)
    guess = math.log(max(known.value, 2)) if known and evidence.in_nats(run) else math.log(2)
    costly = top[:-1] >= guess if evidence.in_nats(run) or evidence.task(run) == "classification" else top[:-1] > 0
    steps = np.where(costly, steps, -np.inf)
    for k, least in ((int(np.argmax(steps)) + 1, drop), (1, alone)):
        if steps[k - 1] >= math.log(least) and losses[order[:k]].sum() > 0.5 * losses.sum():
            return order[:k]
    return None


@rule(
    severity=Severity.PROBLEM,
    needs="per-sample validation losses",
    explains=(
        "val-loss-up-accuracy-holding",
        "overfitting",
        "overconfident-wrong",
        "best-epoch-passed",
        "generalization-gap",
        "gap-from-first-epoch",
        "val-never-improved",
        "loss-and-accuracy-both-fall",
        "noisy-validation",
        "label-noise",
        "saturated-outputs",
    ),
)
def loss_hijacked_by_outliers(
    run: Run, *, most: float = 0.03, drop: float = 10.0, alone: float = 3.0
) -> Iterator[Finding]:
    """A few validation samples hold most of the validation loss.

    ## What it finds
    At most `most` (3 %) of the validation samples (at least one) that together hold more than half of the loss, and
    stand apart: the cheapest of them costs `drop` (10) times as much as the dearest of the others, or a
    single one `alone` (3) times as much as the next.

    ## Why it matters
    Cross-entropy has no upper limit: one sample that is wrong with great confidence can cost more than a thousand good
    ones. The mean loss then rises although the model still gets better on all the others, and early stopping on it
    stops for one sample's sake.

    ## How it decides
    It sorts the losses of the single samples at the last epoch and looks for the widest step among the worst 3 %. In
    classification each of the few must cost at least what a guess costs (ln K). And the mean over the others must not
    have risen by more than a tenth since the best epoch, where that was measured. It is a problem where the few decide
    what the curve says: the validation loss rose after its turning point as in `overfitting`, or they add more than a
    tenth of the loss at the start. A healthy model on an easy task has most of its small loss in a few samples, too:
    that is a note.

    ## What to try
    Look at those samples: their labels, and the inputs themselves.

    ## Known limits
    Needs the loss of each sample: given with `sample_losses=`, or measured by the Keras hook.

    ## References
    A loss hijacked by a few outliers; Guo et al. 2017, On calibration of modern neural networks
    """
    samples = run.samples
    if samples is None:
        return
    worst = few(run, samples, most, drop, alone)
    if worst is None:
        return
    rest = np.ones(len(samples), bool)
    rest[worst] = False
    best = samples.best if samples.best is not None and np.isfinite(samples.best).all() else None
    without = float(samples.last[rest].mean())
    mean = float(samples.last.mean())
    if best is not None and without > 1.1 * float(best[rest].mean()) + 1e-6:
        return  # the others rise too
    if _worse_than_nothing(run, samples, rest, without):
        return
    yield _finding(run, samples, worst, rest, mean, without, best)


def _worse_than_nothing(run: Run, samples: SampleLosses, rest: np.ndarray, without: float) -> bool:
    """Whether the other samples cost more than an untrained model, or than stating the targets' mean: it diverged."""
    start = evidence.start_level(run)
    if start is not None and without > start:
        return True
    if evidence.task(run) != "regression" or samples.labels is None:
        return False
    targets = np.asarray(samples.labels, float).reshape(len(samples), -1)[rest]
    return without > 10 * float(targets.var()) + 1e-12


def _decide(run: Run, added: float) -> bool:
    """Whether the few decide what the curve says: it rose after its turn, or they add much to it."""
    start = evidence.start_level(run)
    # A tenth of the loss at the start: up to there `converged` sees no gap to speak of.
    return large_rise(run, 4.0, LEAST_SHARE, LEAST_WEIGHT) is not None or start is None or added > 0.1 * start


def _finding(
    run: Run,
    samples: SampleLosses,
    worst: np.ndarray,
    rest: np.ndarray,
    mean: float,
    without: float,
    best: np.ndarray | None,
) -> Finding:
    n, k = len(samples), len(worst)
    share = float(samples.last[worst].sum() / samples.last.sum())
    who = f"Sample {worst[0]} alone" if k == 1 else f"{k} of {n:,} samples"
    named = describe(samples, int(worst[0]))
    since = f" since epoch {place(samples.best_epoch)}" if samples.best_epoch else ""
    rise = ""
    if best is not None and mean > 1.05 * best.mean():
        rise = (
            f"The validation loss rose from {num(float(best.mean()))} to {num(mean)}{since}, but not for most samples. "
        )
    moved = ""
    if best is not None:
        middle = stats.median(best[rest]), stats.median(samples.last[rest])
        moved = f" The middle of all the others went from {num(middle[0])} to {num(middle[1])}: {'they did not shift' if middle[1] <= 1.1 * middle[0] + 1e-9 else 'they hardly shifted'}."
    calibrated, fix = calibration(samples)
    loss, epoch = evidence.loss(run, "val"), samples.best_epoch
    indices = [int(i) for i in worst[:5]]
    return Finding(
        title=f"{'One sample holds' if k == 1 else f'{k} of {n:,} samples hold'} {pct(share)} of the validation loss",
        headline="A few confident mistakes make the validation loss"
        if k > 1
        else "One sample makes the validation loss",
        message=(
            f"{rise}**{who} hold{'s' if k == 1 else ''} {pct(share)} of it:** {'' if k == 1 else f'the worst is sample {worst[0]}, '}{named}. "
            f"Without {'it' if k == 1 else 'them'} the loss would be {num(without)} instead of {num(mean)}.{moved}{calibrated}"
        ),
        certainty=Certainty.STRONG,
        severity=Severity.PROBLEM if _decide(run, mean - without) else Severity.NOTE,
        curves=(loss.name,) if loss is not None else (),
        start=epoch,
        evidence={"share of the loss": share, "samples": float(k), "loss without them": without, "loss": mean},
        why=(
            "Cross-entropy has no upper limit: a sample that is wrong with great confidence can cost more than a thousand "
            "good ones, while accuracy counts it once. As training goes on the network grows surer of everything, its few "
            "mistakes included."
            if evidence.task(run) == "classification"
            else "A squared error grows with the square of the distance, so a few far targets outweigh all the others."
        ),
        causes=ranked(
            "Wrong labels or odd samples in the validation set"
            if evidence.task(run) == "classification"
            else "Outlying or wrong targets in the validation set",
            "A rare kind of sample that the training set hardly holds",
            "Confidence keeps growing after the answers stopped changing"
            if evidence.task(run) == "classification"
            else None,
        ),
        ruled_out=("broad overfitting: the loss of the other samples did not rise",) if best is not None else (),
        check=Check(
            f"Look at {'this sample' if k == 1 else 'the worst samples'}. If {'its label is' if k == 1 else 'their labels are'} right and {'it looks' if k == 1 else 'they look'} ordinary, this is overfitting instead.",
            _look(run, indices),
        ),
        fixes=(
            f"Correct or drop {'that label' if k == 1 else 'those labels'} and evaluate again.",
            *fix,
            "Bound the confidence: `BinaryCrossentropy(label_smoothing=0.05)`."
            if framework(run) == "keras" and evidence.task(run) == "classification"
            else "Use a loss that does not explode: label smoothing, or Huber for targets.",
            'If only the class counts, watch accuracy instead of the loss: `monitor="val_accuracy"`.'
            if evidence.task(run) == "classification"
            else "Report the median of the errors beside the mean.",
        ),
        caveat=f"the {'sample is' if k == 1 else f'{k} samples are'} like those the model will meet. Then the loss is right to count {'it' if k == 1 else 'them'}.",
        references=(references.OUTLIERS, references.CALIBRATION, references.LOSS_UP_ACCURACY_UP),
        table=_table(run, samples, worst, rest, best),
        picture=picture(samples, worst, share),
    )


def describe(samples: SampleLosses, i: int) -> str:
    """One sample in words: its loss, label, predicted class and confidence, as far as they are known."""
    words = [f"loss {num(float(samples.last[i]))}"]
    if samples.labels is not None and samples.labels.ndim == 1:
        words.append(f"label {samples.labels[i]:g}")
    if samples.predicted is not None:
        words.append(f"predicted {samples.predicted[i]:g}")
    confidence = sureness(samples)
    if confidence is not None:
        words.append(f"confidence {num(float(np.round(confidence[i], 4)))}")
    return ", ".join(words)


def sureness(samples: SampleLosses) -> np.ndarray | None:
    """Probability given to the predicted class, shape ``(n,)``; None where it is not known."""
    if samples.confidence is not None:
        return samples.confidence
    p = samples.probabilities
    if p is None:
        return None
    p = np.asarray(p, float).reshape(len(p), -1)
    sure: np.ndarray = p.max(axis=1) if p.shape[1] > 1 else np.maximum(p[:, 0], 1 - p[:, 0])
    return sure


def picture(samples: SampleLosses, worst: np.ndarray, share: float) -> SamplesPicture:
    """The losses of all samples, the worst named."""
    losses = np.sort(samples.last)[::-1]
    note = ""
    if len(losses) > MOST_DRAWN:
        step = math.ceil(len(losses) / (MOST_DRAWN - 1000))
        losses = np.concatenate([losses[:1000], losses[1000::step]])
        note = f" Beyond the worst 1,000 every {step}th is drawn."
    at = f" at epoch {place(samples.last_epoch)}" if samples.last_epoch else ""
    return SamplesPicture(
        f"Where the validation loss sits{at}",
        tuple(float(v) for v in losses),
        tuple(int(i) for i in worst[:3]),
        caption=f"One dot is one sample; the worst are named by index.{note}",
        marked_note=f"{len(worst)} sample{'s hold' if len(worst) > 1 else ' holds'} {pct(share)} of the loss",
    )


def _table(run: Run, samples: SampleLosses, worst: np.ndarray, rest: np.ndarray, best: np.ndarray | None) -> Table:
    now = f"epoch {place(samples.last_epoch)}" if samples.last_epoch else "last epoch"
    names = "without it" if len(worst) == 1 else f"without the {len(worst)}"
    rows = [
        ("loss", samples.last),
        (names, samples.last[rest]),
        *((f"sample {i}", samples.last[i : i + 1]) for i in worst[:3].tolist()),
    ]
    if best is None:
        return Table(("", now), tuple((name, num(float(v.mean()))) for name, v in rows))
    then = f"epoch {place(samples.best_epoch)}" if samples.best_epoch else "best epoch"
    before = [best, best[rest], *(best[i : i + 1] for i in worst[:3].tolist())]
    return Table(
        ("", then, now),
        tuple((name, num(float(b.mean())), num(float(v.mean()))) for (name, v), b in zip(rows, before, strict=True)),
    )


def _look(run: Run, indices: list[int]) -> str:
    return {
        "keras": f"for i in {indices}:\n    p = model.predict(x_val[i:i+1], verbose=0)\n    print(i, x_val[i], y_val[i], p[0])",
        "torch": f"for i in {indices}:\n    x, y = val_data[i]\n    print(i, x, y, model(x[None]).softmax(1))",
    }.get(framework(run), f"for i in {indices}:\n    print(i, x_val[i], y_val[i])")
