"""Real libraries train in cells under ``%%diagnose`` in a real kernel; what was captured comes out."""

from __future__ import annotations

import json

import pytest

pytestmark = [pytest.mark.kernel, pytest.mark.frameworks]

ASK = """
import json
print(json.dumps([
    {f"{c.name}/{c.per}": c.values.tolist() for c in (*d.run.curves("epoch"), *d.run.curves("step"))} for d in found
]))
"""


def captured(kernel, code):
    """The curves of the runs of one cell."""
    answer = kernel.run("%%diagnose --view none -o found\n" + code)
    assert answer.status == "ok", answer.tracebacks
    assert "NbdiagWarning" not in answer.text("stderr"), answer.text("stderr")
    return json.loads(kernel.run(ASK).text())


@pytest.mark.parametrize("module", ["tqdm", "tqdm.auto", "tqdm.notebook"])
def test_tqdm_bars_of_every_kind(kernel, module):
    code = f"""
from {module} import tqdm
for epoch in range(3):
    for i in (bar := tqdm([1, 2, 3], desc=f"epoch {{epoch + 1}}")):
        bar.set_postfix(loss=1 / (epoch * 3 + i))
    print(f"epoch {{epoch + 1}}: val loss {{1 / (epoch + 2):.3f}}")
"""
    (run,) = captured(kernel, code)
    assert run == {
        "train:loss/epoch": [1 / 3, 1 / 6, 1 / 9],
        "val:loss/epoch": [0.5, 0.333, 0.25],
    }


def test_one_notebook_bar_over_epochs_above_a_torch_loop_is_one_run(kernel):
    code = """
import torch
from tqdm.auto import tqdm
torch.manual_seed(0)
model, x = torch.nn.Linear(4, 1), torch.randn(64, 4)
optimizer, told = torch.optim.SGD(model.parameters(), lr=0.1), []
for epoch in (bar := tqdm(range(6))):
    loss = torch.nn.functional.mse_loss(model(x), x.sum(1, keepdim=True))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    told.append(loss.item())
    bar.set_postfix(loss=loss.item())
"""
    (run,) = captured(kernel, code)
    assert run["train:loss/epoch"] == kernel.value("told")


BOOSTED = """
import numpy as np
r = np.random.default_rng(0)
x = r.normal(size=(400, 5))
y = (x[:, 0] + r.normal(size=400) > 0).astype(int)
a, b, c, d = x[:200], y[:200], x[200:], y[200:]
"""


def test_xgboost_imported_inside_the_cell(kernel):
    code = """
import xgboost
model = xgboost.XGBClassifier(n_estimators=20, n_jobs=1)
model.fit(a, b, eval_set=[(a, b), (c, d)])
"""
    (run,) = captured(kernel, BOOSTED + code)
    known = kernel.value("model.evals_result()")
    assert run == {
        "train:logloss/epoch": known["validation_0"]["logloss"],
        "val:logloss/epoch": known["validation_1"]["logloss"],
    }


def test_lightgbm_folds_are_runs_of_their_own(kernel):
    code = """
import lightgbm
kept = []
for fold in range(2):
    own = lightgbm.Dataset(a[fold::2], b[fold::2])
    kept.append({})
    lightgbm.train({"objective": "binary", "verbose": -1, "num_threads": 1}, own, 15,
        valid_sets=[lightgbm.Dataset(c, d, reference=own)],
        callbacks=[lightgbm.record_evaluation(kept[-1]), lightgbm.log_evaluation(5)])
    print(f"fold {fold} done")
"""
    runs = captured(kernel, BOOSTED + code)
    assert [run["val:binary_logloss/epoch"] for run in runs] == [
        k["valid_0"]["binary_logloss"] for k in kernel.value("kept")
    ]


@pytest.mark.parametrize("verbose", [False, True])
def test_a_perceptron_of_sklearn(kernel, verbose):
    code = f"""
from sklearn.neural_network import MLPClassifier
model = MLPClassifier((8,), max_iter=200, early_stopping=True, verbose={verbose}, random_state=0).fit(a, b)
"""
    (run,) = captured(kernel, BOOSTED + code)
    assert run == {
        "train:loss/epoch": kernel.value("model.loss_curve_"),
        "val:accuracy/epoch": kernel.value("[float(v) for v in model.validation_scores_]"),
    }


def test_a_history_that_a_silent_cell_leaves_is_offered(kernel):
    offered = kernel.run("%%diagnose --view none\ntrain_losses, val_losses = [0.9, 0.7, 0.5], [0.8, 0.7, 0.9]").text()
    assert offered == (
        "nbdiag: nothing was captured; `train_losses` and `val_losses` look like learning curves: "
        '%diagnose {"loss": train_losses, "val_loss": val_losses}\n'
    )
    assert kernel.run(offered.rpartition(": %")[2].join(("%", ""))).status == "ok"
    for quiet in (
        "%%diagnose --view none\nx = 1",
        "%%diagnose --view none -q\nlosses = [3, 2, 1]",
        "losses = [3, 2, 1]",
    ):
        assert kernel.run(quiet).text() == ""


def test_what_a_cell_displays_and_clears(kernel):
    table, printed, rendered = captured(
        kernel,
        """
import pandas as pd
from IPython.display import clear_output, display
from rich.console import Console
rows, lines, console = [], [], Console(force_jupyter=True)
shown = display(display_id=True)
for epoch in range(1, 5):
    rows.append({"epoch": epoch, "train_loss": 1 / epoch})
    shown.update(pd.DataFrame(rows).round(4))
for epoch in range(1, 5):
    clear_output(wait=True)
    lines.append(f"epoch {epoch}: loss {3 / epoch:.4f}")
    print("\\n".join(lines))
for epoch in range(1, 5):
    console.print(f"[bold]epoch {epoch}[/bold] loss: [red]{5 / epoch:.4f}[/red]")
""",
    )
    assert table == {"train:loss/epoch": [1.0, 0.5, 0.3333, 0.25]}
    assert printed == {"train:loss/epoch": [3.0, 1.5, 1.0, 0.75]}
    assert rendered == {"train:loss/epoch": [5.0, 2.5, 1.6667, 1.25]}
