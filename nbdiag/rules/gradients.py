"""A run with gradient norms among its metrics goes in, findings on gradients that vanish or explode come out."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from nbdiag import stats
from nbdiag.finding import Certainty, Check, Finding, Severity, ranked
from nbdiag.rules import evidence, references
from nbdiag.rules.base import rule
from nbdiag.rules.evidence import Series
from nbdiag.rules.settling import settled
from nbdiag.rules.wording import clip, framework, lower_rate, num, place
from nbdiag.run import Run

_FIRST, _LAST = "gradient_norm_first_layer", "gradient_norm_last_layer"


def _norm(run: Run, metric: str) -> Series | None:
    found = next((c for c in run.curves() if c.metric == metric), None)
    return evidence.series(run, found) if found is not None else None


@rule(
    severity=Severity.PROBLEM,
    needs="gradient norms of the first and the last layer",
    explains=("slow-progress", "plateau", "late-start"),
)
def vanishing_gradients(run: Run, *, ratio: float = 0.01) -> Iterator[Finding]:
    """The first layer's gradient is orders of magnitude below the last's, and training does not move.

    ## What it finds
    Gradients that die on their way back through the network.

    ## Why it matters
    The early layers do not learn; what they hand on stays random. More epochs do not change it.

    ## How it decides
    Over the first half of the run, the median ratio of the first layer's gradient norm to the last's is below `ratio` (1 in 100),
    and over that half the training loss fell by less than a tenth.

    ## What to try
    ReLU-like activations, He or Glorot initialisation, normalisation, residual connections.

    ## Known limits
    Layers of different size have different norms; a factor of 100 is beyond that. Frozen layers have no gradient by intent.

    ## References
    Glorot and Bengio 2010
    """
    first, last, train = _norm(run, _FIRST), _norm(run, _LAST), evidence.loss(run, "train")
    if first is None or last is None or train is None or len(first) < 3 or len(first) != len(last) or len(train) < 3:
        return
    half = max(3, len(first) // 2)
    usable = last.y[:half] > 0
    if not usable.any():
        return
    share = stats.median(first.y[:half][usable] / last.y[:half][usable])
    moved = 1 - stats.median(train.y[: max(3, len(train) // 2)][-3:]) / max(abs(train.first), 1e-300)
    if share >= ratio or moved > 0.1:
        return
    yield Finding(
        title=f"The first layer's gradient is {num(share)} of the last's",
        headline="Vanishing gradients: the first layers do not learn",
        message=f"The gradient norm of the first layer is **{num(share)} times that of the last** ({num(stats.median(first.y[:half]))} "
        f"against {num(stats.median(last.y[:half]))}), and `{train.label}` has hardly moved from {num(train.first)}.",
        certainty=Certainty.STRONG,
        curves=(first.name, last.name, train.name),
        evidence={"ratio": share, "fall of the loss": moved},
        why="Going back through a layer multiplies the gradient by its weights and by the slope of its activation. With sigmoid or tanh "
        "units that are saturated, or weights that are too small, each factor is below 1 and many layers make nothing of it.",
        causes=ranked(
            "Saturating activations (sigmoid, tanh) in a deep network",
            "Initial weights on the wrong scale",
            "Depth without normalisation or residual connections",
            "Early layers frozen by intent",
        ),
        check=Check("Train the same network with ReLU units and He initialisation. If the ratio stays, this is wrong."),
        fixes=(
            {
                "keras": '`activation="relu", kernel_initializer="he_normal"`',
                "torch": "`nn.ReLU()` with `nn.init.kaiming_normal_`",
            }.get(framework(run), "ReLU units with He initialisation"),
            "Normalisation layers, residual connections",
            "Fewer layers",
        ),
        caveat="Frozen layers have no gradient, and need none.",
        references=(references.GLOROT,),
    )


@rule(severity=Severity.PROBLEM, needs="gradient norms")
def exploding_gradients(run: Run, *, factor: float = 100.0) -> Iterator[Finding]:
    """The gradient norm jumps by orders of magnitude.

    ## What it finds
    A gradient norm that rises above a hundred times its usual level, with a training loss that suffers.

    ## Why it matters
    One such step can undo an epoch of training, or end it in NaN.

    ## How it decides
    The largest finite norm is `factor` (100) times the median of the epochs before it (5 at least), and the training loss of that epoch or
    the next is above the one before by more than 6 times its noise. Infinite norms alone are normal under mixed precision
    and never a finding.

    ## What to try
    Clip the norm; lower the learning rate; look at the batch.

    ## Known limits
    Norms printed after clipping cannot show it.

    ## References
    Pascanu et al. 2012, Training recurrent networks
    """
    norm, train = _norm(run, "gradient_norm"), evidence.loss(run, "train")
    if norm is None or train is None or len(norm) < 6 or len(train) < 6 or norm.raw.per != train.raw.per:
        return
    top = int(np.argmax(norm.y[5:])) + 5
    usual = stats.median(norm.y[:top])
    if usual <= 0 or norm.y[top] < factor * usual:
        return
    at = int(np.searchsorted(train.x, norm.x[top]))
    after = train.y[at : at + 2]
    if at < 1 or not len(after):
        return
    before = stats.median(train.y[max(0, at - 3) : at])
    if float(after.max()) - before < max(6 * stats.noise(train.y[:at], train.rounding), 0.1 * abs(before)):
        return
    unit = evidence.unit(run)
    yield Finding(
        title=f"The gradient norm jumps to {num(float(norm.y[top]))} at {unit} {place(float(norm.x[top]))}",
        headline=f"Exploding gradients at {unit} {place(float(norm.x[top]))}",
        message=f"At {unit} {place(float(norm.x[top]))} the gradient norm was **{num(float(norm.y[top]))}, {num(float(norm.y[top]) / usual)} times its usual "
        f"{num(usual)}**, and `{train.label}` went from {num(before)} to {num(float(after.max()))}.",
        certainty=Certainty.STRONG,
        curves=(norm.name, train.name),
        start=float(norm.x[top]),
        stop=float(norm.x[-1]) if not settled(train) else float(norm.x[top]),
        evidence={"norm": float(norm.y[top]), "usual norm": usual},
        why="Going back through many layers or time steps multiplies the gradient again and again; weights a little too large make it grow "
        "without bound. The step that follows throws the weights far away.",
        causes=ranked(
            "Recurrent or very deep layers without clipping",
            "The learning rate is too high",
            "A batch with extreme values",
        ),
        check=Check("Clip the norm at its usual level and train again. If the loss jumps as before, this is wrong."),
        fixes=(clip(run), lower_rate(run), "Normalisation layers"),
        caveat="Infinite norms under mixed precision are part of loss scaling.",
        references=(references.CLIPPING,),
    )
