"""A run with facts of its inputs, output and loss goes in; pairs that do not fit come out."""

from __future__ import annotations

from collections.abc import Iterator

from nbdiag.finding import Cause, Certainty, Check, Finding, Severity, ranked
from nbdiag.metrics import loss_family
from nbdiag.rules import evidence, references, suspects
from nbdiag.rules.base import rule
from nbdiag.rules.wiring import NO_LEARNING
from nbdiag.rules.wording import framework, num
from nbdiag.run import Run


@rule(severity=Severity.BROKEN, needs="last activation, its units and the loss", explains=NO_LEARNING)
def output_loss_pair(run: Run) -> Iterator[Finding]:
    """The model's output does not fit its loss.

    ## What it finds
    One unit for a categorical loss, one softmax unit; softmax or sigmoid before a loss that takes logits; no activation
    before a loss that takes probabilities; outputs that may be negative before cross-entropy; one sigmoid
    for more than two classes.

    ## Why it matters
    Such pairs train without an error and learn little or nothing: one softmax unit is always exactly 1.

    ## How it decides
    From the last layer and the loss, where a hook or the reader says them. One unit that is always 1 is exact; pairs
    that still learn something are a problem.

    ## What to try
    One sigmoid unit with binary cross-entropy, K softmax units with categorical cross-entropy, or logits with
    `from_logits=True`.

    ## Known limits
    A loss of one's own may want another pair.

    ## References
    Keras, Probabilistic losses; PyTorch, CrossEntropyLoss takes logits
    """
    facts = run.facts
    activation = (facts.output_activation or "").lower()
    wrong = _wrong_pair(activation, run) if activation else None
    if wrong is None:
        return
    severity, what, why, fix = wrong
    yield Finding(
        title=f"Output and loss do not fit: {what}",
        headline="The model's last layer and its loss do not belong together",
        message=f"The model ends in {facts.output_units or 'its'} unit{'s' if (facts.output_units or 2) > 1 else ''} with `{activation}`, the loss is `{facts.loss}`. **{why}**",
        certainty=Certainty.EXACT if severity is Severity.BROKEN else Certainty.STRONG,
        severity=severity,
        evidence={"activation": activation, "loss": str(facts.loss)},
        why="Each classification loss expects one kind of numbers: probabilities, or logits from which it makes them itself.",
        causes=ranked("The last layer and the loss come from two different examples"),
        check=Check(
            "Print one output. Probabilities lie between 0 and 1 and, for softmax, add up to 1.",
            "print(model.predict(x_train[:3], verbose=0))" if framework(run) == "keras" else "print(model(x[:3]))",
        ),
        fixes=(fix,),
        caveat="the loss is one of your own that wants this output.",
        references=(references.KERAS_LOSSES, references.TORCH_CE),
    )


def _wrong_pair(activation: str, run: Run) -> tuple[Severity, str, str, str] | None:
    """How bad it is, what does not fit, why, and what would."""
    facts, family = run.facts, loss_family(run.facts.loss)
    units, logits = facts.output_units, facts.from_logits
    inner = "softmax" if family == "crossentropy" else "sigmoid"
    if family not in ("crossentropy", "binary-crossentropy"):
        return None
    if units == 1 and (activation == "softmax" or "categorical" in str(facts.loss).lower()):
        softmax = activation == "softmax"
        return (
            Severity.BROKEN,
            "softmax over one unit" if softmax else "one unit for a categorical loss",
            f"{'Softmax' if softmax else 'A share'} over one unit is always 1, whatever the input.",
            '`Dense(1, activation="sigmoid")` with binary cross-entropy, or one softmax unit for each class.',
        )
    if activation == "sigmoid" and units == 1 and (facts.n_classes or 0) > 2:
        return (
            Severity.PROBLEM,
            f"one sigmoid for {facts.n_classes} classes",
            f"One number between 0 and 1 cannot tell {facts.n_classes} classes apart.",
            f'`Dense({facts.n_classes}, activation="softmax")` with a categorical loss.',
        )
    # TensorFlow's own backend of Keras looks behind a softmax and takes its inputs.
    if activation in ("softmax", "sigmoid") and logits and facts.backend != "tensorflow":
        return (
            Severity.PROBLEM,
            f"{activation} twice" if activation == inner else f"{activation} before {inner}",
            f"The loss takes logits and applies {'another' if activation == inner else 'a'} {inner}.",
            "Leave out `from_logits=True`, or the last activation."
            if framework(run) == "keras"
            else "Take the last activation out of the model; use it at prediction only.",
        )
    if activation in ("linear", "none") and logits is False:
        return (
            Severity.PROBLEM,
            "no activation before a loss of probabilities",
            "Without an activation the output is no probability: it is cut to 0 … 1, and has no gradient beyond.",
            "`from_logits=True`, or a last activation.",
        )
    if activation in ("relu", "tanh", "elu", "selu", "gelu") and not logits:
        return (
            Severity.PROBLEM,
            f"`{activation}` before cross-entropy",
            "Its values are no probabilities: below 0 or above 1.",
            "`softmax` or `sigmoid` as the last activation.",
        )
    return None


@rule(severity=Severity.NOTE, needs="last activation, task and loss")
def loss_unusual_for_classes(run: Run) -> Iterator[Finding]:
    """Classes are learned with a loss that suits them less.

    ## What it finds
    Squared error of probabilities; binary cross-entropy of a softmax over more than two classes.

    ## Why it matters
    Both learn, but squared error is slow where the model is surely wrong, and binary cross-entropy of K units averages
    K yes-no questions, most of them easy: loss and accuracy look better than they are.

    ## How it decides
    From the last activation, the loss and the task.

    ## What to try
    Categorical cross-entropy.

    ## Known limits
    Squared error of probabilities (the Brier score) is sometimes wanted: wrong labels disturb it less.

    ## References
    Keras, Probabilistic losses.
    """
    facts, family = run.facts, loss_family(run.facts.loss)
    activation, several = facts.output_activation, (facts.n_classes or 0) > 2 or (facts.output_units or 0) > 2
    squared = family == "mse" and facts.task == "classification" and activation in ("softmax", "sigmoid")
    if not squared and not (family == "binary-crossentropy" and activation == "softmax" and several):
        return
    yield Finding(
        title="Squared error of classes" if squared else "Binary cross-entropy of a softmax",
        message=f"The model ends in `{activation}`, the loss is `{facts.loss}`. **"
        + (
            "Answers that are surely wrong are hardly corrected: there the slope of the activation is nearly 0.**"
            if squared
            else f"It averages {facts.output_units or 'several'} yes-no questions for each sample.**"
        ),
        certainty=Certainty.STRONG,
        evidence={"activation": str(activation), "loss": str(facts.loss)},
        why="Cross-entropy's gradient before the activation is the error itself; other losses multiply it by the activation's slope, or spread it over answers that are easy.",
        causes=ranked("The loss was kept from another task"),
        check=Check("Train once with categorical cross-entropy. If it learns no faster, this loss does no harm."),
        fixes=("`categorical_crossentropy` for softmax, `binary_crossentropy` for one sigmoid.",),
        caveat="the squared error is what you want: the Brier score, or labels that are often wrong.",
        references=(references.KERAS_LOSSES,),
    )


@rule(severity=Severity.NOTE, needs="dropout rates", explains=("initial-loss-off", "val-better-than-train"))
def high_dropout(run: Run, *, most: float = 0.6) -> Iterator[Finding]:
    """A dropout rate so high that little of the layer is left.

    ## What it finds
    A dropout rate of `most` (0.6) or more.

    ## Why it matters
    Training then sees a much smaller network than evaluation: it looks worse than validation, and may underfit.

    ## How it decides
    From the model's layers. 0.5 is the highest rate that the original work recommends.

    ## What to try
    0.2 to 0.5.

    ## Known limits
    Very wide layers bear more.

    ## References
    Srivastava et al. 2014, Dropout
    """
    rate = run.facts.dropout
    if rate is None or not most <= rate < 1:
        return
    yield Finding(
        title=f"Dropout of {num(rate)} leaves {num(round(100 * (1 - rate), 1))} % of a layer",
        message=f"The highest dropout rate is {num(rate)}. **Training sees {num(round(100 * (1 - rate), 1))} % of that layer at a time.**",
        certainty=Certainty.STRONG,
        evidence={"dropout": rate},
        why="Dropout removes units at random in training and none in evaluation, so training numbers are those of a smaller network.",
        causes=ranked("In some libraries the number is the share that is kept, not dropped"),
        check=Check("Evaluate the training data: in evaluation mode nothing is dropped."),
        fixes=("A rate of 0.2 to 0.5.",),
        caveat="the layer is very wide.",
        references=(references.DROPOUT,),
    )


@rule(
    severity=Severity.PROBLEM,
    needs="the range of the inputs",
    explains=(
        "stuck-at-chance",
        "slow-progress",
        "initial-loss-off",
        "saturated-outputs",
        "learning-rate-out-of-range",
    ),
)
def inputs_not_normalised(run: Run) -> Iterator[Finding]:
    """The inputs are far from the size that networks are built for.

    ## What it finds
    Inputs above 30 in size at the first trainable layer: pixels of 0 to 255, years, prices.

    ## Why it matters
    Initial weights expect inputs of about 1. Large ones saturate units, make the first loss huge and the gradients
    unequal.

    ## How it decides
    From a sample of the training data. Standardised features hardly ever pass 10. It is a problem only where the
    curves show it too: a first loss above 1.5 ln K, or a loss that is no better than a guess at the end; otherwise a
    note.

    ## What to try
    Scale to mean 0 and standard deviation 1, or pixels by 1/255.

    ## Known limits
    Trees do not care. An embedding's inputs are indices, not sizes.

    ## References
    Google, Normalization of numerical data
    """
    span = suspects.large_inputs(run)
    if span is None:
        return
    train, shown = evidence.loss(run, "train"), suspects.struggling(run)
    pixels = span[0] >= 0 and 200 <= span[1] <= 255
    yield Finding(
        title=f"Inputs range from {num(span[0])} to {num(span[1])}",
        headline="The inputs are not scaled",
        message=f"The first trainable layer gets values from {num(span[0])} to {num(span[1])}. **Networks are built for inputs of about 1.**"
        + (
            f" The loss begins at {num(train.first)} and ends at {num(train.last)}."
            if shown and train is not None
            else ""
        ),
        certainty=Certainty.STRONG if shown else Certainty.LIKELY,
        severity=Severity.PROBLEM if shown else Severity.NOTE,
        curves=(train.name,) if train is not None else (),
        evidence={"smallest input": span[0], "largest input": span[1]},
        why="Sums over large inputs are large, so units start saturated, and features of different size get updates of different size.",
        causes=ranked(Cause("Pixels of 0 to 255 without `1/255`") if pixels else "Raw features in their own units"),
        check=Check(
            "Print smallest, largest and standard deviation of a batch as the model gets it.",
            "print(x_train.min(), x_train.max(), x_train.std())",
        ),
        fixes=(
            (
                "`keras.layers.Rescaling(1/255)` as the first layer."
                if pixels
                else "`keras.layers.Normalization()` as the first layer, adapted to the training data."
            )
            if framework(run) == "keras"
            else "Scale the inputs to mean 0 and standard deviation 1, with the training data's numbers.",
        ),
        caveat="the inputs are indices of an embedding, or a layer before scales them.",
        references=(references.NORMALISE,),
    )
