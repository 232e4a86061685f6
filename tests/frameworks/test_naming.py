"""Trainings in loops, folds and searches come in; what each run is called is checked."""

from __future__ import annotations

import linecache
import warnings

import numpy as np
import pytest
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import GridSearchCV, cross_val_score, cross_validate
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from nbdiag.collect import Collector
from nbdiag.events import Begin, Record
from nbdiag.frameworks.hooks.naming import run_name
from nbdiag.frameworks.sklearn import SKLEARN

R = np.random.default_rng(0)
X = R.normal(size=(60, 3))
Y = (X[:, 0] > 0).astype(int)


def run(code, **known):
    """The names that a cell with this code asks for."""
    names: list[str] = []
    filename = "<cell of a notebook>"
    linecache.cache[filename] = (len(code), None, code.splitlines(keepends=True), filename)
    exec(
        compile(code, filename, "exec"),
        {"__name__": "__main__", "fit": lambda *_, **__: names.append(run_name()), **known},
    )
    return names


@pytest.mark.parametrize(
    ("code", "names"),
    [
        ("fit()", [""]),
        ("for lr in (0.1, 0.00001):\n    fit(\n      lr)", ["lr=0.1", "lr=1e-05"]),
        ("for fold, (train, val) in enumerate([([1], [2]), ([2], [1])]):\n    fit()", ["fold=0", "fold=1"]),
        ("for name in ('a', 'b'):\n  for seed in range(2):\n    fit()", ["name=a, seed=0", "name=a, seed=1", "name=b, seed=0", "name=b, seed=1"]),
        ("def train(lr):\n    for size in (8,):\n        fit()\nfor lr in (1, 2):\n    train(lr)", ["lr=1, size=8", "lr=2, size=8"]),
        ("x = [fit(n) for n in (4, 5)]", ["n=4", "n=5"]),
        ("for epoch in range(2):\n    fit()", ["", ""]),
        ("for model in (object(), print):\n    fit()", ["", ""]),
        (f"for text in ('{'x' * 90}',):\n    fit()", [""]),
        ("for i in range(2): pass\nfit()", [""]),
    ],
)  # fmt: skip
def test_the_loops_around_a_training_name_it(code, names):
    assert run(code) == names


def test_what_is_not_the_readers_own_code_names_nothing():
    assert run_name() == ""
    code = "for lr in (0.1,): fit()"
    exec(
        compile(code, "<no source>", "exec"),
        {"__name__": "__main__", "fit": lambda: names.append(run_name())} | {"names": (names := [])},
    )
    assert names == [""]


@pytest.mark.parametrize("line", ["", "held = locals()"])
def test_what_the_readers_function_deletes_is_gone_and_its_locals_stay(line):
    code = f"""
import weakref
class Model: pass
def sweep():
    {line or "pass"}
    for lr in (0.1,):
        model = Model()
        seen = weakref.ref(model)
        fit(lr)
        gone.append(len(held) if {bool(line)} else model is not None)
        del model
        gone.append({bool(line)} or seen() is None)
sweep()
"""
    gone: list = []
    assert run(code, gone=gone) == ["lr=0.1"]
    assert all(gone), gone


def names_of(train):
    events = []
    with warnings.catch_warnings(), SKLEARN.hook(events.append):
        warnings.simplefilter("ignore", ConvergenceWarning)
        train()
    return [e.name for e in events if isinstance(e, Begin)]


def test_folds_and_candidates():
    model = MLPClassifier((2,), max_iter=3, random_state=0)
    assert names_of(lambda: [cross_val_score(model, X, Y, cv=2) for _ in range(2)]) == ["fold 1", "fold 2"] * 2
    piped = make_pipeline(StandardScaler(), model)
    assert names_of(lambda: cross_validate(piped, X, Y, cv=3)) == ["fold 1", "fold 2", "fold 3"]
    search = GridSearchCV(model, {"alpha": [0.1, 1.0]}, cv=2, refit=False)
    assert names_of(lambda: search.fit(X, Y)) == [f"alpha={a}, fold {k}" for a in (0.1, 1.0) for k in (1, 2)]


def test_names_tell_the_runs_of_a_cell_apart():
    collector = Collector()
    for _ in range(3):
        collector.event(Begin("x", "fold=0", exact=True))
        collector.event(Record("loss", "train", 0.5, 1))
    assert [r.name for r in collector.runs] == ["fold=0", "fold=0 (2)", "fold=0 (3)"]
