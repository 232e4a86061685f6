"""Hand-made diagnoses to draw: what rules give, without the rules."""

from __future__ import annotations

import numpy as np

from nbdiag.diagnosis import Diagnosis
from nbdiag.events import Record
from nbdiag.facts import Facts
from nbdiag.finding import (
    BandPicture,
    BoundsPicture,
    Certainty,
    Check,
    Finding,
    Reference,
    SamplesPicture,
    Severity,
    Table,
    ranked,
)
from nbdiag.run import Run


def run_of(seconds: float | None = None, status: str = "finished", planned: int | None = None, **curves) -> Run:
    """A run from ``val_loss=[…]`` and the like; ``epochs=`` gives their places."""
    epochs = curves.pop("epochs", None)
    run = Run(facts=Facts(epochs=planned))
    for name, values in curves.items():
        split = "val" if name.startswith("val_") else "train"
        metric = name.removeprefix("val_")
        places = epochs if epochs is not None else range(1, len(values) + 1)
        for epoch, value in zip(places, values, strict=False):
            at = None if seconds is None else seconds * epoch / len(values)
            run.append(Record(metric, split, float(value), epoch=float(epoch), label=name, time=at))
    run.seconds, run.status = seconds, status
    return run


SEED_004 = {
    "loss": [0.9150, 1.1297, 1.3976, 0.7517, 0.7319],
    "val_loss": [3.7535, 11.2487, 2.3932, 3.1836, 0.8679],
    "accuracy": [0.6183, 0.5153, 0.1474, 0.4707, 0.4734],
    "val_accuracy": [0.7344, 0.2656, 0.8516, 0.7266, 0.8750],
}


def seed_004() -> Diagnosis:
    """Five epochs of a pasted log: broken, with bounds."""
    flips = Finding(
        "Predictions flip between the classes: 94 + 34 = 128 right",
        "Epoch 1 has 94 of 128 right, epoch 2 has 34: **94 + 34 = 128**. At least 60 images changed sides.",
        Certainty.EXACT, "prediction-flips-class", Severity.PROBLEM, ("val:accuracy",), 1, 2,
    )  # fmt: skip
    saturated = Finding(
        "Saturated outputs: all 19 wrong images at the limit of 16.12",
        "2.3932 × 128 ÷ 19 = **16.12 = −ln 1e-7**, the most Keras can report for one image.",
        Certainty.STRONG, "saturated-outputs", Severity.PROBLEM, ("val:loss",), 3, 3,
    )  # fmt: skip
    mode = Finding(
        "Evaluation behaves unlike training",
        "In epochs 1 to 3 **one validation mistake costs at least 12.1, one training mistake at most 2.4.** The weights "
        "are the same. So either evaluation mode computes something else than training mode, or the validation images "
        "are not prepared like the training images.",
        Certainty.LIKELY, "train-eval-mode-mismatch", Severity.BROKEN, ("val:loss",), 1, 5,
        why="If there is BatchNorm, it normalises with each batch in training, with running averages in evaluation. "
        "At 11 steps per epoch and `momentum=0.99` these still hold 90 % of their initial values after epoch 1.",
        causes=ranked(
            ("BatchNorm averages still cold.", "55 steps so far."),
            "Validation images scaled differently, such as `rescale=1/255` in one generator only.",
            "Learning rate too high; but then the training loss would suffer as well.",
        ),
        ruled_out=("gradual overfitting. A validation mistake cost over 12 in the first epoch already.",),
        check=Check(
            "Evaluate on training images. A loss near 0.7 refutes cause 1: then the validation data differ.",
            "model.evaluate_generator(train_generator, steps=11)\n# during training: loss 0.7319, acc 0.4734",
        ),
        fixes=("`BatchNormalization(momentum=0.9)`", "Make an epoch a full pass: leave out `steps_per_epoch=11`."),
        caveat="the network has no BatchNorm and both generators are equal.",
        references=(
            Reference("Ioffe 2015, Batch normalization", "https://arxiv.org/abs/1502.03167"),
            Reference("Keras: BatchNormalization", "https://keras.io/api/layers/normalization_layers/batch_normalization/"),
        ),
        explains=(saturated, flips),
        evidence={"cost of a validation mistake": 12.1, "cost of a training mistake": 2.4, "n_val": 128.0},
        picture=BoundsPicture(
            "What one mistake costs, at least and at most",
            (
                ("val", ((1, 12.2, 14.1), (2, 15.1, 15.3), (3, 12.1, 16.1), (4, 9.8, 11.6), (5, 2.1, 6.9))),
                ("train", ((1, 1.3, 2.4), (2, 1.6, 2.3), (3, 1.5, 1.6), (4, 0.8, 1.4), (5, 0.8, 1.4))),
            ),
            16.12, "limit 16.12", "From loss and accuracy alone: the mistakes share what the right answers leave.",
        ),
        headline="Do not trust these validation numbers yet",
    )  # fmt: skip
    small = Finding(
        "Only 128 validation images: differences under 8.7 points mean nothing",
        "All five val_acc values are multiples of 1/128. At 0.5 such a set resolves ±8.7 points.",
        Certainty.STRONG, "small-validation-set", Severity.NOTE, ("val:accuracy",),
        picture=BandPicture(
            "What 128 images resolve",
            tuple((e, a - 0.08, a, min(1, a + 0.08)) for e, a in enumerate(SEED_004["val_accuracy"], 1)), percent=True,
            caption="The band is ±1.96 standard errors.",
        ),
    )  # fmt: skip
    return Diagnosis(
        run_of(planned=40, **SEED_004), (mode, saturated, flips, small), "Do not trust these validation numbers yet",
        "One mistake costs at least 12.1 in validation and at most 2.4 in training (epochs 1 to 3). That is not "
        "overfitting, and none of the 20 values is NaN.",
        ("NaN or infinite values", "divergence", "gradual overfitting"), ("trend", "turning point", "plateau"),
    )  # fmt: skip


def overfitting(epochs: int = 47, status: str = "running") -> Diagnosis:
    """Loss turns while accuracy climbs; a provisional finding beside two others."""
    e = np.arange(1, epochs + 1)
    noise = np.random.default_rng(0).normal(0, 0.003, epochs)
    val = 0.45 * np.exp(-e / 7) + 0.07 + 0.0035 * np.maximum(e - 18, 0) + noise
    run = run_of(
        seconds=430.0, status=status, planned=60, loss=0.52 * np.exp(-e / 9) + 0.01, val_loss=val,
        accuracy=1 - 0.15 * np.exp(-e / 9) - 0.003, val_accuracy=0.976 - 0.09 * np.exp(-e / 9) + noise / 4,
    )  # fmt: skip
    losses = np.concatenate([np.full(1958, 0.01), np.linspace(1, 7, 22), np.linspace(10.5, 15.9, 20)])[::-1]
    holding = Finding("Loss up, accuracy holding", "Because of the finding above.", rule="val-loss-up-accuracy-holding",
                      severity=Severity.NOTE)  # fmt: skip
    lead = Finding(
        "A few confident mistakes push the validation loss up",
        "Since epoch 21 val_loss rose from 0.0840 to 0.1912 (+128 %) while val_accuracy went from 0.9640 to 0.9740, 20 "
        "more samples right. **The rise sits in 20 samples, 1 % of the validation set.** Without them val_loss would be "
        "0.0679, no higher than at epoch 21.",
        Certainty.STRONG, "loss-hijacked-by-outliers", Severity.PROBLEM, ("val:loss",), 21, float(epochs),
        evidence={"best val_loss": 0.0840, "val_loss": 0.1912},
        why="Cross-entropy has no upper limit: one sample that is wrong with great confidence can cost more than a "
        "thousand good ones. Accuracy counts it once.",
        causes=ranked("Wrong labels or odd samples in the validation set.", "Confidence keeps growing.", "A rare kind."),
        ruled_out=("broad overfitting. The median sample's loss fell, from 0.0061 to 0.0023.",),
        check=Check("Look at the worst samples.", "for i in [1187, 402, 1733, 88, 1541]:\n    print(i, y_val[i])"),
        fixes=("Correct or drop those labels.", "If only the class counts: monitor `\"val_accuracy\"` and train on."),
        caveat="the 20 are like the samples the model will meet.",
        references=(Reference("Guo 2017, On calibration", "https://arxiv.org/abs/1706.04599"),),
        explains=(holding,),
        table=Table(
            ("", "epoch 21", "epoch 47", "change"),
            (("val_loss", "0.0840", "0.1912", "+128 %"), ("without the 20", "0.0697", "0.0679", "−3 %"),
             ("val_accuracy", "0.9640", "0.9740", "+1.0 pt")),
        ),
        picture=SamplesPicture("Where the validation loss sits at epoch 47", tuple(losses), (1187, 402, 1733),
                               "One dot is one sample; the bar is cut. The three worst are named.",
                               "20 samples hold 65 % of the loss"),
        headline="Validation loss rises since epoch 21 while accuracy still climbs",
    )  # fmt: skip
    sure = Finding("Predictions are surer than they are right: loss 1.6 times the calibrated one", "Calibrate.",
                   Certainty.EXACT, "overconfident-wrong", Severity.NOTE, ("val:loss",), 33, float(epochs))  # fmt: skip
    bump = Finding("Training loss jumped at epoch 46, from 0.0116 to 0.0247", "It may recover.",
                   Certainty.STRONG, "loss-bump", Severity.NOTE, ("train:loss",), 46, float(epochs), provisional=True)  # fmt: skip
    return Diagnosis(
        run, (lead, sure, bump), lead.headline,
        "20 of 2,000 validation samples cause the rise. Best val_loss was 0.0840 at epoch 21; now it is 0.1912.",
        ("NaN or infinite values", "divergence"),
    )  # fmt: skip


def healthy() -> Diagnosis:
    """One piece of good news."""
    e = np.arange(1, 31)
    noise = np.random.default_rng(1).normal(0, 0.002, 30)
    good = Finding("Converged by epoch 24", "val_loss moved by less than its noise since epoch 24.", Certainty.STRONG,
                   "converged", Severity.GOOD, ("val:loss",), 24, 30, headline="Healthy: converged by epoch 24")  # fmt: skip
    return Diagnosis(
        run_of(seconds=252.0, planned=30, loss=0.65 * np.exp(-e / 5) + 0.21, val_loss=0.45 * np.exp(-e / 5) + 0.23 + noise,
               accuracy=0.925 - 0.25 * np.exp(-e / 5), val_accuracy=0.921 - 0.11 * np.exp(-e / 5) + noise / 3),
        (good,), "Healthy: converged by epoch 24", "val_loss 0.2312, val_accuracy 0.9214.",
        ("NaN or infinite values", "overfitting"),
    )  # fmt: skip


EVIL = "<script>alert(1)</script>"


def hostile() -> Diagnosis:
    """Every text a user or a third-party rule controls holds markup."""
    run = run_of(loss=[1, 0.5], val_loss=[1, 0.7], **{f"{EVIL}": [1, 2], f"val_{EVIL}": [2, 3]})
    run.append(Record("loss", f'"><img src=x onerror="{EVIL}">', 0.3, epoch=1.0))
    run.name = EVIL
    run.learn(Facts(optimizer=EVIL, loss=EVIL, n_val=EVIL, learning_rate=EVIL))
    bad = Finding(
        EVIL, f"{EVIL} **{EVIL}** `{EVIL}`", Certainty.LIKELY, f'r"{EVIL}', Severity.BROKEN, (f"val:{EVIL}",), 1, 2,
        evidence={EVIL: EVIL}, why=EVIL, causes=ranked((EVIL, EVIL)), ruled_out=(EVIL,), check=Check(EVIL, EVIL),
        fixes=(EVIL,), caveat=EVIL, references=(Reference(EVIL, f"javascript:{EVIL}"),), headline=EVIL,
        table=Table((EVIL, EVIL), ((EVIL, EVIL),)),
        picture=SamplesPicture(EVIL, (3.0, 2.0, 1.0), (1,), EVIL, EVIL),
    )  # fmt: skip
    return Diagnosis(run, (bad,), EVIL, EVIL, (EVIL,), (EVIL,), (EVIL,))


def broken_numbers() -> Diagnosis:
    """NaN from epoch 12 on, an infinite value before."""
    e = np.arange(1, 21)
    loss, val = 2 * np.exp(-e / 6), 2.1 * np.exp(-e / 7)
    loss[11:], val[11:], val[8] = np.nan, np.nan, np.inf
    found = Finding("The loss is NaN from epoch 12 on", "The last finite loss was **0.3**.", Certainty.EXACT,
                    "non-finite", Severity.BROKEN, ("train:loss", "val:loss"), 12, 20)  # fmt: skip
    return Diagnosis(run_of(loss=loss, val_loss=val, seconds=20.0, status="interrupted", planned=60), (found,),
                     "Broken since epoch 12: the loss is NaN", "Nothing after epoch 11 can be used.")  # fmt: skip


def all_examples() -> dict[str, Diagnosis]:
    return {
        "seed-004": seed_004(), "overfitting": overfitting(), "finished": overfitting(60, "finished"),
        "healthy": healthy(), "hostile": hostile(), "nan": broken_numbers(), "empty": Diagnosis(Run(), ()),
    }  # fmt: skip
