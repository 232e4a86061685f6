"""Whatever a run holds, every view shows it: no value, place or name makes a drawing fail."""

from __future__ import annotations

import itertools
import json
import math
import re
from xml.etree import ElementTree

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nbdiag.diagnosis import Diagnosis
from nbdiag.events import Record
from nbdiag.facts import Facts
from nbdiag.finding import Finding, Severity
from nbdiag.run import Run
from nbdiag.views import bundle, html, markdown
from nbdiag.views.chart import draw

numbers = st.one_of(
    st.floats(allow_nan=True, allow_infinity=True),
    st.floats(0, 1),
    st.sampled_from([0.0, -0.0, 1e300, -1e300, 1.7e308, -1.7e308, 5e-324, 1e-300, 0.5]),
)
names = st.one_of(st.sampled_from(["loss", "accuracy", "learning_rate", "logloss"]), st.text(min_size=1, max_size=20))
splits = st.one_of(st.sampled_from(["train", "val", "test"]), st.text(min_size=1, max_size=20))
epochs = st.one_of(st.none(), st.integers(0, 10**7).map(float), st.floats(0, 1e6))
records = st.builds(
    Record, metric=names, split=splits, value=numbers, epoch=epochs, step=st.one_of(st.none(), st.integers(0, 10**9)),
    unit=st.sampled_from(["", "%"]), time=st.one_of(st.none(), st.floats(0, 1e7)),
)  # fmt: skip
curves = st.builds(
    lambda metric, split, values: [Record(metric, split, v, epoch=float(i)) for i, v in enumerate(values, 1)],
    names, splits, st.lists(numbers, min_size=1, max_size=30),
)  # fmt: skip
runs = st.lists(st.one_of(records.map(lambda record: [record]), curves), max_size=8).map(
    lambda parts: list(itertools.chain(*parts))
)
findings = st.builds(
    Finding, title=st.text(max_size=20), message=st.text(max_size=40), rule=st.text(max_size=10), severity=st.sampled_from(Severity),
    curves=st.sampled_from([(), ("val:loss",), ("nothing",), ("train:accuracy",)]), start=epochs, stop=epochs,
    evidence=st.dictionaries(st.text(max_size=5), numbers, max_size=2),
)  # fmt: skip


@pytest.mark.filterwarnings("error")  # a warning of numpy would stand in the reader's cell
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    runs,
    st.lists(findings, max_size=4),
    st.sampled_from(["running", "finished", "failed"]),
    st.one_of(st.none(), st.integers(1, 10**6)),
    st.sampled_from(["epoch", "step", "time"]),
)
def test_every_view_shows_every_run(
    values: list[Record], found: list[Finding], status: str, planned: int | None, unit: str
) -> None:
    run = Run(values, facts=Facts(epochs=planned))
    run.status = status
    diagnosis = Diagnosis(run, tuple(found))
    chart = draw(diagnosis, x_unit=unit)
    assert chart.x_min < chart.x_max and math.isfinite(chart.x_max - chart.x_min)
    for panel in chart.panels:
        assert panel.y_min < panel.y_max and math.isfinite(panel.y_max)
        assert all(math.isfinite(line.end_y) for line in panel.lines if line.end_label)
        assert len(panel.ticks) <= 6
    data = bundle.static(diagnosis)
    drawn = data["image/svg+xml"]
    ElementTree.fromstring(drawn)
    shapes = re.sub(r"(?s)<(style|title|desc|text)[^>]*>.*?</\1>|aria-label=\"[^\"]*\"", "", drawn)
    assert not re.search(r"\b(nan|inf)\b", shapes)
    html.page(diagnosis).encode()
    markdown.text(diagnosis).encode()
    json.loads(diagnosis.to_json())
