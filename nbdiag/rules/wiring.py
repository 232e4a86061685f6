"""A run with facts of its labels and weights goes in; what cannot work as it is wired comes out."""

from __future__ import annotations

from collections.abc import Iterator

from nbdiag.finding import Certainty, Check, Finding, Severity, ranked
from nbdiag.metrics import loss_family
from nbdiag.rules import references
from nbdiag.rules.base import rule
from nbdiag.rules.constant import NOTHING_MORE
from nbdiag.rules.wording import framework, num
from nbdiag.run import Run

NO_LEARNING = (
    *NOTHING_MORE,
    *("divergence", "stuck-at-chance", "constant-prediction", "frozen-metrics", "accuracy-below-chance", "converged"),
    *("prediction-flips-class", "saturated-outputs", "initial-loss-off", "loss-metric-mismatch", "loss-floor"),
    *("negative-loss", "uninformative-metric", "small-validation-set", "train-eval-mode-mismatch", "double-softmax"),
    *("train-loss-accuracy-decoupled", "loss-and-accuracy-both-fall", "val-better-than-train", "train-loss-weighted"),
)
"""What the curves of a model that is wired wrongly may look like."""


@rule(severity=Severity.BROKEN, needs="the range of the labels, and the loss", explains=(*NO_LEARNING, "non-finite"))
def labels_out_of_range(run: Run) -> Iterator[Finding]:
    """Training labels lie outside what the loss is defined for.

    ## What it finds
    Labels below 0 or above 1 for binary or one-hot cross-entropy; class numbers below 0, or not below the number of
    output units, for sparse cross-entropy.

    ## Why it matters
    Some backends raise an error, others go on: with a label of 2 binary cross-entropy has no lower end and training
    runs towards it; a class number beyond the last unit counts as no class at all.

    ## How it decides
    From the smallest and the largest training label, and the loss the model is compiled with. Losses of one's own are
    left alone.

    ## What to try
    Map the labels to 0 … K − 1.

    ## Known limits
    Needs the labels in memory.

    ## References
    Keras, Probabilistic losses.
    """
    span, family, units = run.facts.label_range, loss_family(run.facts.loss), run.facts.output_units
    if span is None or family not in ("crossentropy", "binary-crossentropy"):
        return
    sparse = "sparse" in str(run.facts.loss).lower()
    if sparse and (units is None or units < 2):
        return
    top = float(units - 1) if sparse and units is not None else 1.0
    if span[0] >= 0 and span[1] <= top:
        return
    allowed = f"0 to {num(top)}"
    yield Finding(
        title=f"Labels range from {num(span[0])} to {num(span[1])}, the loss takes {allowed}",
        headline="The labels do not fit the loss",
        message=(
            f"The smallest training label is {num(span[0])}, the largest {num(span[1])}. **`{run.facts.loss}`"
            + (f" with {units} output units" if sparse else "")
            + f" is defined for {allowed} only.**"
        ),
        certainty=Certainty.EXACT,
        evidence={"smallest label": span[0], "largest label": span[1], "largest allowed": top},
        why=(
            "Sparse cross-entropy takes the output of the unit that the label numbers, counted from 0. A number without a unit has none."
            if sparse
            else "For a label y the loss is −y ln p − (1 − y) ln(1 − p). Outside 0 to 1 one of the two factors is negative, and the loss has no lower end."
        ),
        causes=ranked(
            "Labels that count from 1" if span[0] >= 1 else None,
            "Labels −1 and 1, as for a hinge loss" if span == (-1.0, 1.0) else None,
            "A number for missing or ignored labels" if span[0] < 0 and span != (-1.0, 1.0) else None,
            "More classes in the data than output units" if sparse else "Class numbers instead of 0 and 1",
        ),
        check=Check(
            f"Print the labels. If all lie in {allowed}, this finding is wrong.",
            "import numpy as np\nprint(np.unique(y_train))" if framework(run) == "keras" else "print(y.unique())",
        ),
        fixes=(
            "`y_train = np.searchsorted(np.unique(y_train), y_train)`: classes numbered from 0, the same for validation.",
            "As many output units as there are classes." if sparse else "For more than two classes: one unit for each.",
        ),
        caveat="the loss treats these labels as ones to be left out.",
        references=(references.KERAS_LOSSES,),
    )


@rule(severity=Severity.BROKEN, needs="which parameters are trained", explains=NO_LEARNING)
def nothing_to_train(run: Run) -> Iterator[Finding]:
    """All parameters are frozen.

    ## What it finds
    A training in which no parameter of the model may change.

    ## Why it matters
    Every epoch computes the same again.

    ## How it decides
    From the model: the share of parameters with `trainable = False` (Keras) is 1.

    ## What to try
    Unfreeze what should learn, at least a new last layer.

    ## Known limits
    A model whose layers could have no parameters at all is left alone.

    ## References
    Keras, Transfer learning and fine-tuning.
    """
    if run.facts.frozen is None or run.facts.frozen < 1:
        return
    yield Finding(
        title="Nothing can learn: every parameter is frozen",
        headline="No weight of this model is being trained",
        message="**No parameter of the model is trained:** all layers have `trainable = False`.",
        certainty=Certainty.EXACT,
        evidence={"share of parameters that are frozen": run.facts.frozen},
        why="Updates go to trainable parameters only. Without any the model stays as it was when the training began.",
        causes=ranked(
            "`model.trainable = False` for the whole model instead of the pretrained part",
            "Layers were frozen for evaluation and never released",
        ),
        check=Check(
            "Count the trainable weights. If there are any, this finding is wrong.",
            "print(len(model.trainable_weights))",
        ),
        fixes=(
            "Set `trainable = True` for the layers that should learn, then compile again.",
            "Put a new last layer on the frozen part.",
        ),
        caveat="only BatchNorm's averages were to be renewed.",
        references=(references.KERAS_TRANSFER,),
    )
