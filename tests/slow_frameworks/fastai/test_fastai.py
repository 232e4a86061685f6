"""A small Learner is trained with the real fastai in a real kernel; what was captured is checked."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from cell import AT_ONCE, captured, kernel  # noqa: F401

MAKE = """
import torch
from fastai.basics import *
from fastai.callback.schedule import *
def learner():
    torch.manual_seed(0)
    x = torch.randn(200, 4)
    y = (x[:, 0] > 0).long()
    pairs = list(zip(x, y))
    dls = DataLoaders(DataLoader(pairs[:160], bs=16, shuffle=True), DataLoader(pairs[160:], bs=16))
    return Learner(dls, nn.Linear(4, 2), loss_func=nn.CrossEntropyLoss(), metrics=accuracy, lr=0.1)
"""


def test_all_that_its_recorder_holds_at_full_precision(kernel):  # noqa: F811
    (run,) = captured(kernel, MAKE + "l = learner()\nl.fit(3)")
    rows = kernel.value("[list(map(float, row)) for row in l.recorder.values]")
    names = ("train:loss/epoch", "val:loss/epoch", "val:accuracy/epoch")
    told = {name: run["curves"][name] for name in names if name in run["curves"]}
    assert told == {name: {e: row[i] for e, row in enumerate(rows, 1)} for i, name in enumerate(names)}
    facts = run["facts"]
    assert run["status"] == "finished" and run["framework"] == "fastai"
    assert (facts["n_train"], facts["n_val"], facts["epochs"], facts["batch_size"]) == ("160", "40", "3", "16")
    assert (facts["loss"], facts["optimizer"]) == ("CrossEntropyLoss", "Adam")


def test_the_same_weights_with_and_without_us(kernel):  # noqa: F811
    kernel.run(MAKE + "set_seed(0)\nl = learner()\nl.fit_one_cycle(2)")
    bare = kernel.value("l.model.weight.tolist()")
    captured(kernel, "set_seed(0)\nl = learner()\nl.fit_one_cycle(2)")
    assert kernel.value("l.model.weight.tolist()") == bare


def test_it_stops_by_its_own_exception_and_only_where_that_is_asked(kernel):  # noqa: F811
    slow = "import time\nclass Slow(Callback):\n    def after_epoch(self): time.sleep(0.05)\n"
    code = (
        AT_ONCE
        + MAKE
        + slow
        + "l = learner()\nwith l.no_bar(): l.fit(EPOCHS, lr=1e30, cbs=Slow())\nafter = len(l.recorder.values)"
    )
    (run,) = captured(kernel, code.replace("EPOCHS", "500"), options="--stop-on broken")
    assert run["status"] == "stopped" and 0 < kernel.value("after") < 500
    (run,) = captured(kernel, code.replace("EPOCHS", "20"))
    assert run["status"] == "finished" and kernel.value("after") == 20


def test_what_was_fitted_is_offered_where_nothing_was_captured_and_read(kernel):  # noqa: F811
    assert "%diagnose" not in kernel.run("%%diagnose --view none --no-hooks\n" + MAKE + "l = learner()").text()
    kernel.run("l.fit(3)")
    live = captured(kernel, "l = learner()\nl.fit(3)")[0]["curves"]
    kernel.run("import nbdiag\nd = nbdiag.diagnose(l)")
    told = kernel.value("{c.name: c.values.tolist() for c in d.run.curves()}")
    assert told == {name.partition("/")[0]: list(c.values()) for name, c in live.items() if name.endswith("/epoch")}
