"""Loops with real tqdm bars come in; their curves at full precision are checked, and that tqdm is left as it was."""

from __future__ import annotations

import contextlib
import io
import math
import traceback

import numpy as np
import pytest
from tqdm import tqdm, trange

from nbdiag.collect import Collector
from nbdiag.events import Trouble
from nbdiag.frameworks.tqdm.hook import hook


def watched(loop):
    """The curves of a loop's runs, collected from what it writes and what the hook tells, in their order."""
    collector, events = Collector(), []

    class Written(io.StringIO):
        def write(self, text):
            events.append(text)
            return len(text)

    with contextlib.redirect_stderr(Written()), contextlib.redirect_stdout(Written()), hook(events.append):
        loop()
    assert not [e for e in events if isinstance(e, Trouble)]
    for event in events:
        if isinstance(event, str):
            collector.chunk("text", event)
        else:
            collector.event(event)
    collector.close()
    return [
        {f"{c.name}/{c.per}": dict(zip((c.epochs if c.per == "epoch" else c.steps).tolist(), c.values.tolist(), strict=True))
         for c in (*run.curves("epoch"), *run.curves("step"))}
        for run in collector.runs
    ]  # fmt: skip


def test_a_bar_for_each_epoch_gives_its_last_values_once():
    def loop():
        for epoch in range(3):
            with tqdm([0, 1, 2], desc=f"Epoch {epoch + 1}/3") as bar:
                for i in bar:
                    bar.set_postfix(loss=1 / (3 + 3 * epoch + i))

    assert watched(loop) == [{"train:loss/epoch": {1.0: 1 / 5, 2.0: 1 / 8, 3.0: 1 / 11}}]


def test_bars_without_a_name_are_counted_also_where_one_is_reset():
    def bars():
        for epoch in range(3):
            bar = tqdm([1, 2])
            for i in bar:
                bar.set_postfix_str(f"loss={1 / (i + 2 * epoch):.12f}")

    def one():
        bar = tqdm(total=2)
        for epoch in range(3):
            bar.reset()
            for i in (1, 2):
                bar.update()
                bar.set_postfix(loss=1 / (i + 2 * epoch))
        bar.close()

    expected = {1.0: 1 / 2, 2.0: 1 / 4, 3.0: 1 / 6}
    for loop in (bars, one):
        (run,) = watched(loop)
        assert run == {"train:loss/epoch": pytest.approx(expected, abs=1e-12)}


def test_one_bar_over_epochs_gives_each_epoch():
    def loop():
        for epoch in (bar := tqdm(range(5))):
            if epoch != 2:
                bar.set_postfix(loss=1 / (epoch + 3), val_loss="0.5")

    (run,) = watched(loop)
    assert run["train:loss/epoch"] == {1.0: 1 / 3, 2.0: 1 / 4, 4.0: 1 / 6, 5.0: 1 / 7}
    assert set(run["val:loss/epoch"]) == {1.0, 2.0, 4.0, 5.0}


def test_one_bar_over_steps_gives_steps():
    def loop():
        for i in (bar := trange(300)):
            bar.set_postfix(loss=1 / (i + 1), refresh=False)

    (run,) = watched(loop)
    steps = run["train:loss/step"]
    assert list(run) == ["train:loss/step"] and {1, 2, 300} <= set(steps)
    assert all(value == 1 / step for step, value in steps.items())


def test_a_bar_around_bars_tells_the_epochs():
    def loop():
        with tqdm(total=3) as outer:
            for epoch in range(3):
                for x in (inner := tqdm([1, 2, 3], leave=False)):
                    inner.set_postfix(loss=1 / (epoch * 3 + x))
                outer.update()
                outer.set_postfix(loss=1 / (epoch + 9), val_loss=1 / (epoch + 7))

    assert watched(loop) == [
        {
            "train:loss/epoch": {e + 1.0: 1 / (e + 9) for e in range(3)},
            "val:loss/epoch": {e + 1.0: 1 / (e + 7) for e in range(3)},
        }
    ]


def test_printed_lines_are_not_counted_beside_the_bars_copy():
    def loop():
        for epoch in range(6):
            for x in (bar := tqdm([1, 2])):
                bar.set_postfix(loss=1 / (epoch * 2 + x))
            print(f"epoch {epoch}: loss {1 / (epoch * 2 + 2):.3f}, val loss {1 / (epoch + 2):.3f}")

    (run,) = watched(loop)
    assert run["train:loss/epoch"] == {e + 1.0: pytest.approx(1 / (e * 2 + 2), abs=5e-4) for e in range(6)}
    assert set(run["val:loss/epoch"]) == {1.0, 2.0, 3.0, 4.0, 5.0, 6.0}


def test_nan_and_tensors_are_values():
    import torch

    def loop():
        for epoch in range(2):
            with tqdm([1], desc=f"epoch {epoch + 1}") as bar:
                bar.set_postfix(loss=torch.tensor(0.1 if epoch else math.nan, requires_grad=True))

    (run,) = watched(loop)
    assert math.isnan(run["train:loss/epoch"][1.0]) and run["train:loss/epoch"][2.0] == torch.tensor(0.1).item()


def test_a_download_is_no_training():
    def loop():
        for part in range(3):
            with tqdm(total=100, desc=f"model-{part}.bin", unit="B", unit_scale=True) as bar:
                for _ in range(10):
                    bar.update(10)
                    bar.set_postfix(file=f"part {part}", speed=3.2)

    assert watched(loop) == []


def test_an_epoch_that_was_broken_off_has_no_value():
    def loop():
        for epoch in range(4):
            with contextlib.suppress(RuntimeError), tqdm(total=4, desc=f"epoch {epoch}") as bar:
                bar.set_postfix(loss=1 / (epoch + 1))
                if epoch == 3:
                    raise RuntimeError("out of memory")

    assert watched(loop) == [{"train:loss/epoch": {1.0: 1.0, 2.0: 1 / 2, 3.0: 1 / 3}}]


def test_tqdm_is_left_as_it_was_and_errors_are_the_readers():
    before = dict(vars(tqdm))
    events = []
    with hook(events.append), contextlib.redirect_stderr(io.StringIO()):
        assert tqdm.set_postfix is not before["set_postfix"]
        with pytest.raises(TypeError) as caught:
            tqdm([1]).set_postfix(5)
    assert dict(vars(tqdm)) == before and events == []
    assert "nbdiag" not in "".join(traceback.format_exception(caught.value))


def test_what_a_bar_shows_last_is_told_however_it_is_given():
    """Plain numbers are kept and put into words at the end, all else is at once."""

    def loop():
        for epoch in range(4):
            with tqdm(list(range(6)), desc=f"Epoch {epoch + 1}/4") as bar:
                value = np.array(0.0)
                for i in bar:
                    value[...] = loss = 1 / (1 + 6 * epoch + i)
                    shown = {"loss": loss, "acc": 1 - loss}
                    if epoch == 0:
                        bar.set_postfix(shown)
                        shown.clear()  # tqdm has read it
                    elif epoch == 1:
                        bar.set_postfix({"loss": loss}, acc=1 - loss, refresh=False)
                    elif epoch == 2 and i < 5:
                        bar.set_postfix(loss=-1.0, acc=-1.0)
                    elif epoch == 2:
                        bar.set_postfix_str(f"loss={loss!r}, acc={1 - loss!r}")
                    elif i % 2:
                        bar.set_postfix(loss=value, acc=1 - loss)
                    else:
                        bar.set_postfix(loss=loss, acc=1 - loss)
                value[...] = -1.0

    last = {float(e): 1 / (6 * e) for e in range(1, 5)}
    expected = {"train:loss/epoch": last, "train:accuracy/epoch": {e: 1 - v for e, v in last.items()}}
    assert watched(loop) == [expected]
