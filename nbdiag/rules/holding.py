"""A run goes in, a validation loss that rises while accuracy holds comes out: mistakes that grow more confident."""

from __future__ import annotations

from collections.abc import Iterator

from nbdiag.finding import Certainty, Check, Finding, Severity, ranked
from nbdiag.rules import evidence, references
from nbdiag.rules import rise as rising
from nbdiag.rules.base import rule
from nbdiag.rules.wording import early_stopping, framework, num, place
from nbdiag.run import Run


@rule(severity=Severity.PROBLEM, explains=("best-epoch-passed", "plateau", "overconfident-wrong", "generalization-gap"))
def val_loss_up_accuracy_holding(
    run: Run, *, z: float = 4.0, rise: float = rising.LEAST_SHARE, weight: float = rising.LEAST_WEIGHT
) -> Iterator[Finding]:
    """The validation loss rises while validation accuracy holds or climbs.

    ## What it finds
    After its turning point the validation loss rises for good, yet as many validation samples as before are classified
    right, or more. Great accuracy with a large loss means large errors on few samples.

    ## Why it matters
    The class labels are still good, the probabilities are not: the model is surest where it is wrong. Which epoch is
    best depends on which of the two you use. Four cases, large or small being relative to the task and to chance:

    | | small loss | large loss |
    | --- | --- | --- |
    | **high accuracy** | small errors on few samples: the best case | large errors on few samples: this finding |
    | **low accuracy** | small errors on many samples: near the threshold | large errors on many samples |

    ## How it decides
    The rise is the one of `overfitting`: beyond noise (`z` = 4), at least `rise` (10 %) of the loss at the turn and `weight`
    (1.2 %) of the loss at the start, and lasting. Validation accuracy, from around the turn to the end,
    lost less than 0.6 points. Silent without an accuracy.

    ## What to try
    Decide which metric matters. For labels only, stop on accuracy. For probabilities, keep the epoch of the lowest
    loss, smooth the labels, or fit a temperature. Look at the losses of single samples: a few outliers or many?

    ## Known limits
    An accuracy of a small validation set moves in coarse steps and can hide a fall. Whether few or many samples carry
    the rise cannot be seen from the two means; per-sample losses decide.

    ## References
    Guo et al. 2017, On calibration of modern neural networks; How can loss and accuracy both rise?
    """
    found = rising.large_rise(run, z, rise, weight)
    if found is None or found.accuracy is None or found.accuracy < rising.ACCURACY_HELD:
        return
    if found.learning is False:
        return
    unit, val, accuracy = evidence.unit(run), found.val, evidence.accuracy(run, "val")
    held = f"gained {100 * found.accuracy:.1f} points" if found.accuracy > 0.006 else "held"
    yield Finding(
        title="Mistakes grow more confident, not more numerous",
        headline=f"Validation loss rises since {unit} {place(found.begin)} while accuracy "
        + ("still climbs" if found.accuracy > 0.006 else "holds"),
        message=f"Since {unit} {place(found.best)} `{val.label}` **rose from {num(found.best_value)} to {num(found.now)} "
        + (f"(+{found.growth}) " if found.growth else "")
        + f"while validation accuracy {held}**"
        + (f", at {num(accuracy.last)}." if accuracy is not None else "."),
        certainty=Certainty.STRONG,
        curves=(*rising.curves(run, found), *((accuracy.name,) if accuracy is not None else ())),
        start=found.begin,
        evidence=rising.numbers(found),
        why="Accuracy counts each sample once, right or wrong; cross-entropy has no upper limit, and one sample that is "
        "wrong with great confidence can cost more than a thousand good ones. As training goes on the network grows "
        "surer of everything, its mistakes included, while borderline samples may still be put right. Great accuracy with a "
        "large loss: large errors on few samples. (Low and large: large errors on many. Low and small: small errors on many.)",
        causes=ranked(
            (
                "Confidence keeps growing after the answers stopped changing (miscalibration)",
                "typical of long training",
            ),
            "A few outliers or wrong labels in the validation set, answered wrongly with great confidence",
            "The beginning of overfitting: accuracy often follows later",
            "Too little data or too much capacity",
        ),
        ruled_out=rising.ruled_out(found),
        check=Check(
            "Sort the validation losses of single samples. If a few carry the rise, look at those samples; if most rose, "
            "this is overfitting.",
            _sample_code(run),
        ),
        fixes=(
            f"If you use the probabilities: {early_stopping(run)} gives {unit} {place(found.best)}",
            "If only the class counts: stop on validation accuracy instead"
            + (' (`monitor="val_accuracy"`)' if framework(run) == "keras" else ""),
            "Bound the confidence: label smoothing"
            + (" (`keras.losses.CategoricalCrossentropy(label_smoothing=0.05)`)" if framework(run) == "keras" else ""),
            "Fit one temperature on the validation set after training",
        ),
        caveat="If the probabilities are never used, the rise costs nothing. It does cost when the confident mistakes are "
        "like the samples the model will meet.",
        references=(references.CALIBRATION, references.LOSS_UP_ACCURACY_UP, references.OUTLIERS),
        table=rising.table(run, found),
    )


def _sample_code(run: Run) -> str:
    if framework(run) == "keras":
        return (
            "import numpy as np\np = model.predict(x_val, verbose=0)\n"
            "q = p[np.arange(len(p)), y_val] if p.shape[-1] > 1 else np.where(np.ravel(y_val) == 1, p[:, 0], 1 - p[:, 0])\n"
            "losses = -np.log(np.clip(q, 1e-7, 1))\nprint(np.argsort(-losses)[:10], np.sort(losses)[::-1][:10])"
        )
    if framework(run) == "torch":
        return (
            "losses = torch.nn.functional.cross_entropy(model(x_val), y_val, reduction='none')\nprint(losses.topk(10))"
        )
    return ""
