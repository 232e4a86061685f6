"""A run goes in; where its numbers stopped being numbers comes out."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from nbdiag.curve import Curve
from nbdiag.finding import Cause, Certainty, Check, Finding, Severity, ranked
from nbdiag.metrics import is_loss, is_setting, lower_is_better
from nbdiag.rules import evidence, references
from nbdiag.rules.base import rule
from nbdiag.rules.wording import adaptive, at, clip, framework, label, lower_rate, place
from nbdiag.run import Run


@rule(severity=Severity.BROKEN, explains=("*",))
def non_finite(run: Run, *, growth: float = 2.0) -> Iterator[Finding]:
    """A loss or a metric became NaN or infinite.

    ## What it finds
    The first epoch or step at which a measured value is NaN or infinite. Learning rates, gradient norms and times are
    no measures of the model: under mixed precision an infinite gradient norm is a skipped step, and normal.

    ## Why it matters
    A NaN in the loss reaches every weight with the next update. What is printed afterwards is not about the data.

    ## How it decides
    It looks. Then it looks back: where the last finite loss had grown to `growth` times its lowest, the run diverged
    first; where the loss was calm, a batch or a formula is the likelier source; where the first value is NaN already,
    the inputs or the first forward pass are. A metric other than a loss is a note: a precision of 0/0 is NaN too.

    ## What to try
    Check the data for NaN, lower the learning rate, clip gradients, keep logarithms and divisions away from 0.

    ## Known limits
    Missing values must not be written as NaN: a table's gaps are not measured values.

    ## References
    Google, Interpreting loss curves; PyTorch, Automatic mixed precision
    """
    bad = [c for c in run.curves() if not is_setting(c.metric) and len(c) and not c.known("values")]
    if not bad:
        return
    losses = [c for c in bad if is_loss(c.metric) or c.metric in ("mse", "mae", "rmse", "perplexity")]
    first = min(losses or bad, key=_onset)
    i = int(np.argmin(first.finite))
    word = "NaN" if np.isnan(first.values[i]) else "infinite"
    unit = "step" if evidence.in_steps(first) else evidence.unit(run)
    start, since = float(first.x[i]), f"{unit} {place(float(first.x[i]))}"
    recovered = bool(first.finite[-1])
    before = first.values[:i][first.finite[:i]]
    grew = i > 0 and lower_is_better(first.metric) and before[-1] > growth * max(before.min(), 0.0) and i > 1
    lost = int((~first.finite).sum())
    tail = (
        f"{place(lost)} of {place(len(first))} values are not numbers, the last one is"
        if recovered
        else f"none of the {place(lost)} values since is a number"
        if lost > 1
        else "the weights are lost with it"
    )
    yield Finding(
        title=f"{label(first)} is {word} {'at' if recovered else 'since'} {since}",
        headline=f"Training broke at {since}: {label(first)} is {word}",
        message=_message(first, i, word, unit, grew, before, tail),
        certainty=Certainty.EXACT,
        severity=Severity.NOTE if not losses else Severity.PROBLEM if recovered else Severity.BROKEN,
        curves=tuple(c.name for c in bad),
        start=start,
        stop=float(first.x[np.flatnonzero(~first.finite)[-1]]) if recovered else None,
        evidence={f"first {unit}": start, "values that are not finite": float(sum((~c.finite).sum() for c in bad))},
        why=(
            "NaN spreads: one NaN in the loss makes every gradient NaN, and the next update makes every weight NaN. "
            "No later update can repair it."
            if losses
            else "The value could not be computed, for example 0 divided by 0 where no sample was predicted positive."
        ),
        causes=_causes(run, i, grew, bool(losses)),
        check=_check(run),
        fixes=(
            lower_rate(run).capitalize() if not lower_rate(run).startswith("`") else lower_rate(run),
            clip(run).capitalize(),
            "Keep logarithms, roots and divisions away from 0: add a small epsilon, or take a loss that is given logits.",
            _stop(run),
        ),
        caveat="the source writes a missing value as NaN. Then nothing broke.",
        references=(references.GOOGLE_CURVES, references.AMP),
    )


def _onset(curve: Curve) -> float:
    return float(curve.x[int(np.argmin(curve.finite))])


def _message(curve: Curve, i: int, word: str, unit: str, grew: bool, before: np.ndarray, tail: str) -> str:
    since = f"{unit} {place(float(curve.x[i]))}"
    if not len(before):
        return f"**{label(curve)} is {word} from the first value on**, at {since}: {tail}."
    last = int(np.flatnonzero(curve.finite[:i])[-1])
    was = f"The last finite value was {at(curve, last)} at {unit} {place(float(curve.x[last]))}"
    if grew:
        best = int(np.nanargmin(np.where(curve.finite[:i], curve.values[:i], np.nan)))
        was += f", up from {at(curve, best)} at {unit} {place(float(curve.x[best]))}: it diverged first"
    return f"**{label(curve)} became {word} at {since}**; {tail}. {was}."


def _causes(run: Run, i: int, grew: bool, loss: bool) -> tuple[Cause, ...]:
    if not loss:
        return ranked("The metric divides by a count that was 0")
    rate = Cause("Learning rate too high", "the loss grew before it broke" if grew else "")
    data = Cause("NaN or infinite values in the data", "the first value is broken already" if i == 0 else "")
    formula = Cause(
        "A logarithm of 0, a division by 0 or a root of a negative number", "" if grew else "the loss was calm before"
    )
    overflow = Cause("Overflow of half precision", "float16 ends at 65,504")
    if adaptive(run.facts) and not grew and i > 0:
        return ranked(data, formula, overflow, rate)
    return ranked(rate, overflow, data, formula) if grew else ranked(data, formula, rate, overflow)


def _check(run: Run) -> Check:
    text = "Look for NaN in the data first. If there is none, train again with a tenth of the learning rate: if the NaN stays, it is not the rate."
    code = {
        "keras": "import numpy as np\nprint(np.isfinite(x_train).all(), np.isfinite(y_train).all())",
        "torch": "for x, y in train_loader:\n    assert x.isfinite().all() and y.isfinite().all()\n# then: torch.autograd.set_detect_anomaly(True)",
    }.get(framework(run), "import numpy as np\nprint(np.isfinite(x_train).all(), np.isfinite(y_train).all())")
    return Check(text, code)


def _stop(run: Run) -> str:
    if framework(run) == "keras":
        return "Stop at the first NaN: `keras.callbacks.TerminateOnNaN()`."
    return "Stop at the first NaN instead of training on."
