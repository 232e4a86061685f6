"""A run goes in; where every mistake costs as much as the loss function can charge comes out. D8."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from nbdiag.finding import BoundsPicture, Cause, Certainty, Check, Finding, Severity, ranked
from nbdiag.metrics import loss_family
from nbdiag.rules import arithmetic, evidence, references, suspects
from nbdiag.rules.base import rule
from nbdiag.rules.needs import Pair, classes, needs, pair
from nbdiag.rules.wording import framework, lower_rate, num, place, split_word
from nbdiag.run import Run


def bounds_picture(run: Run, k: int, limit: float | None = None) -> BoundsPicture:
    """What one mistake costs at least and at most, by epoch, on each side."""
    series = []
    for role in ("val", "train"):
        p = pair(run, role)
        if p is None:
            continue
        low, high = arithmetic.mistake_cost(p.loss, p.accuracy, k)
        some = np.unique(np.linspace(0, len(p) - 1, min(len(p), 60)).astype(int))  # a picture holds about 60 bars
        bars = [
            (float(p.x[i]), float(low[i]), float(high[i])) for i in some if np.isfinite(high[i]) and high[i] >= low[i]
        ]
        if bars:
            series.append((split_word(role), tuple(bars)))
    floor = "" if limit is None else f" At {limit:.2f} the probability of the truth has hit its floor."
    return BoundsPicture(
        "What one mistake costs, at least and at most",
        tuple(series),
        limit=limit,
        limit_label="" if limit is None else f"limit {limit:.2f}",
        caption=f"From loss and accuracy alone: a right answer costs between 0 and ln {k}, the mistakes share the rest.{floor}",
    )


def limits(run: Run) -> tuple[tuple[float, float], ...]:
    """The limits this run's framework can have: PyTorch computes from logits and clips in BCELoss alone."""
    return arithmetic.LIMITS[-1:] if framework(run) in ("torch", "lightning", "fastai") else arithmetic.LIMITS


def at_limit(run: Run, p: Pair, k: int) -> tuple[np.ndarray, float]:
    """Where every mistake sits at a known limit, shape ``(n,)``, and that limit; it is the highest that fits anywhere.

    A run has one limit: one that is reached shows that no lower one is in force.
    """
    low, _ = arithmetic.mistake_cost(p.loss, p.accuracy, k)
    wrong = 1 - p.accuracy
    for bottom, top in reversed(limits(run)):
        error = p.loss_error + p.accuracy_error * top
        # The right ones cost a little too: up to 0.01 each. And the mistakes' proven cost is at least half the limit,
        # or a loss that is all small change could equal this product by chance.
        hits = (p.loss >= wrong * bottom - error) & (p.loss <= wrong * top + 0.01 * p.accuracy + error)
        hits &= low >= bottom / 2
        if hits.any():
            return hits, top
    return np.zeros(len(p), bool), math.inf


@rule(severity=Severity.PROBLEM, explains=("overconfident-wrong", "val-loss-up-accuracy-holding", "noisy-validation"))
def saturated_outputs(run: Run) -> Iterator[Finding]:
    """Every wrong answer is given with the greatest confidence a float can hold.

    ## What it finds
    Epochs at which the loss of each wrong sample equals the most the loss function can charge.

    ## Why it matters
    Outputs of exactly 0 or 1 carry no confidence any more, and where probabilities are clipped they carry no gradient:
    the model cannot learn from just those samples.

    ## How it decides
    Probabilities clipped at 1e-7 make a wrong sample cost at most 16.12; other limits are 15.94 (float32, the other
    side), 15.25 to 15.42 (1e-7 added inside the logarithm), 34.54 (1e-15) and 100 (PyTorch's BCELoss). It fires where
    0 ≤ L − (1 − a) · limit ≤ 0.01 · a, and the mistakes cost at least half the limit even if every right answer
    cost ln K.

    ## What to try
    Scale the inputs, lower the learning rate, give the loss logits.

    ## Known limits
    Losses computed from logits have no limit: a cost above 16.12 proves nothing.

    ## References
    Keras, Probabilistic losses; PyTorch, BCELoss clamps at −100
    """
    known = classes(run)
    if known is None or known.value < 2 or loss_family(run.facts.loss) in ("mse", "mae", "other"):
        return
    k = int(known.value)
    for role in ("val", "train"):
        p = pair(run, role)
        if p is None:
            continue
        need = needs(run, role, "same-samples", "plain-cross-entropy")
        if need.broken:
            continue
        hits, limit = at_limit(run, p, k)
        if hits.any():
            yield _finding(run, p, k, np.flatnonzero(hits), limit)


def _finding(run: Run, p: Pair, k: int, hits: np.ndarray, limit: float) -> Finding:
    i, side = int(hits[0]), split_word(p.role)
    loss, accuracy = p.shown(i)
    size = evidence.n_val(run) if p.role == "val" else None
    many, of = "all the wrong samples", ""
    if size is not None:
        wrong = round((1 - p.accuracy[i]) * size.value)
        many = f"all {wrong} wrong samples" if wrong > 1 else "the only wrong sample"
        of = (
            f"{wrong} of {size.value:g} samples are wrong, and {loss} = {wrong}/{size.value:g} · {num(p.loss[i] * size.value / wrong)}. "
            if wrong
            else ""
        )
    other = pair(run, "train" if p.role == "val" else "val")
    beside = ""
    if other is not None:
        j = int(np.argmin(np.abs(other.x - p.x[i])))
        high = float(arithmetic.mistake_cost(other.loss, other.accuracy, k)[1][j])
        if high < limit / 2:
            beside = f" {split_word(other.role).capitalize()} does not: there a mistake costs at most {num(high)} in that epoch."
    often = f" It happens in {len(hits)} epochs." if len(hits) > 1 else ""
    family = loss_family(run.facts.loss)
    return Finding(
        title=f"Saturated outputs: {many} at the limit of {limit:.2f}",
        headline="The outputs are saturated",
        message=(
            f"At epoch {place(float(p.x[i]))} {side} is right on {accuracy}. {of}"
            f"**Each wrong sample costs {limit:.2f}, the most there is: its true class got a probability of 0.**{beside}{often}"
        ),
        certainty=Certainty.STRONG if family is not None else Certainty.LIKELY,
        curves=p.names,
        start=float(p.x[i]),
        stop=float(p.x[hits[-1]]),
        evidence={"limit": limit, "loss": float(p.loss[i]), "accuracy": float(p.accuracy[i])},
        why=(
            "The loss of one sample is −ln of the probability given to its true class, and that probability is kept above "
            "a small floor. At the floor the loss stops growing, and so does the gradient: the sample is lost to learning."
        ),
        causes=ranked(
            Cause(
                "Evaluation behaves unlike training", "BatchNorm averages or scaling differ: training is not saturated"
            )
            if beside and p.role == "val" and run.facts.has_batchnorm is not False
            else None,
            "Exploding logits: the learning rate is too high",
            suspects.unscaled(run, "Inputs not scaled, for example pixels of 0 to 255"),
            "Softmax or sigmoid over very large sums: no normalisation in a deep network",
        ),
        check=Check(
            "Look at the largest output before the activation. If it is below about 15, this finding is wrong.",
            {
                "keras": "p = model.predict(x_val, verbose=0)\nprint(p.min(), p.max(), ((p < 1e-6) | (p > 1 - 1e-6)).mean())",
                "torch": "with torch.no_grad():\n    print(model(x_val).abs().max())",
            }.get(framework(run), ""),
        ),
        fixes=(
            "Scale the inputs to mean 0 and standard deviation 1, the same way on both sides.",
            lower_rate(run)[0].upper() + lower_rate(run)[1:] + ".",
            "Let the loss take logits: `from_logits=True` without the last activation."
            if framework(run) == "keras"
            else "Let the loss take logits: `BCEWithLogitsLoss`, `CrossEntropyLoss`.",
        ),
        caveat=f"the loss equals {limit:.2f} times the share of mistakes by chance; over several epochs it cannot.",
        references=(references.KERAS_LOSSES, references.TORCH_BCE, references.WILD_ACCURACY),
        picture=bounds_picture(run, k, limit),
    )
