"""A small net is trained with the real skorch in a real kernel; what was captured is checked."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from cell import AT_ONCE, captured, kernel  # noqa: F401

MAKE = """
import numpy as np, torch
from skorch import NeuralNetClassifier
from skorch.callbacks import Callback
r = np.random.default_rng(0)
x = r.normal(size=(200, 4)).astype("float32")
y = (x[:, 0] > 0).astype("int64")
def net(**more):
    torch.manual_seed(0)
    module = torch.nn.Sequential(torch.nn.Linear(4, 2), torch.nn.Softmax(-1))
    return NeuralNetClassifier(module, max_epochs=4, lr=0.1, batch_size=32, iterator_train__shuffle=True, **more)
"""


def test_all_that_its_history_holds_at_full_precision(kernel):  # noqa: F811
    for verbose in (0, 1):
        (run,) = captured(kernel, MAKE + f"n = net(verbose={verbose}).fit(x, y)")
        rows = kernel.value("[{k: v for k, v in row.items() if isinstance(v, float)} for row in n.history]")
        expected = {"train:loss": "train_loss", "val:loss": "valid_loss", "val:accuracy": "valid_acc"}
        assert run["curves"] == {
            f"{name}/epoch": {e: row[key] for e, row in enumerate(rows, 1)} for name, key in expected.items()
        }
        facts = run["facts"]
        assert run["status"] == "finished" and run["framework"] == "skorch"
        assert (facts["n_train"], facts["n_val"], facts["epochs"], facts["batch_size"]) == ("160", "40", "4", "32")
        assert (facts["loss"], facts["optimizer"], facts["learning_rate"]) == ("NLLLoss", "SGD", "0.1")


def test_folds_are_runs_and_what_raises_is_the_readers(kernel):  # noqa: F811
    code = (
        MAKE
        + """
class Raises(Callback):
    def on_epoch_end(self, net, **kwargs):
        if len(net.history) == 2:
            raise ZeroDivisionError
from sklearn.model_selection import cross_val_score
cross_val_score(net(), x, y, cv=3)
for rate in (0.1, 0.2):
    net().set_params(lr=rate).fit(
        x, y)
net(callbacks=[Raises()]).fit(x, y)
"""
    )
    runs = captured(kernel, code, status="error")
    assert [len(run["curves"]["val:loss/epoch"]) for run in runs] == [4, 4, 4, 4, 4, 1]
    assert [run["status"] for run in runs] == ["finished"] * 5 + ["failed"]
    names = ["fold 1", "fold 2", "fold 3", "rate=0.1", "rate=0.2", ""]
    assert kernel.value("[d.run.name for d in found]") == names


def test_the_same_weights_with_and_without_us(kernel):  # noqa: F811
    kernel.run(MAKE + "n = net().fit(x, y)")
    bare = kernel.value("n.module_[0].weight.tolist()")
    captured(kernel, "n = net().fit(x, y)")
    assert kernel.value("n.module_[0].weight.tolist()") == bare


def test_it_stops_as_its_early_stopping_does_and_only_where_that_is_asked(kernel):  # noqa: F811
    code = (
        AT_ONCE
        + MAKE
        + """
import time
class Breaks(Callback):
    def on_epoch_end(self, net, **kwargs):
        time.sleep(0.05)
        net.module_[0].weight.data.fill_(float("nan"))
n = net(callbacks=[Breaks()], verbose=0).set_params(max_epochs=EPOCHS).fit(x, y)
"""
    )
    (run,) = captured(kernel, code.replace("EPOCHS", "500"), options="--stop-on broken")
    assert run["status"] == "stopped" and 0 < kernel.value("len(n.history)") < 500
    assert kernel.value("[name for name, _ in n.callbacks_ if 'stop' in name.lower()]") == []
    (run,) = captured(kernel, code.replace("EPOCHS", "20"))
    assert run["status"] == "finished" and kernel.value("len(n.history)") == 20


def test_what_was_fitted_is_offered_where_nothing_was_captured_and_read(kernel):  # noqa: F811
    assert "%diagnose" not in kernel.run("%%diagnose --view none --no-hooks\n" + MAKE + "n = net(verbose=0)").text()
    kernel.run("n.fit(x, y)")
    live = captured(kernel, "n = net(verbose=0)\nn.fit(x, y)")[0]["curves"]
    kernel.run("import nbdiag\nd = nbdiag.diagnose(n)")
    told = kernel.value("{c.name: c.values.tolist() for c in d.run.curves()}")
    assert told == {name.partition("/")[0]: list(c.values()) for name, c in live.items() if name.endswith("/epoch")}
