"""A run with facts of its model, optimizer or data goes in; settings that are unusual enough to name come out."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from nbdiag.finding import Cause, Certainty, Check, Finding, Severity, ranked
from nbdiag.rules import arithmetic, evidence, references, suspects
from nbdiag.rules.base import rule
from nbdiag.rules.modes import KERAS_MOMENTUM, steps_so_far
from nbdiag.rules.wording import framework, num, pct
from nbdiag.run import Run

USUAL_RATES: dict[str, tuple[float, float]] = {
    # From the defaults of Keras and PyTorch, a factor 100 either way: outside it hardly any published recipe lies.
    "adam": (1e-5, 3e-2), "adamw": (1e-5, 3e-2), "nadam": (1e-5, 3e-2), "adamax": (1e-5, 5e-2), "rmsprop": (1e-5, 3e-2),
    "lion": (1e-6, 3e-3), "sgd": (1e-5, 1.0), "momentum": (1e-5, 1.0), "adagrad": (1e-4, 1.0), "ftrl": (1e-4, 1.0),
}  # fmt: skip


@rule(
    severity=Severity.PROBLEM,
    needs="optimizer and learning rate",
)
def learning_rate_out_of_range(run: Run) -> Iterator[Finding]:
    """The learning rate is unusual for its optimizer.

    ## What it finds
    A learning rate outside the range that recipes for this optimizer use.

    ## Why it matters
    Too high, the loss jumps or explodes; too low, it hardly moves.

    ## How it decides
    By optimizer family: 1e-5 to 0.03 for Adam and its kin, 1e-5 to 1 for SGD. It is a problem only where the curves
    show it too: a first loss above 1.5 ln K, or a loss that is no better than a guess at the end; otherwise a note.

    ## What to try
    Sweep it in factors of 3 around the optimizer's default.

    ## Known limits
    Very large batches and very small models use rates beyond these.

    ## References
    Deep Learning Tuning Playbook; Schoop et al. 2021, UMLAUT
    """
    rate, name = run.facts.learning_rate, (run.facts.optimizer or "").lower()
    family = next((f for f in sorted(USUAL_RATES, key=len, reverse=True) if f in name), None)
    if rate is None or family is None or rate <= 0:
        return
    low, high = USUAL_RATES[family]
    if low <= rate <= high:
        return
    word, struggling = "high" if rate > high else "low", suspects.struggling(run)
    yield Finding(
        title=f"A learning rate of {num(rate)} is {word} for {run.facts.optimizer}",
        message=f"The learning rate is {num(rate)}; **recipes for {run.facts.optimizer} use {num(low)} to {num(high)}.**",
        certainty=Certainty.STRONG if struggling else Certainty.LIKELY,
        severity=Severity.PROBLEM if struggling else Severity.NOTE,
        evidence={"learning rate": rate},
        why="The size of a step is the rate times the gradient (for Adam nearly the rate itself). The right size depends on the optimizer more than on the task.",
        causes=ranked("The rate was copied from a recipe for another optimizer"),
        check=Check(
            "Train 3 epochs each with a tenth, the same and ten times the rate. If this one is best, it is right."
        ),
        fixes=(f"Start at {num(float(f'{math.sqrt(low * high):.0e}'))}.",),
        caveat="the batch is very large, or the model very small.",
        references=(references.TUNING_PLAYBOOK, references.UMLAUT),
    )


@rule(
    severity=Severity.PROBLEM,
    needs="BatchNorm and its steps",
    explains=("gap-from-first-epoch", "noisy-validation", "val-never-improved"),
)
def batchnorm_cold_stats(run: Run, *, share: float = 0.5) -> Iterator[Finding]:
    """BatchNorm's running averages are still mostly their initial values.

    ## What it finds
    So few steps that more than `share` (half) of the initial moving statistics are left at the last epoch.

    ## Why it matters
    Evaluation uses these averages. Until they are warm it evaluates another network than the one that was trained.

    ## How it decides
    After t steps momentum^t of the initial value is left (Keras' momentum, 0.99 by default): 11 steps 0.90, 55 steps
    0.58, 460 steps 0.01. It is a problem only where validation is also worse than training by half.

    ## What to try
    `momentum=0.9`, or more steps.

    ## Known limits
    Needs to know that there is BatchNorm, and how many steps an epoch has.

    ## References
    Ioffe and Szegedy 2015, Batch normalization; Keras, BatchNormalization, momentum
    """
    facts = run.facts
    momentum = facts.batchnorm_momentum or (KERAS_MOMENTUM if framework(run) == "keras" else None)
    if not facts.has_batchnorm or momentum is None or not 0 < momentum < 1:
        return
    steps = steps_so_far(run)
    if steps is None:
        return
    left = arithmetic.old_share(momentum, steps[1])
    if left <= share:
        return
    both = evidence.pair(run, "loss")
    apart = both is not None and bool(both.val[-1] > 1.5 * both.between[-1])
    warm = math.ceil(math.log(0.01) / math.log(momentum))
    yield Finding(
        title=f"BatchNorm's averages are still {pct(round(left, 2))} initial values",
        message=(
            f"After {steps[1]:g} steps with `momentum={momentum:g}` **{pct(round(left, 2))} of the initial moving statistics are left.** "
            f"They are replaced to 99 % after {warm} steps."
        ),
        certainty=Certainty.STRONG,
        severity=Severity.PROBLEM if apart else Severity.NOTE,
        evidence={"steps": steps[1], "momentum": momentum, "left": left},
        why="Each step replaces only a small share of the moving mean and variance that evaluation uses. Training uses the batch's own, so it does not notice.",
        causes=ranked(Cause("Few steps per epoch", f"{steps[0]}"), Cause("Momentum near 1", f"{momentum:g}")),
        check=Check(
            "Evaluate the training data: a loss far above training's own confirms it.",
            "model.evaluate(x_train, y_train)" if framework(run) == "keras" else "",
        ),
        fixes=(
            "`BatchNormalization(momentum=0.9)`"
            if framework(run) == "keras"
            else "A larger momentum in PyTorch's sense: `momentum=0.1` or more.",
            "Smaller batches, or more epochs before judging validation.",
        ),
        caveat="the statistics were loaded from a trained model.",
        references=(references.BATCHNORM, references.KERAS_BATCHNORM),
    )


@rule(
    severity=Severity.PROBLEM,
    needs="the data's order",
    explains=("gap-from-first-epoch", "generalization-gap", "val-never-improved", "noisy-validation", "divergence"),
)
def shuffle_off(run: Run) -> Iterator[Finding]:
    """Training visits the samples in the same order every epoch.

    ## What it finds
    `shuffle=False` in training.

    ## Why it matters
    Neighbouring samples are often alike. Batches of one kind pull the weights to and fro, and the running training loss
    looks better than the model is.

    ## How it decides
    The data object says so. Where the labels are in memory and neighbours differ as by chance it is silent. Where one
    class stands together it is a problem if the last validation loss is also above half as much again as training's,
    or training is no better than a guess; otherwise a note.

    ## What to try
    Shuffle, unless the order matters.

    ## Known limits
    Time series and stateful networks keep their order on purpose; data may have been shuffled before.

    ## References
    Keras, fit: class_weight, shuffle, steps_per_epoch; PyTorch, DataLoader
    """
    if run.facts.shuffle is not False or evidence.task(run) == "regression" or run.facts.label_order == "mixed":
        return
    in_order, both = run.facts.label_order == "sorted", evidence.pair(run, "loss")
    apart = both is not None and bool(both.val[-1] > 1.5 * both.between[-1])
    yield Finding(
        title="Training data are sorted by class and not shuffled" if in_order else "Training data are not shuffled",
        message="Training visits the samples in the same order in every epoch: **`shuffle` is off"
        + (", and samples of one class stand together.**" if in_order else ".**"),
        certainty=Certainty.STRONG,
        severity=Severity.PROBLEM if in_order and (apart or suspects.struggling(run)) else Severity.NOTE,
        evidence={"shuffle": "off", "labels": run.facts.label_order or "order not known"},
        why="If neighbours in the data belong to one class, each batch teaches that class and unlearns the others.",
        causes=ranked(
            "`shuffle=False`" if framework(run) == "keras" else "`DataLoader` without `shuffle=True`",
            "A generator that yields files in the order of their folders",
        ),
        check=Check("Print the labels of the first batches. If they are mixed, the order does no harm."),
        fixes=(
            "`model.fit(…, shuffle=True)`, or `dataset.shuffle(n)` before `batch`."
            if framework(run) == "keras"
            else "`DataLoader(…, shuffle=True)`",
        ),
        caveat="the order matters, or the data were shuffled once before.",
        references=(references.KERAS_FIT if framework(run) == "keras" else references.TORCH_DATALOADER,),
    )


@rule(severity=Severity.NOTE, needs="class counts")
def class_imbalance(run: Run, *, ratio: float = 4.0) -> Iterator[Finding]:
    """The classes are of very different size, so accuracy flatters.

    ## What it finds
    A most frequent class at least `ratio` (4) times as large as an equal share, or 80 % of all.

    ## Why it matters
    Always answering that class is right that often. An accuracy means little until it is compared with that.

    ## How it decides
    From the class counts.

    ## What to try
    Look at balanced accuracy, AUC or F1.

    ## Known limits
    Needs the counts.

    ## References
    Google, Imbalanced data sets
    """
    shares = evidence.shares(run, "train")
    shares = evidence.shares(run, "val") if shares is None else shares
    if shares is None or len(shares) < 2:
        return
    top = float(shares.max())
    if top < 0.8 and top < ratio / len(shares):
        return
    accuracy = evidence.accuracy(run, "val") or evidence.accuracy(run, "train")
    if accuracy is None:
        return
    size = int(np.argmax(shares))
    yield Finding(
        title=f"One class makes {pct(top)} of the data",
        message=(
            f"Class {size} makes {pct(top)} of the samples, so **always answering it is right on {pct(top)}.** "
            f"The accuracy at the end is {pct(accuracy.last)}."
        ),
        certainty=Certainty.EXACT,
        curves=(accuracy.name,),
        evidence={"largest share": top, "accuracy": accuracy.last},
        why="Accuracy counts every sample alike, so it is mostly about the big class.",
        causes=ranked("The classes are unequal in the world", "One class was collected more easily"),
        check=Check("Print the confusion matrix: are any of the rare class found?"),
        fixes=(
            "Report balanced accuracy, AUC or F1 beside accuracy.",
            "Weigh the classes, or move the decision threshold.",
        ),
        caveat="a mistake costs the same for every class. Then accuracy is what you want.",
        references=(references.IMBALANCE,),
    )
