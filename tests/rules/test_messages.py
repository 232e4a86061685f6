"""What a message says follows from the numbers in it: shares from the values beside them, epochs that exist."""

from __future__ import annotations

import re

import numpy as np
import pytest

from nbdiag.diagnosis import examine
from nbdiag.run import Run
from tests.rules.runs import curves

_FRACTION = re.compile(r"epochs? \d+\.\d", re.IGNORECASE)
_NUMBER = r"(\d+(?:\.\d+)?(?:e-?\d+)?)"
_GROWTH = (
    re.compile(rf"from {_NUMBER} to {_NUMBER} \(\+{_NUMBER} %\)"),
    re.compile(rf"epoch \d+, {_NUMBER}, and \*\*rose by {_NUMBER} % to {_NUMBER}\*\*"),
    re.compile(rf"was {_NUMBER} at epoch \d+ and is \*\*{_NUMBER} now, {_NUMBER} % above it"),
)
_GAIN = re.compile(rf"fell to (?:about )?{_NUMBER} .* to about {_NUMBER}\*\*, {_NUMBER} % lower")


def turned(n: int, seed: int, accuracy: float) -> Run:
    """A noisy validation loss that turns after a third of the run."""
    rng, x = np.random.default_rng(seed), np.linspace(0, 1, n)
    val = 0.2 + 0.6 * np.exp(-12 * x) + 0.3 * np.maximum(0, x - 0.33) + rng.normal(0, 0.006, n)
    held = 0.9 - 0.4 * np.exp(-12 * x) - accuracy * x + rng.normal(0, 0.002, n)
    return curves(loss=0.02 + 0.7 * np.exp(-6 * x), val_loss=val, val_accuracy=held)


def fallen(n: int, seed: int) -> Run:
    x = np.arange(n)
    y = np.exp(-x / n * 1.5) * np.random.default_rng(seed).lognormal(0, 0.01, n)
    return curves(loss=y, val_loss=y * 1.02)


RUNS = [turned(n, seed, lost) for n in (40, 300, 1000) for seed in range(3) for lost in (0.0, 0.06)]
RUNS += [fallen(n, seed) for n in (5, 8, 40, 300) for seed in range(3)]


@pytest.mark.parametrize("run", RUNS)
def test_shares_follow_from_the_numbers_beside_them(run):
    findings = [f for found in examine(run).findings for f in (found, *found.explains)]
    assert findings
    for finding in findings:
        text = f"{finding.headline} {finding.title} {finding.message} {' '.join(finding.fixes)}"
        assert not _FRACTION.search(text), text
        shown = [m.groups() for pattern in _GROWTH if (m := pattern.search(finding.message))]
        for a, b, c in shown:
            low, high, share = (float(a), float(c), float(b)) if "rose by" in finding.message else map(float, (a, b, c))
            assert 100 * (high / low - 1) == pytest.approx(share, rel=0.02), finding.message
        if gain := _GAIN.search(finding.message):
            now, aim, share = map(float, gain.groups())
            assert 100 * (1 - aim / now) == pytest.approx(share, rel=0.02), finding.message


def test_the_growths_meant_here_are_said():
    """Or the test above would prove nothing."""
    said = "\n".join(f.message for run in RUNS for found in examine(run).findings for f in (found, *found.explains))
    assert all(pattern.search(said) for pattern in (*_GROWTH, _GAIN)), said


def test_the_best_of_thousands_of_epochs_is_a_value_the_reader_finds() -> None:
    run = turned(3000, 0, 0.06)
    found = next(f for f in examine(run).findings if f.rule == "overfitting")
    curve = run.curve("loss", "val")
    assert curve is not None
    best = int(found.evidence["best epoch"])
    assert found.evidence["lowest value"] == curve.values[best - 1]
    near = curve.values[best - 101 : best + 100]
    assert curve.values[best - 1] == near.min() and found.start == best + 1
