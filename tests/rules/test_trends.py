"""Every rule on trends: a run it must speak of, one that comes near and is none of its business, flat curves, NaN."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import numpy as np
import pytest

from nbdiag import synthetic
from nbdiag.diagnosis import examine
from nbdiag.events import Record
from nbdiag.facts import Facts
from nbdiag.finding import Certainty, Finding, Severity
from nbdiag.rules import catalogue
from nbdiag.rules.settled import converged
from nbdiag.run import Run
from tests.rules.runs import curves, falling, one, rising

RNG = np.random.default_rng(5)
SMALL = 0.004 * RNG.normal(size=200)
E = np.arange(60.0)


def jittered(y: np.ndarray) -> np.ndarray:
    """A little noise on a curve, the same every time. Shape ``(n,)``."""
    return y + SMALL[: len(y)]


def seeded(pattern: str) -> Callable[[], Run]:
    """The first run of a synthetic pattern."""
    return lambda: synthetic.make(pattern, 0).run


def risen(height: float, n: int = 40, turn: int = 12, lost: float = 0.0) -> Run:
    """Validation loss that falls to 0.4 and rises by ``height``; accuracy that loses ``lost`` after the turn."""
    late = np.clip(np.arange(n) - turn, 0, None) / (n - turn)
    down = 0.4 + 0.3 * np.exp(-np.arange(n) / 3)
    return curves(
        loss=falling(n, 0.69, 0.02),
        val_loss=jittered(down + height * late),
        val_accuracy=0.85 - 0.3 * np.exp(-np.arange(n) / 2) - lost * late,
        accuracy=rising(n),
    )


def gap(ratio: float, n: int = 20) -> Run:
    """Validation loss that is a multiple of training's from the start."""
    loss = falling(n, 0.7, 0.3)
    return curves(loss=loss, val_loss=jittered(ratio * loss))


def steps(shuffled: bool) -> Run:
    """Six epochs of 40 steps whose loss depends on the place within the epoch, or not."""
    rng = np.random.default_rng(0)
    order = np.sin(np.arange(40) / 40 * 2 * np.pi)
    run = Run(framework="torch")
    for step in range(240):
        pattern = rng.normal() if shuffled else order[step % 40]
        value = float(np.exp(-step / 200 + 0.4 * pattern + 0.1 * rng.normal()))
        run.append(Record("loss", "train", value, epoch=(step + 1) / 40, step=step + 1))
    return run


def gradients(ratio: float) -> Run:
    """A loss that does not move, and norms of the first and the last layer."""
    run = curves(loss=0.69 - 0.0001 * np.arange(20))
    for epoch in range(1, 21):
        run.append(Record("gradient_norm_first_layer", "train", ratio * 0.1, epoch=epoch))
        run.append(Record("gradient_norm_last_layer", "train", 0.1, epoch=epoch))
    return run


def norm_jump(factor: float) -> Run:
    """A gradient norm that jumps at epoch 12, and a loss that suffers."""
    norm, loss = np.ones(20), jittered(falling(20, 1, 0.3))
    norm[11], loss[11] = factor, loss[11] + 3
    return curves(loss=loss, gradient_norm=norm)


def zigzag(size: float, batch: int = 64) -> Run:
    """Losses that jump up and down by ``size`` (a share of their level)."""
    signs = np.random.default_rng(1).normal(size=40)
    level = 0.3 + 0.4 * np.exp(-np.arange(40) / 4)
    return curves(
        loss=level * np.exp(size * signs), val_loss=level * np.exp(1.2 * size * signs), batch_size=batch, n_val=500
    )


def noisy_val(size: float) -> Run:
    """A smooth training loss beside a validation loss that jumps by ``size``."""
    level = 0.3 + 0.4 * np.exp(-np.arange(40) / 4)
    jumps = np.random.default_rng(2).normal(size=40)
    return curves(loss=level, val_loss=level * np.exp(size * jumps))


def grokking(gain: float) -> Run:
    """Training accuracy complete at once, validation accuracy that climbs much later."""
    late = 1 / (1 + np.exp(-(np.arange(100) - 60) / 6))
    return curves(
        accuracy=np.minimum(1, 0.6 + np.arange(100) / 15), val_accuracy=0.6 + gain * late, loss=falling(100, 0.7, 1e-3),
        val_loss=np.linspace(2, 1, 100),
    )  # fmt: skip


def chance_again(last: float) -> Run:
    """Two classes; accuracy climbs to 0.95 and ends at ``last``."""
    accuracy = np.r_[np.linspace(0.5, 0.95, 15), np.full(8, last)]
    return curves(loss=np.r_[falling(15, 0.69, 0.2), np.full(8, 0.7)], accuracy=accuracy, n_classes=2, n_train=1000)


def both_fall(lost: float) -> Run:
    """Validation loss falls all along; accuracy climbs and then loses ``lost``."""
    late = np.clip(np.arange(50) - 10, 0, None) / 40
    return curves(val_loss=falling(50, 0.9, 0.4), val_accuracy=0.8 - 0.2 * np.exp(-np.arange(50) / 3) - lost * late)


def parted(gain: float) -> Run:
    """A training loss that is flat over its last third while accuracy gains ``gain``."""
    late = np.clip(np.arange(60) - 35, 0, None) / 25
    return curves(loss=0.2 + 0.5 * np.exp(-E / 5), accuracy=0.6 + gain * late)


def drop(factor: float) -> Run:
    """The learning rate steps down tenfold at epoch 16; the loss falls by ``factor``."""
    late = np.arange(30) >= 15
    loss = jittered(0.5 + 0.2 * np.exp(-np.arange(30) / 3)) * np.where(late, factor, 1.0)
    return curves(loss=loss, learning_rate=np.where(late, 0.001, 0.01))


def ahead(lead: float, **facts: object) -> Run:
    """Validation below training by ``lead`` throughout."""
    val = 0.3 + 0.4 * np.exp(-np.arange(30) / 4)
    return curves(loss=jittered(val + lead), val_loss=jittered(val), **facts)


def lagging(lead: float) -> Run:
    """Training above validation by ``lead`` in the first epoch, level with it later."""
    val = 0.3 + 0.4 * np.exp(-np.arange(30) / 3)
    return curves(loss=val + lead * np.exp(-np.arange(30) / 2), val_loss=val)


def flat_losses(level: float) -> Run:
    """Both losses flat at ``level`` of a two-class task, accuracy to match."""
    loss = level + (0.75 - level) * np.exp(-np.arange(30) / 2)
    run = curves(loss=jittered(loss), val_loss=jittered(loss), accuracy=np.full(30, 0.5 + 0.5 * (0.69 - level)))
    run.learn(Facts(loss="binary_crossentropy", n_classes=2, n_train=2000, n_val=1000))
    return run


def lost_again(share: float) -> Run:
    """A training loss that falls from 1.4 to 0.45, jumps, and stays where it has lost ``share`` of that again."""
    level = 0.45 + share * 0.95
    return curves(loss=np.r_[1.4, 0.6, 0.5, 0.45, 3.0, 1.1, np.full(24, level)] + 0.01 * SMALL[:30])


def test_what_is_lost_for_good_is_no_spike_that_recovered():
    assert examine(lost_again(1.0)).findings[0].rule == "divergence"
    assert "divergence" not in {f.rule for f in examine(lost_again(0.1)).findings}


def bump(back: bool) -> Run:
    """A validation loss with a bump that heals, or does not."""
    up = 0.25 * np.exp(-(((np.arange(50) - 20) / 5.0) ** 2))
    level = 0.35 + 0.4 * np.exp(-np.arange(50) / 4) - (0.12 * np.arange(50) / 50 if back else -0.1 * np.arange(50) / 50)
    return curves(loss=falling(50), val_loss=jittered(level + up))


CASES: dict[str, tuple[Callable[[], Run], Callable[[], Run]]] = {
    "overfitting": (lambda: risen(0.2, lost=0.05), lambda: risen(0.01, lost=0.05)),
    "val-loss-up-accuracy-holding": (lambda: risen(0.2), lambda: risen(0.2, lost=0.05)),
    "best-epoch-passed": (lambda: risen(0.05), lambda: risen(0.008)),
    "divergence": (seeded("divergence"), lambda: risen(0.5)),
    "collapse-after-success": (lambda: chance_again(0.5), lambda: chance_again(0.8)),
    "loss-spike": (seeded("spikes"), lambda: curves(loss=jittered(falling(40, 0.7, 0.2)))),
    "loss-bump-recovered": (lambda: bump(True), lambda: bump(False)),
    "gap-from-first-epoch": (lambda: gap(3.0), lambda: gap(1.3)),
    "generalization-gap": (
        lambda: curves(loss=falling(40, 0.7, 0.01), val_loss=0.4 + 0.3 * np.exp(-np.arange(40) / 4)),
        lambda: curves(loss=falling(40, 0.7, 0.3), val_loss=0.05 + falling(40, 0.7, 0.3)),
    ),
    "val-never-improved": (
        lambda: curves(loss=falling(20), val_loss=jittered(np.linspace(0.8, 1.1, 20))),
        lambda: curves(loss=falling(20), val_loss=jittered(np.linspace(0.8, 0.6, 20))),
    ),
    "val-better-than-train": (lambda: ahead(0.15, has_dropout=True), lambda: ahead(0.005)),
    "train-metric-lag": (lambda: lagging(0.4), lambda: lagging(0.02)),
    "label-noise": (seeded("wrong labels"), seeded("regularised")),
    "delayed-generalization": (lambda: grokking(0.38), lambda: grokking(0.04)),
    "late-start": (seeded("late start"), seeded("healthy")),
    "lr-drop": (lambda: drop(0.5), lambda: drop(1.0)),
    "lr-restarts": (seeded("warm restarts"), lambda: drop(0.5)),
    "oscillating-loss": (lambda: zigzag(0.2), lambda: zigzag(0.02)),
    "noisy-training": (lambda: zigzag(0.2, batch=1), lambda: zigzag(0.2, batch=64)),
    "noisy-validation": (lambda: noisy_val(0.2), lambda: noisy_val(0.01)),
    "missing-shuffle": (lambda: steps(False), lambda: steps(True)),
    "still-improving": (seeded("still improving"), seeded("healthy")),
    "converged": (seeded("healthy, penalty in the loss"), seeded("still improving")),
    "plateau": (
        lambda: curves(loss=jittered(0.5 + 0.4 * np.exp(-np.arange(40) / 3)) ** 1.0, val_loss=np.linspace(0.9, 1.2, 40)),
        lambda: curves(loss=falling(40, 0.9, 0.1)),
    ),
    "slow-progress": (
        lambda: curves(loss=np.linspace(2.0, 1.8, 30) + 0.2 * SMALL[:30]),
        lambda: curves(loss=falling(30, 2.0, 0.2)),
    ),
    "underfitting": (lambda: flat_losses(0.55), lambda: flat_losses(0.2)),
    "too-short-to-judge": (lambda: curves(loss=falling(3)), lambda: curves(loss=falling(4))),
    "loss-and-accuracy-both-fall": (lambda: both_fall(0.1), lambda: both_fall(0.005)),
    "train-loss-accuracy-decoupled": (lambda: parted(0.3), lambda: parted(0.01)),
    "vanishing-gradients": (lambda: gradients(1e-4), lambda: gradients(0.3)),
    "exploding-gradients": (lambda: norm_jump(1000), lambda: norm_jump(5)),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_it_speaks_of_its_pattern(name):
    found = catalogue.named(name)(CASES[name][0]())
    assert len(found) == 1, found
    _is_complete(found[0], catalogue.named(name).severity)


@pytest.mark.parametrize("name", CASES)
def test_it_is_silent_where_the_pattern_is_only_near(name):
    assert catalogue.named(name)(CASES[name][1]()) == []


@pytest.mark.parametrize("name", [n for n in CASES if n != "too-short-to-judge"])
def test_it_is_silent_on_flat_curves_and_on_two_epochs(name):
    flat = {k: np.full(30, v) for k, v in {"loss": 0.5, "val_loss": 0.5, "accuracy": 0.8, "val_accuracy": 0.8}.items()}
    assert catalogue.named(name)(curves(**flat, n_classes=3)) == []
    assert catalogue.named(name)(curves(loss=[0.7, 0.5], val_loss=[0.7, 0.6], accuracy=[0.5, 0.6])) == []


@pytest.mark.parametrize("name", CASES)
def test_nan_and_infinity_anywhere_do_not_raise(name):
    for value, every in ((np.nan, 3), (np.inf, 7), (np.nan, 1)):
        whole = CASES[name][0]()
        damaged = Run(framework=whole.framework, facts=whole.facts)
        for curve in whole.curves():
            for i, y in enumerate(curve.values.tolist()):
                step = None if np.isnan(curve.steps[i]) else int(curve.steps[i])
                wrong = value if i % every == 0 else y
                damaged.append(Record(curve.metric, curve.split, wrong, epoch=float(curve.epochs[i]), step=step))
        with np.errstate(all="ignore"):
            catalogue.named(name)(damaged)


def test_a_rise_that_accuracy_follows_is_told_with_the_readers_numbers():
    found = catalogue.named("overfitting")(risen(0.2, lost=0.05))[0]
    assert found.start == pytest.approx(14, abs=3)
    assert f"{found.evidence['lowest value']:.4g}" in found.message
    assert found.headline.startswith("Overfitting since epoch ")
    assert "restore_best_weights=True" in " ".join(found.fixes)


def test_the_words_are_those_of_the_framework():
    run = risen(0.2, lost=0.05)
    run.framework = "xgboost"
    found = catalogue.named("overfitting")(run)[0]
    assert "early_stopping_rounds" in " ".join(found.fixes)
    assert "after round" in found.title


def test_causes_that_the_facts_rule_out_are_left_out():
    run = risen(0.2, lost=0.05)
    named = " ".join(c.text for c in catalogue.named("overfitting")(run)[0].causes)
    run.learn(Facts(has_dropout=True))
    ruled_out = " ".join(c.text for c in catalogue.named("overfitting")(run)[0].causes)
    assert "Weak regularisation" in named
    assert "Weak regularisation" not in ruled_out


def test_a_note_is_no_alarm():
    """A jitter at the bottom of the fall, where no answer changes, is told quietly."""
    level = 1e-3 + np.exp(-np.arange(40) / 2)
    signs = np.random.default_rng(1).normal(size=40)
    run = curves(loss=level * np.exp(0.3 * signs), val_loss=level * np.exp(0.4 * signs), batch_size=64)
    assert [f.severity for f in catalogue.named("oscillating-loss")(run)] == [Severity.NOTE]


def _is_complete(found: Finding, worst: Severity) -> None:
    """A card holds what a reader needs, in words that fit."""
    assert found.severity is not None and found.severity <= worst
    assert isinstance(found.certainty, Certainty)
    assert found.title and len(found.title) <= 90 and not found.title.endswith(".")
    assert found.message.count("**") == 2
    assert found.why and found.curves and found.evidence and found.references
    assert found.fixes
    if found.severity in (Severity.BROKEN, Severity.PROBLEM):
        assert found.check and found.causes and found.caveat and found.headline
    assert [c.rank for c in found.causes] == list(range(1, len(found.causes) + 1))
    for field in dataclasses.fields(found):
        assert "nan" not in str(getattr(found, field.name)).lower().split() or field.name in ("message", "evidence")


def test_a_first_epoch_far_above_all_others_makes_no_flat_curve_of_them() -> None:
    loss = np.concatenate(([20_000.0], 12 + 90 * np.exp(-np.arange(29) / 4)))
    val = np.concatenate(([2_500.0], 12 + 80 * np.exp(-np.arange(29) / 4)))
    found = one(converged, curves(loss=loss, val_loss=val))
    assert found.start is not None and loss[int(found.start) - 1] < 15
