"""A run goes in; where its loss and its accuracy cannot both be true of the same predictions comes out."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from nbdiag.finding import Cause, Certainty, Check, Finding, Severity, ranked
from nbdiag.metrics import loss_family
from nbdiag.rules import evidence, references
from nbdiag.rules.base import rule
from nbdiag.rules.bounds import READ_BY_BOTH, Broken, beyond_logit_cut, broken, standing
from nbdiag.rules.needs import averages_epochs, cuts_logits, pair
from nbdiag.rules.wording import framework, num, pct, place, split_word
from nbdiag.run import Run


@rule(severity=Severity.PROBLEM, explains=READ_BY_BOTH)
def loss_metric_mismatch(run: Run) -> Iterator[Finding]:
    """Loss and accuracy cannot both be true of the same predictions.

    ## What it finds
    A loss lower than any cross-entropy can be at the accuracy beside it, an accuracy outside 0 to 1, or an accuracy
    of exactly 0 while the loss falls.

    ## Why it matters
    One of the two numbers measures something else than it seems to. Until that is clear, neither says how good the
    model is, and no reading of one against the other is worth anything.

    ## How it decides
    A wrong prediction gives the truth a probability of at most 1/2, or it would not be wrong. So it costs at least
    ln 2 = 0.6931, and the mean loss L at accuracy a is at least (1 − a) · ln 2. Mean squared error has the same kind
    of bound: (1 − a)/4 for one sigmoid output, (1 − a)/2K for K softmax outputs. Rounding is allowed for; two epochs
    must break the bound. It is exact where loss and accuracy are known to be means over the same samples (Keras, or
    `loss_is=epoch-mean`); in a printed loop it is a note, unless 4 of 5 epochs break it by more than a factor 2.

    ## What to try
    Print the name of the loss and the range of the labels; compute both numbers once by hand on the same batch.

    ## Known limits
    In a loop of one's own the printed loss is often the last batch's, or divided by accumulation steps.

    ## References
    Keras, Probabilistic losses; The relation of loss and accuracy
    """
    outside = _outside(run)
    if outside is not None:
        yield outside
        return
    zero = _always_zero(run)
    if zero is not None:
        yield zero
        return
    sides = [b for role in ("train", "val") if (b := broken(run, role)) is not None]
    if not sides or (run.facts.class_weight and all(b.pair.role == "train" for b in sides)):
        return
    worst = max(sides, key=lambda b: b.share * b.factor)
    p, i = worst.pair, int(np.flatnonzero(worst.where)[0])
    both = len(sides) > 1
    side, other = split_word(p.role), None if both else pair(run, "val" if p.role == "train" else "train")
    certain, severe = standing(run, worst, other)
    loss, accuracy = p.shown(i)
    wrong = 1 - p.accuracy[i]
    bound = "plain cross-entropy" if loss_family(run.facts.loss) != "mse" else "squared error"
    fits = ""
    if other is not None:
        j = int(np.argmin(np.abs(other.x - p.x[i])))
        o_loss, o_accuracy = other.shown(j)
        fits = f" {split_word(other.role).capitalize()}'s {o_loss} at {o_accuracy} is possible."
    count = int(worst.where.sum())
    epochs = p.x[worst.where]
    yield Finding(
        title=f"A {side} loss of {loss} cannot go with an accuracy of {accuracy}",
        headline="Loss and accuracy contradict each other",
        message=(
            f"At epoch {place(float(p.x[i]))} the {side} accuracy is {accuracy}, the loss {loss}. "
            f"**Being wrong on {pct(float(wrong))} of the samples costs at least {num(float(worst.least[i]))} in {bound}.**"
            f"{fits} {'Both sides break' if both else 'It breaks'} this bound"
            f" {f'in all {count} epochs' if count == len(p) else f'in {count} of {len(p)} epochs'}."
        ),
        certainty=certain,
        severity=Severity.PROBLEM if severe else Severity.NOTE,
        curves=tuple(n for b in sides for n in b.pair.names),
        start=float(epochs[0]),
        stop=float(epochs[-1]) if epochs[-1] < p.x[-1] else None,
        evidence={
            "loss": float(p.loss[i]),
            "accuracy": float(p.accuracy[i]),
            "least loss at this accuracy": float(worst.least[i]),
            "share of epochs": worst.share,
        },
        why=(
            "A prediction is wrong when another class got more probability than the true one, so the true one got at "
            "most 1/2 and costs at least ln 2 = 0.6931. The mean over all samples is then at least ln 2 times the share "
            "that is wrong."
        ),
        causes=_causes(run, worst, both),
        ruled_out=_ruled_out(run, worst),
        check=_by_hand(run),
        fixes=(
            "Compute loss and accuracy from the same outputs, over the same samples, with the same weights.",
            "Use a matching pair of output and loss: one sigmoid unit with binary cross-entropy, K softmax units with categorical cross-entropy.",
            *(
                ("For several labels at a time: `keras.metrics.BinaryAccuracy()` in place of `accuracy`.",)
                if framework(run) == "keras" and (run.facts.output_units or 0) > 1 and "binary" in str(run.facts.loss)
                else ()
            ),
            "Until they agree, judge the model by the accuracy of a confusion matrix, not by this loss.",
        ),
        caveat="the loss is meant to be another function than cross-entropy. Then give its name: `--facts loss=…`.",
        references=(references.LOSS_AND_ACCURACY, references.KERAS_LOSSES),
    )


def _causes(run: Run, worst: Broken, both: bool) -> tuple[Cause, ...]:
    facts, role = run.facts, worst.pair.role
    known_loop = worst.needs.unmet if not averages_epochs(run) else ()
    weighted = None
    if facts.class_weight is not False and not both:
        weighted = Cause(
            "The loss is weighted by class or sample", f"only {split_word(role)}'s numbers break the bound"
        )
    elif facts.class_weight is None:
        weighted = Cause("A weighted criterion in both", "")
    logits = (
        Cause("Accuracy cuts logits at 0.5", "`from_logits=True` with `metrics=['accuracy']`")
        if not beyond_logit_cut(run, worst)
        else None
    )
    other = (
        Cause("The loss is another function: squared error, focal loss, a mean over several outputs")
        if loss_family(facts.loss) is None or both
        else None
    )
    several = None
    if loss_family(facts.loss) == "binary-crossentropy" and (facts.output_units or 0) > 1:
        several = Cause(
            "The accuracy is another one: of the largest output, or of all outputs at once",
            f"the loss asks {facts.output_units} yes-no questions",
        )
    labels = Cause("Labels are not 0 and 1, or mixed (mixup, soft labels)") if both else None
    listed = [c for c in (*known_loop, several, weighted, other, logits, labels) if c]
    return ranked(*{c.text: c for c in listed}.values())


def _ruled_out(run: Run, worst: Broken) -> tuple[str, ...]:
    out = []
    if worst.pair.loss_error[worst.where].max() > 1e-5:
        out.append("rounding of the printed numbers: it is allowed for")
    if cuts_logits(run) is not False and beyond_logit_cut(run, worst):
        out.append("an accuracy that cuts logits at 0.5: a mistake would then still cost 0.474")
    return tuple(out)


def _by_hand(run: Run) -> Check:
    text = "Compute both by hand on one batch. If the two agree with what was printed, this finding is wrong."
    code = {
        "keras": (
            "import numpy as np\np = model.predict(x_train[:256], verbose=0)\nprint(model.loss, np.unique(y_train))\n"
            "print(model.evaluate(x_train[:256], y_train[:256], verbose=0))  # unweighted loss and accuracy"
        ),
        "torch": (
            "with torch.no_grad():\n    z = model(x)\n    print(torch.nn.functional.cross_entropy(z, y))\n"
            "    print((z.argmax(1) == y).float().mean())"
        ),
    }.get(framework(run), "")
    return Check(text, code)


def _outside(run: Run) -> Finding | None:
    """An accuracy above 1 that is no percentage: the other side's is a fraction, or it is above 100."""
    curves = {role: evidence.curve(run, "accuracy", role) for role in ("train", "val")}
    tops = {role: top for role, c in curves.items() if c is not None and (top := c.summary().high) == top}
    for role, top in tops.items():
        rest = [t for r, t in tops.items() if r != role]
        curve = curves[role]
        if curve is None or not (top > 100 or (top > 1 + 1e-6 and (curve.unit == "%" or (rest and max(rest) <= 1)))):
            continue
        over = np.flatnonzero(curve.values > 1 + 1e-6)
        side = split_word(role)
        return Finding(
            title=f"A {side} accuracy of {num(top)} is no share of anything",
            headline="An accuracy above 1 cannot be",
            message=(
                f"The {side} accuracy reaches {num(top)}; **a share of right answers lies between 0 and 1.**"
                + (f" The other side's stays at or below {num(max(rest))}." if rest else "")
            ),
            certainty=Certainty.EXACT if top > 100 else Certainty.STRONG,
            curves=(curve.name,),
            start=float(curve.x[over[0]]),
            evidence={"largest accuracy": top},
            why="Right answers and samples are counted over different things, so their ratio is not a share.",
            causes=ranked(
                Cause("The count of right answers is not reset at each epoch", "it grows from epoch to epoch")
                if np.all(np.diff(curve.values[curve.finite]) > 0)
                else None,
                "Right answers are divided by the number of batches instead of samples",
                "One side is in percent, the other a fraction",
            ),
            check=Check(
                "Print both counts at the end of an epoch: right answers and samples seen.", "print(correct, total)"
            ),
            fixes=(
                "Set both counts to 0 at the start of each epoch.",
                "Divide by the number of samples, not of batches.",
            ),
            caveat="one side is meant to be in percent.",
            references=(references.LOSS_AND_ACCURACY,),
        )
    return None


def _always_zero(run: Run) -> Finding | None:
    """Accuracy exactly 0 nearly throughout while a cross-entropy falls: the comparison is wrong, not the predictions."""
    both = [p for role in ("train", "val") if (p := pair(run, role)) is not None]
    if not both or not evidence.in_nats(run) or run.facts.task == "regression" or len(both[0]) < 3:
        return None
    # A tenth: beyond what the loss of an untrained model does by itself within three epochs.
    none_right = [p.accuracy == 0 for p in both]
    if any(zero.mean() < 0.8 for zero in none_right) or both[0].loss[-1] > 0.9 * both[0].loss[0]:
        return None
    p = both[0]
    count = f"{int(none_right[0].sum())} of {len(p)}"
    first, last = p.shown(0)[0], p.shown(len(p) - 1)[0]
    return Finding(
        title="Accuracy is exactly 0 while the loss falls",
        headline="The accuracy is computed wrongly",
        message=(
            f"The loss falls from {first} to {last}, yet **in {count} epochs not a single answer is right.** "
            "Even guessing would hit some."
        ),
        certainty=Certainty.STRONG,
        curves=tuple(n for q in both for n in q.names),
        start=float(p.x[0]),
        evidence={"first loss": float(p.loss[0]), "last loss": float(p.loss[-1]), "accuracy": 0.0},
        why="A model whose cross-entropy falls gives the truth more and more probability. No right answer at all means that predictions and labels are compared in a way that can never be equal.",
        causes=ranked(
            "Predictions and labels differ in kind: probabilities against classes, one-hot against an index, 0-based against 1-based",
            "`argmax` runs over the wrong axis",
            "Labels are soft or continuous and are compared for equality",
        ),
        check=Check(
            "Print ten predictions beside their labels.",
            "print(predicted[:10], labels[:10], predicted.shape, labels.shape)",
        ),
        fixes=("Compare class indices of the same shape: `(scores.argmax(1) == labels).float().mean()`.",),
        caveat="the labels are permuted between training and the metric.",
        references=(references.LOSS_AND_ACCURACY, references.KERAS_ACCURACY),
    )
