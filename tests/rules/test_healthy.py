"""Trainings of which nobody would complain, as they ran on small public data, come in; no alarm goes out."""

from __future__ import annotations

import numpy as np
import pytest

from nbdiag.diagnosis import Diagnosis, examine
from nbdiag.events import Record
from nbdiag.finding import Severity
from nbdiag.run import Run
from tests.rules.runs import curves, falling

COSINE = {
    "loss": "4211 2664 2004 1279 1360 1808 2765 1807 1305 2033 1593 2210 1482 1178 1207 1267 1469 1082 1287 1110 "
    "1004 0988 0917 0935 0885 0860 0922 0856 0864 0826 0834 0798 0782 0772 0763 0774 0756 0753 0752 0751",
    "val_loss": "4034 2763 1215 1229 1374 2361 2010 1592 3422 1768 2217 1127 1973 1330 1310 1799 1613 1358 1213 1023 "
    "1445 1026 0986 1162 1021 1268 1149 0972 1073 0977 1166 1175 1038 1179 1123 1129 1120 1151 1164 1163",
    "accuracy": "8240 8973 9333 9587 9520 9333 8867 9333 9507 9440 9440 9427 9400 9573 9600 9600 9573 9667 9533 9547 "
    "9667 9613 9627 9640 9640 9680 9640 9653 9640 9680 9720 9667 9707 9707 9667 9680 9707 9720 9693 9693",
    "val_accuracy": "844 912 956 948 948 920 908 932 904 916 956 956 940 952 940 956 960 952 956 956 "
    "952 952 960 948 948 956 952 968 952 956 952 952 956 948 952 948 952 952 948 948",
}
"""A Keras classifier on two moons, SGD with momentum, its learning rate from 0.5 to 0 along a cosine."""
LAST_BATCH = {
    "loss": "40 10 01 90 03 00 01 01 01 00 00 00 00 00 00 00 00 00 00 00",
    "val_loss": "40 36 29 29 19 16 17 13 16 14 13 13 14 12 12 16 12 13 13 13",
    "val_accuracy": "853 876 909 911 938 951 944 962 947 956 967 958 960 960 973 958 969 962 962 964",
}
"""A PyTorch loop on the digits that prints the last batch's loss with two decimals, as tutorials do."""


def history(text: dict[str, str], **facts: object) -> Run:
    values = {name: [float(f"0.{v}") for v in column.split()] for name, column in text.items()}
    return curves(**{**values, **facts})


def epochs_and_steps() -> Run:
    """A language model: the loop prints validation's loss for each epoch, training's is known for each step only."""
    run, rng = Run(framework="loop"), np.random.default_rng(0)
    for step in range(1, 361):
        run.append(Record("loss", "train", 0.65 + 2.3 * np.exp(-step / 40) + rng.normal(0, 0.1), step=step))
    for epoch, value in enumerate((1.51, 1.09, 1.02, 1.01, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.01, 1.0), 1):
        run.append(Record("loss", "val", value, epoch=epoch, rounding=0.005, label="valid loss"))
    return run


def small_last_batch() -> Run:
    """BatchNorm with 22 batches an epoch, the last of three samples: its loss is several times the others', each epoch."""
    run, rng = Run(framework="torch"), np.random.default_rng(0)
    for i in range(12 * 22):
        loss = (0.1 + np.exp(-i / 60)) * np.exp(rng.normal(0, 0.2)) * (6.0 if i % 22 == 21 else 1.0)
        run.append(Record("loss", "train", loss, epoch=(i + 1) / 22, step=i + 1))
    return run


RUNS = {
    "a last batch of three": small_last_batch(),
    "a cosine schedule": history(COSINE, n_train=750, n_val=250, n_classes=2),
    "the last batch's loss": history(LAST_BATCH, framework="loop", digits=2),
    "epochs and steps": epochs_and_steps(),
}


def grave(diagnosis: Diagnosis) -> list[str]:
    return [f"{f.rule}: {f.message}" for f in diagnosis.findings if f.severity >= Severity.PROBLEM]


@pytest.mark.parametrize("name", RUNS)
def test_no_alarm(name):
    assert grave(examine(RUNS[name])) == []


def test_what_is_counted_in_steps_does_not_stand_beside_epochs():
    found = examine(RUNS["epochs and steps"])
    assert all("step" not in f.message and f.curves == ("val:loss",) for f in found.findings), found.findings


def test_a_spike_that_validation_feels_is_one():
    told = dict(LAST_BATCH, val_loss=LAST_BATCH["val_loss"].replace("29 29", "29 85"))
    assert any(m.startswith("loss-spike") for m in grave(examine(history(told, framework="loop", digits=2))))


@pytest.mark.parametrize(("dies_out", "severity"), [(False, Severity.PROBLEM), (True, Severity.NOTE)])
def test_a_jitter_that_dies_out_is_no_alarm(dies_out, severity):
    size = np.linspace(0.5, 0.0, 60) if dies_out else np.full(60, 0.3)
    noise = np.exp(size * np.random.default_rng(3).normal(size=60))
    run = curves(loss=falling(60, 0.7, 0.3), val_loss=falling(60, 0.7, 0.32) * noise)
    assert [f.severity for f in examine(run).findings if f.rule == "noisy-validation"] == [severity]
