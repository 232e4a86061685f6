"""Each seeded pattern is found, first, in every seed tried; where nothing is wrong there is no alarm."""

from __future__ import annotations

import numpy as np
import pytest

from nbdiag import synthetic
from nbdiag.diagnosis import examine
from nbdiag.finding import Certainty, Severity

ALARMS = (Severity.BROKEN, Severity.PROBLEM)
FAULTY = [name for name, (_, rule) in synthetic.PATTERNS.items() if rule]
HEALTHY = [name for name, (_, rule) in synthetic.PATTERNS.items() if not rule]


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("pattern", FAULTY)
def test_the_pattern_is_among_the_first_two(pattern, seed):
    example = synthetic.make(pattern, seed)
    diagnosis = examine(example.run)
    assert not diagnosis.failures
    assert example.rule in [f.rule for f in diagnosis.findings[:2]]


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("pattern", HEALTHY)
def test_a_healthy_run_gets_no_alarm_and_nothing_exact(pattern, seed):
    diagnosis = examine(synthetic.make(pattern, seed).run)
    assert not diagnosis.failures
    assert [f.rule for f in diagnosis.findings if f.severity in ALARMS] == []
    assert [
        f.rule for f in diagnosis.findings if f.certainty is Certainty.EXACT and f.severity is not Severity.NOTE
    ] == []


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("pattern", ["healthy", "healthy, two decimals", "healthy, everything right"])
def test_a_healthy_run_gets_its_good_news_first(pattern, seed):
    diagnosis = examine(synthetic.make(pattern, seed).run)
    assert diagnosis.findings[0].rule == "converged"
    assert diagnosis.headline.startswith("Healthy")


def test_the_same_seed_gives_the_same_run():
    a, b = (synthetic.make("overfitting", 7).run.curve("loss", "val") for _ in range(2))
    assert a is not None and b is not None
    assert np.array_equal(a.values, b.values)
