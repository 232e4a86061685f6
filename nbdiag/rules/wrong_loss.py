"""A run goes in; a loss or an accuracy that does not fit the task comes out. D12, D13."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from nbdiag.curve import Curve
from nbdiag.finding import Cause, Certainty, Check, Finding, Severity, ranked
from nbdiag.metrics import loss_family
from nbdiag.rules import evidence, references, suspects
from nbdiag.rules.base import rule
from nbdiag.rules.needs import averages_epochs, pair
from nbdiag.rules.wording import at, framework, label, num, place
from nbdiag.run import Run


@rule(
    severity=Severity.BROKEN,
    explains=(
        "stuck-at-chance",
        "constant-prediction",
        "accuracy-below-chance",
        "loss-metric-mismatch",
        "uninformative-metric",
        "overconfident-wrong",
    ),
    needs="the task, or the loss of a regression",
)
def accuracy_on_regression(run: Run) -> Iterator[Finding]:
    """Accuracy is reported for a task that has no classes.

    ## What it finds
    An accuracy near 0 that hardly moves, beside the loss of a regression that falls.

    ## Why it matters
    Accuracy counts predictions that equal their targets. Continuous targets are hardly ever equal to anything, so it
    says nothing about the model, good or bad.

    ## How it decides
    The task is known to be a regression, or the loss is mean squared or absolute error and no number of classes is
    known. Every accuracy is at most 0.1 and they move by at most 0.05, while the loss falls by a tenth or more.

    ## What to try
    Report the mean absolute error or R².

    ## Known limits
    Targets that are often exactly 0 give an accuracy that is not near 0.

    ## References
    Keras, Accuracy metrics
    """
    facts, family = run.facts, loss_family(run.facts.loss)
    regression = facts.task == "regression" or (family in ("mse", "mae") and facts.task is None)
    if not regression or facts.n_classes:
        return
    both = [p for role in ("train", "val") if (p := pair(run, role)) is not None]
    if not both or len(both[0]) < 2:
        return
    if (
        any(p.accuracy.max() > 0.1 or np.ptp(p.accuracy) > 0.05 for p in both)
        or both[0].loss[-1] > 0.9 * both[0].loss[0]
    ):
        return
    p = both[0]
    first, last = p.shown(0), p.shown(len(p) - 1)
    yield Finding(
        title="Accuracy says nothing about a regression",
        headline="Accuracy is the wrong measure here",
        message=(
            f"The loss falls from {first[0]} to {last[0]} while accuracy is {first[1]} at first and {last[1]} at last. "
            "**Accuracy counts targets that are hit exactly;** continuous targets are not."
        ),
        certainty=Certainty.STRONG,
        curves=tuple(n for q in both for n in q.names),
        evidence={
            "largest accuracy": float(max(q.accuracy.max() for q in both)),
            "first loss": float(p.loss[0]),
            "last loss": float(p.loss[-1]),
        },
        why="Keras' `accuracy` compares predictions with targets for equality, or rounds them to 0 and 1 first. For continuous targets both are meaningless.",
        causes=ranked(
            Cause(
                '`metrics=["accuracy"]` with the loss of a regression',
                f"the loss is {facts.loss}" if facts.loss else "",
            ),
            "The task is a classification after all, and the loss does not fit it",
        ),
        check=Check(
            "Print the targets. If they are a few whole numbers, this is a classification.",
            "import numpy as np\nprint(np.unique(y_train)[:20])",
        ),
        fixes=(
            '`metrics=["mae", keras.metrics.R2Score()]`'
            if framework(run) == "keras"
            else "Report the mean absolute error or R².",
            "Compare with a model that always predicts the mean: for standardised targets its squared error is 1.",
        ),
        caveat="the targets are classes written as numbers.",
        references=(references.KERAS_ACCURACY,),
    )


@rule(
    severity=Severity.BROKEN,
    explains=("loss-metric-mismatch", "overfitting", "converged", "double-softmax", "loss-floor"),
)
def negative_loss(run: Run) -> Iterator[Finding]:
    """The loss is negative although this kind of loss cannot be.

    ## What it finds
    A cross-entropy below 0.

    ## Why it matters
    The model lowers the loss by moving outputs to where no label is: it does not learn the classes.

    ## How it decides
    Cross-entropy with labels between 0 and 1 is a mean of terms that are all at least 0. Where the loss is known to
    be one, a negative value is impossible. Where its name is not known it is a note: some losses may be negative
    (cosine similarity, log-likelihood of a density, ELBO). It is silent where a loss of unknown name comes back above 0 in a
    fifth of what follows: labels out of range draw it down for good, while a policy's or a critic's is meant to change sign.

    ## What to try
    Print the range of the labels.

    ## Known limits
    None where the loss is known.

    ## References
    Keras, Probabilistic losses
    """
    family = loss_family(run.facts.loss)
    if family == "other":
        return
    for role in ("train", "val"):
        loss = evidence.loss(run, role)
        if loss is None or not loss.raw.summary().low < 0:
            continue
        i = _first_below(loss.raw)
        if i is None or (family is None and evidence.loss_name(run) != "loss"):
            continue
        if family is None and float((loss.y[loss.x >= loss.raw.x[i]] > 0).mean()) >= 0.2:
            continue
        known = family is not None
        yield Finding(
            title=f"{label(loss.raw)} is negative, which {run.facts.loss if known else 'cross-entropy or squared error'} cannot be",
            headline="The labels do not fit the loss" if known else "The loss is negative",
            message=(
                f"At {evidence.unit(run)} {place(float(loss.raw.x[i]))} {label(loss.raw)} is {at(loss.raw, i)}. **"
                + (
                    "A mean of terms that are all at least 0 cannot be.**"
                    if known
                    else "A cross-entropy or a squared error cannot be.** Its name is not known here."
                )
            ),
            certainty=Certainty.EXACT
            if known and run.facts.has_penalty is False
            else Certainty.STRONG
            if known
            else Certainty.LIKELY,
            severity=Severity.BROKEN if known else Severity.NOTE,
            curves=(loss.name,),
            start=float(loss.raw.x[i]),
            evidence={"lowest loss": float(loss.y.min())},
            why="For a label y between 0 and 1, −y ln p − (1 − y) ln(1 − p) is never below 0. With y = 2 or y = −1 it has no lower end, and training runs towards it.",
            causes=ranked(
                None if known else "The loss is one that may be negative: cosine similarity, a log-likelihood, ELBO",
                "Labels outside 0 to 1: 1 and 2, −1 and 1, pixels of 0 to 255",
                "A term with the wrong sign is added to the loss",
                "The model's output is no probability: the last activation is missing",
            ),
            check=Check(
                "Print the range of the labels. Within 0 to 1, this finding's first cause is wrong.",
                "print(y_train.min(), y_train.max())",
            ),
            fixes=(
                "Map the labels to 0 … K−1 (or 0 and 1).",
                "Use `from_logits=True` where the output has no activation."
                if framework(run) == "keras"
                else "Use the loss that takes logits: `BCEWithLogitsLoss`.",
            ),
            caveat="the loss is meant to be negative. Then give its name."
            if not known
            else "another term is subtracted from the loss on purpose.",
            references=(references.KERAS_LOSSES,),
        )
        return


def _first_below(curve: Curve) -> int | None:
    """Index of the first value below 0 by more than its rounding."""
    begin, size = 0, 1024  # longer and longer parts: of a million values most need not be read
    while begin < len(curve):
        part = slice(begin, begin + size)
        low = curve.finite[part] & (curve.values[part] < -np.maximum(curve.rounding[part], 1e-9))
        if low.any():
            return begin + int(low.argmax())
        begin, size = begin + size, 2 * size
    return None


@rule(
    severity=Severity.PROBLEM,
    explains=("slow-progress", "inputs-not-normalised", "learning-rate-out-of-range"),
    needs="a cross-entropy, the number of classes",
)
def initial_loss_off(run: Run, *, factor: float = 1.5) -> Iterator[Finding]:
    """The first training loss is far above that of a guess.

    ## What it finds
    A mean training loss in the first epoch above `factor` (1.5) times ln K.

    ## Why it matters
    An untrained classifier should be undecided, which costs ln K. One that starts far above is sure of random answers:
    its first epochs are spent on undoing that, and its gradients are huge.

    ## How it decides
    The first value of the training loss against ln K, for a known cross-entropy over a known number of classes. The
    first epoch already holds learning, so only upwards it says something. Where the value may be one batch's, or where it is not known whether classes are weighted,
    validation must begin 1.2 times above ln K as well. It is a note where the run got over it: the training loss ended below half
    of a guess's, or validation accuracy more than half-way from guessing to perfect. A penalty in the loss lifts it as well: then
    the rule is silent.

    ## What to try
    Look at the scale of the inputs and at the loss of the very first batch.

    ## Known limits
    Fine-tuning a model that was made for other classes begins high, too.

    ## References
    Karpathy, A recipe for training neural networks
    """
    known, train = evidence.n_classes(run), evidence.loss(run, "train")
    if known is None or train is None or not evidence.in_nats(run) or known.value < 2 or run.facts.has_penalty:
        return
    guess = evidence.undecided(run)
    if guess is None or not train.raw.finite[0] or train.first <= factor * guess:
        return
    val = evidence.loss(run, "val")
    if not averages_epochs(run) and run.facts.loss_is != "epoch-mean" and (val is None or val.first <= 1.2 * guess):
        return  # a single batch may cost as much by chance; validation does not bear it out
    if run.facts.class_weight is None and val is not None and val.first <= 1.2 * guess:
        return  # training's may be weighted
    yield Finding(
        title=f"The first loss is {num(train.first)}, an undecided model has {num(guess)}",
        headline="Training starts sure of random answers",
        message=(
            f"{label(train.raw)} begins at {at(train.raw, 0)}. **A model that has not decided between {known.value:g} classes has {num(guess)}.** "
            f"It starts {num(train.first / guess)} times as high."
        ),
        certainty=Certainty.STRONG if run.facts.has_penalty is False else Certainty.LIKELY,
        severity=Severity.NOTE if _got_over_it(run, train.last, guess) else Severity.PROBLEM,
        curves=(train.name,),
        start=float(train.raw.x[0]),
        stop=float(train.raw.x[0]),
        evidence={"first loss": train.first, "ln K": guess},
        why="Random weights on inputs of usual size give outputs near 0, so all classes are about equally likely. Outputs far from 0 at the start come from large inputs, large weights, or a first update that was too big.",
        causes=ranked(
            suspects.unscaled(run),
            Cause(
                "Learning rate too high: the first steps threw the weights away",
                f"it is {num(run.facts.learning_rate)}" if run.facts.learning_rate else "",
            ),
            "The last layer starts with large weights",
            None if run.facts.has_penalty is False else "The printed loss contains a weight penalty",
        ),
        check=Check(
            f"Print the loss of the first batch before any update. Near {num(guess)}, it is the learning rate; far above, the inputs or the weights.",
            {
                "keras": "print(model.evaluate(x_train[:256], y_train[:256], verbose=0))  # before fit\nprint(x_train.min(), x_train.max(), x_train.std())",
                "torch": "print(criterion(model(x), y))  # before any step\nprint(x.min(), x.max(), x.std())",
            }.get(framework(run), ""),
        ),
        fixes=(
            "`keras.layers.Normalization()` as the first layer, adapted to the training data."
            if framework(run) == "keras"
            else "Scale the inputs to mean 0 and standard deviation 1, with the training data's numbers.",
            "Start the learning rate low and warm it up over the first epochs.",
        ),
        caveat="the model is fine-tuned from other classes, or other terms are added to the loss.",
        references=(references.KARPATHY, references.NORMALISE),
    )


def _got_over_it(run: Run, last: float, guess: float) -> bool:
    """Whether the run ended well after all: then the rough start cost some epochs, no more."""
    accuracy, chance = evidence.accuracy(run, "val") or evidence.accuracy(run, "train"), evidence.chance(run)
    skilled = accuracy is not None and chance is not None and accuracy.last > (1 + chance.accuracy) / 2
    return last < 0.5 * guess or (skilled and last < guess)
