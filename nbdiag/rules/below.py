"""A run goes in; accuracies that are worse than a guess, or too good too early, come out. D15, D19, D21."""

from __future__ import annotations

from collections.abc import Iterator

from nbdiag import stats
from nbdiag.finding import Cause, Certainty, Check, Finding, Severity, ranked
from nbdiag.rules import arithmetic, evidence, references
from nbdiag.rules.base import rule
from nbdiag.rules.needs import classes
from nbdiag.rules.wording import framework, label, num, pct, place, span
from nbdiag.run import Run


def below_chance(run: Run, p: float = 1e-3) -> tuple[float, float, float, float] | None:
    """Validation accuracy of the last quarter against a guess: (accuracy, the guess's, samples, chance) if worse."""
    accuracy, size, known = evidence.accuracy(run, "val"), evidence.n_val(run), classes(run)
    if accuracy is None or size is None or known is None or known.value < 2 or len(accuracy) < 3:
        return None
    shares = evidence.shares(run, "val")
    # With unequal classes a model that answers the rarest one is right on its share: only less than that is absurd.
    guess = float(shares[shares > 0].min()) if shares is not None else 1 / known.value
    last = accuracy.y[-max(3, len(accuracy) // 4) :]
    typical = stats.median(last)
    if last.max() >= guess or (typical <= 0 and guess * size.value < 8):
        return None
    tail = arithmetic.chance_of_at_most(typical * size.value, int(size.value), guess)
    return (typical, guess, size.value, tail) if tail < p else None


@rule(
    severity=Severity.PROBLEM,
    explains=("val-never-improved", "generalization-gap", "small-validation-set"),
    needs="the number of classes, the size of the validation set",
)
def accuracy_below_chance(run: Run, *, p: float = 1e-3) -> Iterator[Finding]:
    """The validation accuracy is worse than a guess.

    ## What it finds
    A validation accuracy, over the last quarter of the run, so far below a guess that chance does not explain it.

    ## Why it matters
    Being wrong more often than a coin takes knowledge. The model has learned something, and it is applied the wrong
    way round: a fault of labels or order, not a bad model.

    ## How it decides
    By the binomial tail: the chance that a guesser with probability 1/K (or the rarest class's share, where the counts
    are known) gets at most that many of n right is below `p` (0.001), with every accuracy of the last quarter below.

    ## What to try
    Compare how both sides map classes to numbers.

    ## Known limits
    Without class counts a model that answers a rare class looks like this.

    ## References
    Karpathy, A recipe for training neural networks
    """
    found = below_chance(run, p)
    accuracy, train = evidence.accuracy(run, "val"), evidence.accuracy(run, "train")
    if found is None or accuracy is None:
        return
    typical, guess, n, tail = found
    learned = train is not None and train.last > guess + 0.2
    start = float(accuracy.x[-max(3, len(accuracy) // 4)])
    yield Finding(
        title=f"Validation accuracy of {pct(typical)} is worse than a guess",
        headline="Right less often than a coin",
        message=(
            f"In {span(start, float(accuracy.x[-1]), evidence.unit(run))} {label(accuracy.raw)} is about {num(typical)}, {typical * n:.0f} of {n:g} right. "
            f"**A guess is right on {pct(guess)}; so few by chance has a probability of {num(tail)}.**"
            + (f" On the training data it is right on {pct(train.last)}." if train is not None else "")
        ),
        certainty=Certainty.STRONG if evidence.shares(run, "val") is not None else Certainty.LIKELY,
        curves=(accuracy.name,),
        start=start,
        evidence={"accuracy": typical, "guess": guess, "chance": tail},
        why="A model that knows nothing is right as often as a guess. To be wrong this reliably it must tell the classes apart and then name them wrongly.",
        causes=ranked(
            Cause("The two sides map classes to numbers differently", "training accuracy is far above a guess")
            if learned
            else "Labels are inverted or shifted",
            "The validation part was cut from the end of sorted data: its classes were never trained on",
            "The accuracy compares the wrong things: an inverted output, another order of the classes",
            None
            if evidence.shares(run, "val") is not None
            else "One class is rare and the model answers it for all samples",
        ),
        check=Check(
            "Print the confusion matrix. If no class is reliably taken for another, this finding is wrong.",
            {
                "keras": "import numpy as np\np = model.predict(x_val, verbose=0)\npredicted = p.argmax(1) if p.shape[-1] > 1 else (p[:, 0] > 0.5).astype(int)\nprint(np.histogram2d(np.ravel(y_val), predicted, bins=len(np.unique(y_val)))[0])"
            }.get(framework(run), ""),
        ),
        fixes=(
            "Use one mapping from class to number for both sides.",
            "Shuffle before splitting, and split by class (stratified).",
        ),
        caveat="the classes are unequal and their counts are not known here: give `class_counts_val`.",
        references=(references.KARPATHY,),
    )


@rule(
    severity=Severity.PROBLEM,
    explains=(
        "gap-from-first-epoch",
        "generalization-gap",
        "val-never-improved",
        "accuracy-below-chance",
        "overfitting",
        "overconfident-wrong",
    ),
    needs="the number of classes, the size of the validation set",
)
def validation_set_mismatch(run: Run) -> Iterator[Finding]:
    """The validation data are not like the training data.

    ## What it finds
    A model far better than a guess on the training data and worse than a guess on the validation data.

    ## Why it matters
    Overfitting makes validation useless, not inverted. Something in how the two sets were made differs.

    ## How it decides
    `accuracy-below-chance` holds, and training accuracy is above the guess by 20 points or more.

    ## What to try
    Print the class counts of both sides; shuffle before the split.

    ## Known limits
    A validation set that differs less, and stays above a guess, is not found by this rule.

    ## References
    Keras, fit: class_weight, shuffle, steps_per_epoch
    """
    found, train = below_chance(run), evidence.accuracy(run, "train")
    accuracy = evidence.accuracy(run, "val")
    if found is None or train is None or accuracy is None or train.last < found[1] + 0.2:
        return
    typical, guess, _, _ = found
    yield Finding(
        title="Validation data are not like the training data",
        headline="Training and validation data do not belong together",
        message=(
            f"At the end training is right on {pct(train.last)}, validation on {pct(typical)}, **less than the {pct(guess)} of a guess.** "
            "Overfitting leads to a guess at worst, never below."
        ),
        certainty=Certainty.STRONG,
        curves=(train.name, accuracy.name),
        start=float(accuracy.x[0]),
        evidence={"training accuracy": train.last, "validation accuracy": typical, "guess": guess},
        why="`validation_split` takes the last samples before any shuffling: of data sorted by class, these are classes the model has not seen. Or the two sides number their classes differently.",
        causes=ranked(
            "Sorted data with `validation_split`"
            if framework(run) == "keras"
            else "The split was made before shuffling",
            "Different numbering of the classes",
            "Different preprocessing",
        ),
        ruled_out=("overfitting: it does not get worse than a guess",),
        check=Check(
            "Count the labels on both sides. Equal shares refute a sorted split.",
            "import numpy as np\nprint(np.unique(y_train, return_counts=True), np.unique(y_val, return_counts=True))",
        ),
        fixes=(
            "Shuffle before splitting: `train_test_split(x, y, stratify=y)`.",
            "Build both sides with the same code and the same class indices.",
        ),
        caveat="the validation set is meant to be another kind of data.",
        references=(references.KERAS_FIT, references.KARPATHY),
    )


@rule(severity=Severity.PROBLEM, explains=("val-better-than-train",), needs="dropout and augmentation known to be off")
def suspiciously_good(run: Run) -> Iterator[Finding]:
    """Validation is nearly perfect after the first epoch, and much better than training.

    ## What it finds
    A validation accuracy of 99 % or more at epoch 1 while training, in the middle of epochs 1 and 2, is lower by more
    than its running mean explains.

    ## Why it matters
    Copies of the validation samples in the training data, or the answer among the inputs, look like this.

    ## How it decides
    a_val ≥ 0.99 at epoch 1, and training's mean of epochs 1 and 2 is below it by 3 standard errors and 10 points. Not
    where dropout or augmentation make training harder, or where that is not known.

    ## What to try
    Look for duplicates across the split.

    ## Known limits
    An easy task learned within half an epoch looks the same, and so does the first epoch of a training that was
    resumed; a leak that is learned slowly is not seen.

    ## References
    Kapoor and Narayanan 2023, Leakage
    """
    facts, both, size = run.facts, evidence.pair(run, "accuracy"), evidence.n_val(run)
    if both is None or size is None or len(both) < 2:
        return
    if facts.has_dropout is not False or facts.augmentation is not False:
        return
    margin = max(0.1, 3 * stats.accuracy_error(float(both.val[0]), int(size.value)))
    if both.val[0] < 0.99 or both.between[0] > both.val[0] - margin:
        return
    if both.val[0] - both.train[1] < 0.05:
        return  # training is there one epoch later: it simply learned fast
    unit = evidence.unit(run)
    yield Finding(
        title=f"Validation is {pct(float(both.val[0]))} right after one {unit}",
        headline="Too good too early: does validation hold copies of training samples?",
        message=(
            f"After {unit} {place(float(both.x[0]))} validation is right on {pct(float(both.val[0]))}, training on {pct(float(both.train[0]))}, in {unit} {place(float(both.x[1]))} on {pct(float(both.train[1]))}. "
            "**Without dropout or augmentation validation should not be ahead by so much.**"
        ),
        certainty=Certainty.LIKELY,
        curves=both.curves,
        start=float(both.x[0]),
        stop=float(both.x[1]),
        evidence={"validation accuracy": float(both.val[0]), "training accuracy": float(both.train[0])},
        why="Validation is measured after the epoch, training during it, so it may be ahead a little. By this much only if its samples are easier, or known.",
        causes=ranked(
            "Copies of validation samples in the training data",
            "The answer is among the inputs",
            "The validation set holds easy samples only",
        ),
        check=Check(
            "Look for rows that stand on both sides.",
            "import numpy as np\nseen = {r.tobytes() for r in np.ascontiguousarray(x_train)}\nprint(sum(r.tobytes() in seen for r in np.ascontiguousarray(x_val)))",
        ),
        fixes=(
            "Split by group (patient, user, day) before anything else is computed.",
            "Leave out inputs that are known only after the answer.",
        ),
        caveat="the task is easy and was learned within the first epoch, or training was resumed.",
        references=(references.LEAKAGE,),
    )
