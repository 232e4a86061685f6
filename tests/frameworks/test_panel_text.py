"""Panels of names and values that a training prints anew from time to time give each value at its counter; other panels give none."""

import random

import pytest

from nbdiag.collect import Collector, collect

RULE = "-" * 40


def panels(rows, times):
    """``times`` panels; in the rows ``{i}`` is their number and ``{v}`` a value that differs in each."""
    return "".join(
        f"{RULE}\n"
        + "".join(f"| {name:<22} | {value.format(i=i, v=1 / i):<12} |\n" for name, value in rows)
        + f"{RULE}\n"
        for i in range(1, times + 1)
    )


PPO = [
    ("rollout/", ""),
    ("   ep_rew_mean", "-1.5e+03"),
    ("time/", ""),
    ("   iterations", "{i}"),
    ("   total_timesteps", "{i}024"),
    ("train/", ""),
    ("   entropy_loss", "-{v:.3g}"),
    ("   learning_rate", "0.0003"),
    ("   loss", "{v:.4g}"),
    ("   n_updates", "{i}0"),
]
DIFFUSION = [("loss", "{v:.3g}"), ("mse", "{v:.4g}"), ("samples", "{i}.25e+05"), ("step", "{i}.2e+03")]


def curves(text):
    return found_in(collect(text))


def found_in(runs):
    (run,) = runs
    return {
        (curve.split, curve.metric): list(zip(curve.steps.tolist(), curve.values.tolist(), strict=True))
        for curve in (*run.curves("epoch"), *run.curves("step"))
    }


def test_what_is_trained_on_counts_before_updates():
    found = curves(panels(PPO, 3))
    assert found["train", "loss"] == [(1024, 1.0), (2024, 0.5), (3024, 0.3333)]
    assert found["train", "entropy_loss"] == [(1024, -1.0), (2024, -0.5), (3024, -0.333)]
    assert set(found) == {("train", "loss"), ("train", "entropy_loss"), ("train", "learning_rate")}


def test_rounded_counters():
    found = curves(panels(DIFFUSION, 4))
    assert found["train", "mse"] == [(1200, 1.0), (2200, 0.5), (3200, 0.3333), (4200, 0.25)]


def test_epochs():
    text = panels([("Epoch", "{i}"), ("AverageEpRet", "20.1"), ("LossPi", "-{v:.3g}"), ("DeltaLossPi", "0.125")], 3)
    (run,) = collect(text)
    (curve,) = run.curves("epoch")
    assert curve.metric == "losspi"
    assert curve.epochs.tolist() == [1, 2, 3]
    assert curve.values.tolist() == [-1.0, -0.5, -0.333]


def test_a_counter_that_falls_back_is_another_training():
    assert [run.number for run in collect(panels(PPO, 3) + panels(PPO, 2))] == [1, 2]


@pytest.mark.parametrize("rows", [PPO, DIFFUSION])
def test_cut_anywhere(rows):
    text = panels(rows, 5)
    chance, collector = random.Random(0), Collector()
    left = text
    while left:
        length = chance.choice((1, 3, 20, 200))
        collector.chunk("stdout", left[:length])
        left = left[length:]
    collector.close()
    assert found_in(collector.runs) == curves(text)


@pytest.mark.parametrize(
    "rows",
    [
        [("loss", "mse"), ("total_timesteps", "100000"), ("learning_rate", "0.0003")],
        [("model", "resnet"), ("accuracy", "0.91"), ("loss", "0.31")],
        [("packet loss", "{v:.2f}"), ("step", "{i}")],
        [("ep_rew_mean", "{v:.2f}"), ("total_timesteps", "{i}000")],
    ],
)
def test_other_panels(rows):
    assert collect(panels(rows, 4)) == []


def test_a_single_panel_is_a_result():
    assert collect(panels(PPO, 1)) == []
