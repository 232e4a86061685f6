"""A hook's trace and a loop's text of the same training come in; one run, with nothing twice, must come out."""

from __future__ import annotations

import pytest

from nbdiag.collect import Collector
from nbdiag.events import Begin, End, Learned, Reached, Record, Steps, Traced
from nbdiag.facts import facts_from


def traced(run=0, epochs=(1, 2), val="val", metric="loss", end=False):
    """What the PyTorch hook tells of a training of two steps an epoch, epoch by epoch."""
    yield Traced(run, (Begin("torch"),))
    yield Traced(run, (Learned(facts_from({"n_train": 64, "loss": "cross_entropy"}, "object")),))
    for epoch in epochs:
        steps = [
            Record(metric, "train", 1.25 / step, epoch - 1 + step % 2 / 2, step) for step in (2 * epoch - 1, 2 * epoch)
        ]
        yield Traced(run, (*steps, Reached(epoch, 2 * epoch, 2)))
        means = Record(metric, "train", 1.125 / epoch, epoch), Record("loss", val, 1.0625 / epoch, epoch)
        yield Traced(run, (*means, Record("accuracy", val, 0.25 * epoch, epoch)))
    if end:
        yield Traced(run, (End(),))


def collected(*happened):
    """Runs of events and text, in the order given."""
    collector = Collector()
    for time, what in enumerate(happened):
        if isinstance(what, str):
            collector.chunk("stdout", what, float(time))
        else:
            collector.event(what, float(time))
    collector.close()
    return [
        {f"{c.name}/{c.per}": c.values.tolist() for c in (*run.curves("epoch"), *run.curves("step"))}
        for run in collector.runs
    ], collector.runs


def interleaved(lines, trace):
    begin, facts, *rest = trace
    yield from (begin, facts)
    for i, line in enumerate(lines):
        yield from rest[2 * i : 2 * i + 2]
        yield line
    yield from rest[2 * len(lines) :]


def test_alone_it_is_a_run():
    (curves,), (run,) = collected(*traced())
    assert set(curves) == {"train:loss/epoch", "train:loss/step", "val:loss/epoch", "val:accuracy/epoch"}
    assert (run.framework, run.number, run.reached, run.facts.n_train) == ("torch", 1, (2, 4, 2), 64)


@pytest.mark.parametrize("late", [False, True], ids=["while it trains", "all told at the end"])
def test_the_texts_epochs_stand_and_the_steps_complete_them(late):
    lines = [f"Epoch {e}/2 - train loss: {1.1 / e:.3f} - val loss: {1.0 / e:.3f}\n" for e in (1, 2)]
    begin, *rest = traced()
    order = [begin, *lines, *rest] if late else interleaved(lines, traced())
    (curves,), (run,) = collected(*order)
    assert curves == {
        "train:loss/epoch": [1.1, 0.55],
        "val:loss/epoch": [1.0, 0.5],
        "val:accuracy/epoch": [0.25, 0.5],
        "train:loss/step": [1.25, 0.625, pytest.approx(1.25 / 3), 0.3125],
    }
    assert (run.number, run.facts.n_train, run.facts.loss) == (1, 64, "cross_entropy")


def test_where_the_text_is_silent_about_the_loss_the_hooks_epochs_stand():
    lines = [f"Epoch {e}: val acc: {0.3 * e:.3f}\n" for e in (1, 2)]
    (curves,), _ = collected(*interleaved(lines, traced()))
    assert curves["val:accuracy/epoch"] == [0.3, 0.6]
    assert curves["train:loss/epoch"] == [1.125, 0.5625]
    assert curves["val:loss/epoch"] == [1.0625, 0.53125]


def test_step_text_replaces_the_hooks_steps():
    lines = [f"[{e},  2000] loss: {1.5 / e:.3f}\n" for e in (1, 2)]
    (curves,), _ = collected(*interleaved(lines, traced()))
    assert curves["train:loss/step"] == [1.5, 0.75]
    assert "train:loss/epoch" not in curves


def test_a_loops_test_is_the_hooks_val():
    lines = [f"Epoch {e} Train loss: {1.1 / e:.3f} Test loss: {1.0 / e:.3f}\n" for e in (1, 2)]
    (curves,), _ = collected(*interleaved(lines, traced()))
    assert "val:loss/epoch" not in curves
    assert curves["test:loss/epoch"] == [1.0, 0.5]


def test_a_loops_own_names_for_its_losses_are_kept():
    lines = [f"Epoch {e} Loss_D: {1.1 / e:.3f} Loss_G: {1.0 / e:.3f}\n" for e in (1, 2)]
    (curves,), _ = collected(*interleaved(lines, traced()))
    assert not [name for name in curves if name.startswith("train:loss/")]


def test_each_training_meets_its_own_text():
    lines = [f"Epoch {e}/2 - train loss: {1.1 / e:.3f} - val loss: {1.0 / e:.3f}\n" for e in (1, 2)]
    first, second = traced(0, end=True), traced(1, end=True)
    curves, runs = collected(*interleaved(lines, first), *interleaved(lines, second))
    assert curves[0] == curves[1]
    assert [run.number for run in runs] == [1, 2]
    assert len(curves[0]["train:loss/step"]) == 4


def test_a_silent_training_after_a_printed_one_is_a_run_of_its_own():
    lines = [f"Epoch {e}/2 - train loss: {1.1 / e:.3f} - val loss: {1.0 / e:.3f}\n" for e in (1, 2)]
    curves, runs = collected(*interleaved(lines, traced(0, end=True)), *traced(1))
    assert curves[0]["train:loss/epoch"] == [1.1, 0.55]
    assert curves[1]["train:loss/epoch"] == [1.125, 0.5625]
    assert [run.framework for run in runs] == ["loop", "torch"]


def test_a_hook_that_knows_the_loop_is_the_only_one_counted():
    begin, *rest = traced()
    curves, runs = collected(
        Begin("keras", exact=True), begin, rest[0], Record("loss", "train", 0.75, epoch=1.0), End(), *rest[1:]
    )
    assert curves == [{"train:loss/epoch": [0.75]}]
    assert runs[0].framework == "keras"


@pytest.mark.parametrize("late", [False, True], ids=["while it trains", "all told at the end"])
@pytest.mark.parametrize("factor", [1.0, 0.01, 64.0])
def test_steps_in_another_unit_than_the_texts_epochs_do_not_stand_beside_them(factor, late):
    lines = [f"Epoch {e}/2 - train loss: {1.1 / e:.3f}\n" for e in (1, 2)]
    steps = [Steps("loss", "train", [factor * 1.25 / s], [s / 2], [s]) for s in (1, 2, 3, 4)]
    begin, facts, *_ = traced()
    first, second = (Traced(0, tuple(steps[i : i + 2])) for i in (0, 2))
    happened = (begin, facts, *lines, first, second) if late else (begin, facts, first, lines[0], second, lines[1])
    (curves,), _ = collected(*happened)
    assert curves["train:loss/epoch"] == [1.1, 0.55]
    assert ("train:loss/step" in curves) is (factor == 1.0)


def test_two_losses_that_text_names_are_not_told_by_number_too():
    steps = [Steps(name, "train", [0.5, 0.4], [0.5, 1.0], [1, 2]) for name in ("loss", "loss_2")]
    curves, _ = collected(
        Traced(0, (Begin("torch"),)),
        Traced(0, tuple(steps)),
        "[0/2][0/10]\tLoss_D: 0.50\tLoss_G: 0.40\n[0/2][5/10]\tLoss_D: 0.30\tLoss_G: 0.20\n",
        Traced(0, tuple(Steps(s.metric, "train", [0.3], [1.5], [3]) for s in steps)),
    )
    assert [set(run) for run in curves] == [{"train:loss_d/step", "train:loss_g/step"}]
