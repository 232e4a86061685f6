"""A cell's code comes in, runs under ``%%diagnose`` in a real kernel of this environment; what was captured goes out."""

import json
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "kernel"))

from talk import Kernel

ASK = """
import json
print(json.dumps([{
    "status": d.run.status, "framework": d.run.framework, "facts": {n: str(v) for n, v in d.run.facts.known().items()},
    "curves": {f"{c.name}/{c.per}": dict(zip((c.epochs if c.per == "epoch" else c.steps).tolist(), c.values.tolist()))
               for c in (*d.run.curves("epoch"), *d.run.curves("step"))},
} for d in found]))
"""

AT_ONCE = """
import nbdiag.pace
nbdiag.pace.END = nbdiag.pace.FIRST = nbdiag.pace.CHART = 0.0
"""
"""A cell whose findings do not wait until they are cheap."""


@pytest.fixture(scope="module")
def kernel():
    """A kernel with nbdiag loaded."""
    kernel = Kernel(CUDA_VISIBLE_DEVICES="", HF_HUB_OFFLINE="1")
    try:
        assert kernel.run("%load_ext nbdiag").status == "ok"
        yield kernel
    finally:
        kernel.close()


def captured(kernel, code, status="ok", options=""):
    """The runs of one cell: status, framework, facts and curves, each value by its epoch or step."""
    answer = kernel.run(f"%%diagnose --view none -o found {options}\n{code}", timeout=240)
    assert answer.status == status, answer.tracebacks
    assert "NbdiagWarning" not in answer.text("stderr"), answer.text("stderr")
    assert not any("nbdiag/" in trace for trace in answer.tracebacks), answer.tracebacks
    runs = json.loads(kernel.run(ASK).text())
    for run in runs:
        run["curves"] = {n: {float(x): v for x, v in c.items()} for n, c in run["curves"].items()}
    return runs
