"""Bugs planted in each part of ours: the training goes on as without us, and one line names what failed."""

from __future__ import annotations

import pytest

from tests.kernel.talk import Kernel

pytestmark = pytest.mark.kernel

TRAINING = """
import time
weights = []
for epoch in range(1, 7):
    weights.append(1 / epoch)
    print(f'Epoch {epoch}/6 - loss: {1 / epoch:.4f} - val_loss: {2 / epoch:.4f}')
    time.sleep(0.1)
"""
PLANTS = {
    "the reader of the output": ("nbdiag.collect", "Collector", "chunk"),
    "the view": ("nbdiag.views.widget.live", "WidgetView", "draw"),
    "the view ": ("nbdiag.views.widget.live", "WidgetView", "show"),
    "the view  ": ("nbdiag.views.widget.live", "WidgetView", "finish"),
    "the diagnosis": ("nbdiag.diagnosis", "", "examine"),
    "the rule planted": ("nbdiag.rules", "", "RULES"),
    "the planted hook": ("nbdiag.frameworks", "", "FRAMEWORKS"),
}
"""What the warning must name, and where the bug is put."""

PLANT = """
import importlib, sys
from nbdiag.finding import Severity
from nbdiag.frameworks.base import Framework
from nbdiag.rules.base import rule
def boom(*arguments, **keywords):
    raise RuntimeError("planted")
@rule(severity=Severity.NOTE)
def planted(run):
    boom()
    yield
home = importlib.import_module({module!r})
home = getattr(home, {owner!r}) if {owner!r} else home
kept = getattr(home, {name!r})
new = {{"RULES": lambda: (planted, *kept), "FRAMEWORKS": lambda: (Framework("planted", hook=boom), *kept)}}
setattr(home, {name!r}, new.get({name!r}, lambda: boom)())
def traces():
    stdout, stderr = sys.stdout.__dict__.get("write"), sys.stderr.__dict__.get("write")
    return [getattr(stdout, "__module__", ""), getattr(stderr, "__module__", ""), len(sys.meta_path)]
"""


@pytest.fixture(scope="module", autouse=True)
def drawn_at_once(kernel: Kernel) -> None:
    """Else the chart of a cell of half a second is first drawn at its end."""
    kernel.run("from nbdiag import pace; pace.END = pace.FIRST = pace.CHART = 0.0")


@pytest.fixture(params=list(PLANTS))
def planted(kernel: Kernel, request: pytest.FixtureRequest):
    module, owner, name = PLANTS[request.param]
    answer = kernel.run(PLANT.format(module=module, owner=owner, name=name))
    assert answer.status == "ok", answer.tracebacks
    yield request.param.strip()
    assert kernel.run(f"setattr(home, {name!r}, kept)").status == "ok"


@pytest.mark.parametrize("end", ["", "raise ValueError('from the training')"])
def test_a_bug_of_ours_is_named_and_harms_nothing(kernel, planted, end):
    before = kernel.value("traces()")
    bare = kernel.run(TRAINING + end)
    wanted = kernel.value("weights")
    watched = kernel.run(f"%%diagnose\n{TRAINING}{end}")
    assert kernel.value("weights") == wanted
    assert (watched.status, watched.ename, watched.evalue) == (bare.status, bare.ename, bare.evalue)
    assert watched.text() == bare.text()
    lines = watched.text("stderr").splitlines()
    assert len(lines) == 1, lines
    assert lines[0].startswith(f"NbdiagWarning: {planted} failed (RuntimeError: planted")
    assert all("planted" not in traceback for traceback in watched.tracebacks)
    assert kernel.value("traces()") == before


def test_after_a_bug_the_next_cell_works(kernel):
    answer = kernel.run(f"%%diagnose -o found\n{TRAINING}")
    assert answer.text("stderr") == ""
    assert kernel.value("len(found[0].run.curve('loss', 'val'))") == 6


def test_a_broken_view_still_leaves_the_diagnosis(kernel):
    kernel.run(PLANT.format(module="nbdiag.views.widget.live", owner="WidgetView", name="draw"))
    try:
        answer = kernel.run(f"%%diagnose\n{TRAINING}")
        assert any("image/svg+xml" in c["data"] or "text/html" in c["data"] for c in answer.of("update_display_data"))
    finally:
        kernel.run("setattr(home, 'draw', kept)")
