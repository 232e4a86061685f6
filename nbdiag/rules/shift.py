"""A run goes in, a gap between training and validation that is there from the first epochs on comes out."""

from __future__ import annotations

from collections.abc import Iterator

from nbdiag import stats
from nbdiag.finding import Certainty, Check, Finding, Severity, Table, ranked
from nbdiag.rules import evidence, references
from nbdiag.rules.base import rule
from nbdiag.rules.wording import framework, num, place
from nbdiag.run import Run


@rule(
    severity=Severity.PROBLEM,
    explains=("overfitting", "val-loss-up-accuracy-holding", "generalization-gap", "val-never-improved", "best-epoch-passed",
              "overconfident-wrong"),
)  # fmt: skip
def gap_from_first_epoch(run: Run, *, ratio: float = 2.0) -> Iterator[Finding]:
    """Validation loss is a multiple of training loss from the first epochs on, too early for overfitting.

    ## What it finds
    A gap that is there before the model can have learned anything by heart, and stays.

    ## Why it matters
    It is no overfitting, and the cures for overfitting do not help. The two numbers measure different things, or different data.

    ## How it decides
    Over epochs 1 to 3, against the mean of training's epoch and the next, validation loss is `ratio` (2) times the training
    loss (median of the three), and never less than 1.6 times; the gap is a fifth of the first training loss at least, and
    a quarter of it, and a third of training's level, is still there at the end. Where accuracies are known they must
    differ as well, by 5 points and 3 standard errors, unless the ratio is 4. Needs 5 epochs.

    ## What to try
    Evaluate the training data the way validation is: that decides between mode and data. Then compare preprocessing,
    class shares, weights.

    ## Known limits
    With thousands of updates an epoch, or a tiny training set, the first epoch is enough to overfit. A run that goes on
    from an earlier one's weights has its first epochs behind it.

    ## References
    Large gap between training and validation loss
    """
    both = evidence.pair(run, "loss")
    if both is None or len(both) < 5 or both.train[:3].min() <= 0 or both.val[:3].min() <= 0:
        return
    early = both.val[:3] / both.between[:3]
    # 1.6 is twice, less what one noisy epoch of three may take away.
    if stats.median(early) < ratio or early.min() < 0.8 * ratio:
        return
    gap = both.val - both.between
    first, last = stats.median(gap[:3]), stats.median(gap[-3:])
    if first < 0.2 * both.train[0] or last < 0.25 * first or stats.median((both.val / both.between)[-3:]) < 1.3:
        return
    if not _material(run, stats.median(early), ratio):
        return
    facts = run.facts
    keras = framework(run) == "keras"
    yield Finding(
        title=f"Validation loss is {num(stats.median(early))} times training loss from the first epochs on",
        headline="Training and validation differ from the first epoch on: not overfitting",
        message=f"At {evidence.unit(run)} {place(float(both.x[0]))} training loss is {num(float(both.train[0]))} and validation loss "
        f"**{num(float(both.val[0]))}, before anything can have been learned by heart**; at the end {num(float(both.train[-1]))} and "
        f"{num(float(both.val[-1]))}.",
        certainty=Certainty.STRONG,
        curves=both.curves,
        start=float(both.x[0]),
        evidence={"ratio in epochs 1 to 3": stats.median(early), "gap then": first, "gap at the end": last},
        why="Overfitting takes time: the gap opens as training goes on. A gap at the first epoch means that the two numbers are "
        "measured in different ways (weights, dropout, BatchNorm in evaluation mode) or on different data.",
        causes=ranked(
            "Validation data of another kind: sorted before the split, another source, other preprocessing or scaling",
            None
            if facts.class_weight is False
            else ("The training loss is weighted", "`class_weight` or `sample_weight` do not touch validation"),
            None if facts.has_batchnorm is False else "BatchNorm answers differently in evaluation mode",
            "A few validation samples with huge losses",
            "An epoch of so many updates that overfitting began within it"
            if not facts.n_train or facts.n_train < 200
            else None,
        ),
        check=Check(
            "Evaluate some training data the way validation is evaluated. High too: it is the mode, or the weights. Low: it is the data.",
            "model.evaluate(x_train[:1000], y_train[:1000])"
            if keras
            else "model.eval(); loss_fn(model(x_train), y_train)",
        ),
        fixes=(
            "Shuffle before splitting; stratify by class",
            "Use the same preprocessing for both, fitted on the training data",
            "Do not compare a weighted training loss with an unweighted validation loss",
        ),
        caveat="With thousands of updates an epoch the first epoch can be enough to overfit.",
        references=(references.WEIGHTED_GAP,),
        table=Table(
            ("", "training", "validation"),
            tuple(
                (f"{evidence.unit(run)} {place(float(both.x[i]))}", num(float(both.train[i])), num(float(both.val[i])))
                for i in (0, 1, 2, -1)
            ),
        ),
    )


def _material(run: Run, early: float, ratio: float) -> bool:
    """Whether the gap is more than a few samples at a small loss: seen in the accuracies too, or twice as large again.

    After a first epoch that already solved the task both losses are small, and their ratio hangs on a few samples.
    """
    both, size = evidence.pair(run, "accuracy"), evidence.n_val(run)
    if both is None or len(both) < 3 or early >= 2 * ratio:
        return True
    error = stats.accuracy_error(float(both.val[0]), int(size.value)) if size is not None else 0.0
    return stats.median((both.between - both.val)[:3]) > max(0.05, 3 * error)
