"""Watching a block: what it gives, how it ends, and that nothing of it reaches the block."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import threading
import time

import numpy as np
import pytest

import nbdiag
from nbdiag import live, pace
from nbdiag.config import Options
from nbdiag.errors import ConfigError, UnknownRule
from nbdiag.views import choice


class Seen:
    """A live view that keeps what it is given."""

    def __init__(self) -> None:
        self.drawn: list[list[int]] = []
        self.shown = 0
        self.ended: list[tuple[list[str], str]] = []

    def show(self) -> None:
        self.shown += 1

    def draw(self, diagnoses) -> None:
        self.drawn.append([len(d.run) for d in diagnoses])

    def finish(self, diagnoses, status) -> None:
        self.ended.append(([d.run.name for d in diagnoses], status))


@pytest.fixture
def view(monkeypatch) -> Seen:
    """A view that is free to draw whenever there is something new."""
    seen = Seen()
    for name in ("END", "FIRST", "CHART"):
        monkeypatch.setattr(pace, name, 0.0)
    monkeypatch.setattr(choice, "choose", lambda name, stop=None: seen if name == "auto" else choice.NoView())
    return seen


def losses(diagnosis, split="train"):
    return diagnosis.run.curve("loss", split).values.tolist()


def test_what_is_printed_is_seen_and_stays_the_same(view, capsys):
    with live.Watch(Options(name="mine")).start() as watch:
        print("Epoch 1/2 - loss: 0.5000 - val_loss: 0.7000")
        print("Epoch 2/2 - loss: 0.2500 - val_loss: 0.6000", file=sys.stderr)
    assert losses(watch.diagnoses[0]) == [0.5, 0.25]
    assert losses(watch.diagnoses[0], "val") == [0.7, 0.6]
    out = capsys.readouterr()
    assert out.out == "Epoch 1/2 - loss: 0.5000 - val_loss: 0.7000\n"
    assert out.err == "Epoch 2/2 - loss: 0.2500 - val_loss: 0.6000\n"
    assert (view.shown, view.ended) == (1, [(["mine"], "finished")])
    assert nbdiag.last() is watch.diagnoses[0]
    assert nbdiag.recent()[-1] is nbdiag.last()


def test_it_is_drawn_while_the_block_runs(view):
    with live.Watch().start():
        print("Epoch 1/3 - loss: 0.5\nEpoch 2/3 - loss: 0.4")
        wait_for(lambda: view.drawn)
        assert view.drawn == [[2]]
        assert view.ended == []
        print("Epoch 3/3 - loss: 0.4")
        wait_for(lambda: len(view.drawn) > 1)
    assert view.drawn[-1] == [3]


def test_between_two_judgements_the_curves_are_drawn_on(view, monkeypatch):
    monkeypatch.setattr(pace, "JUDGING", 1e-9)
    monkeypatch.setattr(Seen, "draw", lambda self, diagnoses: self.drawn.append((diagnoses[0], len(diagnoses[0].run))))
    with live.Watch().start() as watch:
        for epoch in (1, 2):
            watch.log(epoch=epoch, loss=0.5)
            wait_for(lambda n=epoch: len(view.drawn) == n)
    (first, one), (second, two) = view.drawn
    assert first is second
    assert (one, two) == (1, 2)
    assert watch.diagnoses[0] is not first  # at the end all is judged


def test_a_training_that_has_ended_is_judged_at_once_whatever_was_spent(view, monkeypatch):
    monkeypatch.setattr(pace, "END", 1e9)
    monkeypatch.setattr(Seen, "draw", lambda self, diagnoses: self.drawn.append(diagnoses[0]))
    with live.Watch(cell=1).start() as cell:
        with nbdiag.watch("fold") as fold:
            for epoch in (1, 2, 3):
                fold.log(epoch=epoch, loss=0.5)
        wait_for(lambda: view.drawn)
        time.sleep(3 * cell.options.refresh)
    assert len(view.drawn) == 1  # and once
    assert view.drawn[0].findings == cell.diagnoses[0].findings != ()


def test_nothing_new_is_not_drawn_again(view):
    with live.Watch().start():
        print("Epoch 1/2 - loss: 0.5\nEpoch 2/2 - loss: 0.4")
        wait_for(lambda: view.drawn)
        for _ in range(5):
            print("nothing of interest")
            time.sleep(0.1)
    assert view.drawn == [[2]]


def wait_for(true) -> None:
    end = time.monotonic() + 20
    while not true():
        assert time.monotonic() < end
        time.sleep(0.01)


@pytest.mark.parametrize(
    ("error", "status"), [(ValueError("boom"), "failed"), (KeyboardInterrupt(), "interrupted"), (None, "finished")]
)
def test_how_a_block_ends_is_told_and_its_exception_is_its_own(view, error, status):
    watch = live.Watch().start()
    try:
        with watch:
            watch.log(epoch=1, loss=0.5)
            if error:
                raise error
    except BaseException as raised:
        assert raised is error
    assert view.ended == [([""], status)]
    assert watch.diagnoses[0].run.status == status


def test_finish_twice_is_once(view):
    watch = live.Watch().start()
    watch.log(epoch=1, loss=0.5)
    assert watch.finish() is watch.finish()
    assert len(view.ended) == 1


def test_an_interrupt_while_it_begins_leaves_no_thread_behind(view, monkeypatch):
    begin = threading.Thread.start

    def begin_and_interrupt(thread):
        begin(thread)
        raise KeyboardInterrupt

    monkeypatch.setattr(threading.Thread, "start", begin_and_interrupt)
    watch = live.Watch(Options())
    with pytest.raises(KeyboardInterrupt):
        watch.start()
    watch._thread.join(10)
    assert not watch._thread.is_alive() and live.active() is None


def test_a_new_watch_ends_the_one_before(view):
    old = live.Watch(Options(name="old")).start()
    old.log(epoch=1, loss=1)
    with live.Watch(Options(name="new")).start():
        assert view.ended == [(["old"], "interrupted")]


def test_log_counts_epochs_from_1_and_a_restart_is_a_new_run(view):
    with live.Watch().start() as watch:
        for _fold in range(2):
            for epoch in range(3):
                watch.log(epoch=epoch, loss=np.float32(0.5), val_loss=0.7, **{"Val Acc": 0.9})
    assert len(watch.diagnoses) == 2
    for number, diagnosis in enumerate(watch.diagnoses, 1):
        run = diagnosis.run
        assert run.number == number
        assert run.curve("loss", "train").epochs.tolist() == [1, 2, 3]
        assert run.curve("accuracy", "val").values.tolist() == [0.9, 0.9, 0.9]


def test_what_there_is_no_time_to_read_at_the_end_is_said_and_what_was_reported_counts(view, monkeypatch, capsys):
    monkeypatch.setattr(live, "READING", -1.0)
    with live.Watch(Options(refresh=60)).start() as watch:
        print("some text\n" * 300_000)
        watch.log(epoch=1, loss=0.5)
    assert losses(watch.diagnoses[0]) == [0.5]
    assert capsys.readouterr().err.splitlines() == [
        "NbdiagWarning: reading all of the output failed (the last 3 MB came too fast); the training is not affected."
    ]


def test_what_is_logged_is_not_counted_again_from_the_text(view):
    with live.Watch().start() as watch:
        for epoch in (1, 2):
            watch.log(epoch=epoch, loss=0.123456)
            print(f"Epoch {epoch}/2 - loss: 0.12")
    assert [losses(d) for d in watch.diagnoses] == [[0.123456, 0.123456]]


def test_a_value_that_is_no_number_is_said_once_and_the_loop_goes_on(view, capsys):
    with live.Watch().start() as watch:
        for epoch in (1, 2):
            watch.log(epoch=epoch, loss=0.5)
            watch.log(epoch=epoch, loss="n/a")
    assert losses(watch.diagnoses[0]) == [0.5, 0.5]
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1
    assert "log()" in lines[0]
    assert "n/a" in lines[0]


def test_facts_are_given_to_each_run(view):
    with live.Watch(Options(facts={"n_val": 128, "lr": 0.1})).start() as watch:
        watch.log(epoch=1, loss=0.5)
    assert (watch.diagnoses[0].run.facts.n_val, watch.diagnoses[0].run.facts.learning_rate) == (128, 0.1)


def test_without_training_there_is_no_diagnosis(view):
    with live.Watch().start() as watch:
        print("hello")
    assert watch.diagnoses == []
    assert view.ended == [([], "finished")]
    with live.Watch(Options(quiet=True)).start():
        print("hello")
    assert len(view.ended) == 1


def test_unusable_options_are_told_before_anything_begins():
    with pytest.raises(ConfigError, match="view is one of"):
        nbdiag.watch(view="plotly")
    with pytest.raises(UnknownRule, match="overfitting"):
        nbdiag.watch(select=("overfiting",))
    assert live.active() is None


@pytest.mark.parametrize("method", ["show", "draw", "finish"])
def test_a_broken_view_is_named_once_and_the_rest_goes_on(view, monkeypatch, capsys, method):
    def broken(*_):
        raise RuntimeError("planted")

    monkeypatch.setattr(Seen, method, broken)
    with live.Watch().start() as watch:
        for epoch in (1, 2, 3):
            watch.log(epoch=epoch, loss=0.5)
            time.sleep(0.3)
    assert losses(watch.diagnoses[0]) == [0.5, 0.5, 0.5]
    told = [line for line in capsys.readouterr().err.splitlines() if "planted" in line]
    assert len(told) == 1
    assert told[0].startswith("NbdiagWarning: the view failed (RuntimeError: planted, test_live.py:")


def script(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)


def test_a_forked_worker_does_nothing():
    done = script("""
import os, nbdiag
with nbdiag.watch(view="none") as w:
    print("Epoch 1/3 - loss: 0.5\\nEpoch 2/3 - loss: 0.4", flush=True)
    if os.fork() == 0:
        print("Epoch 3/3 - loss: 0.1", flush=True)
        w.log(epoch=9, loss=9)
        assert w.finish() == []
        os._exit(0)
    os.wait()
print([d.run.curve("loss", "train").values.tolist() for d in w.diagnoses])
""")
    assert done.stdout == "Epoch 1/3 - loss: 0.5\nEpoch 2/3 - loss: 0.4\nEpoch 3/3 - loss: 0.1\n[[0.5, 0.4]]\n"
    assert done.stderr == ""


def test_a_script_that_forgets_to_finish_is_still_told():
    done = script("""
import nbdiag
w = nbdiag.watch("forgetful")
for epoch in range(1, 13):
    w.log(epoch=epoch, loss=1 / epoch, val_loss=0.5 + 0.1 * epoch)
""")
    assert "val_loss" in done.stdout + done.stderr


def test_a_loop_of_ones_own_is_told_to_stop(view):
    logged = 0
    with nbdiag.watch(stop_on="broken") as w:
        for epoch in range(1, 100_000):
            w.log(epoch=epoch, loss=float("nan") if epoch > 5 else 1 / epoch)
            logged = epoch
            time.sleep(0.005)
    assert 5 < logged < 99_999
    assert w.should_stop
    assert w.diagnoses[0].run.status == "stopped"
    assert view.ended[-1][1] == "stopped"


def test_a_loop_that_is_healthy_or_did_not_ask_is_never_told_to_stop(view):
    for stop_on, last in ((["broken"], 0.1), ([], float("nan"))):
        with nbdiag.watch(stop_on=stop_on) as w:
            for epoch in range(1, 60):
                w.log(epoch=epoch, loss=last + 1 / epoch)
                time.sleep(0.005)
        assert not w.should_stop
        assert w.diagnoses[0].run.status == "finished"


def test_a_second_fold_is_not_stopped_for_the_first_ones_fault(view):
    with nbdiag.watch(stop_on=["broken"]) as w:
        with contextlib.suppress(nbdiag.StopTraining):
            for epoch in range(1, 100_000):
                w.log(epoch=epoch, loss=float("nan"))
                time.sleep(0.005)
        for epoch in range(1, 60):
            w.log(epoch=epoch, loss=1 / epoch)
            time.sleep(0.005)
    assert [d.run.status for d in w.diagnoses] == ["stopped", "finished"]
