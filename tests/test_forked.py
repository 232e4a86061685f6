"""Processes are really forked; what rank 0 prints arrives, in order and unmixed, and nobody ever waits."""

from __future__ import annotations

import os

import pytest

from nbdiag.forked import Forked
from nbdiag.inbox import Inbox


def in_a_child(work):
    """Run ``work`` in a forked process, to its end."""
    pid = os.fork()
    if not pid:
        code = 1
        try:
            work()
            code = 0
        finally:
            os._exit(code)
    assert os.waitpid(pid, 0)[1] == 0


@pytest.fixture
def rank(monkeypatch):
    monkeypatch.setenv("RANK", "0")


def test_what_rank_0_prints_arrives_in_order(rank):
    inbox = Inbox()
    out, err = inbox.sink("stdout"), inbox.sink("stderr")
    out("before\n")

    def work():
        out("Epoch 1 loss: 0.5\n")
        err("größer 🎈\n" * 2000)
        out("Epoch 2 loss: 0.25\n")

    in_a_child(work)
    told = [(stream, text) for _, stream, text in inbox.empty()]
    assert told[0] == ("stdout", "before\n")
    assert told[1] == ("rank 0 stdout", "Epoch 1 loss: 0.5\n")
    assert "".join(text for stream, text in told if stream == "rank 0 stderr") == "größer 🎈\n" * 2000
    assert told[-1] == ("rank 0 stdout", "Epoch 2 loss: 0.25\n")
    assert list(inbox.empty()) == []
    times = [at for at, _, _ in inbox.empty()]
    assert times == sorted(times)


@pytest.mark.parametrize("rank", ["1", None])
def test_other_ranks_and_workers_are_not_heard(monkeypatch, rank):
    monkeypatch.delenv("RANK", raising=False)
    monkeypatch.delenv("LOCAL_RANK", raising=False)
    if rank:
        monkeypatch.setenv("LOCAL_RANK", rank)
    inbox = Inbox()
    in_a_child(lambda: inbox.sink("stdout")("loss: 0.5\n"))
    assert list(inbox.empty()) == []


def test_a_full_pipe_makes_nobody_wait_and_splices_nothing(rank):
    forked = Forked()

    def fill():
        for i in range(50_000):
            forked.send("out", f"step {i} loss: 0.{i:05d}\n")

    in_a_child(fill)
    first = [text for _, _, text in forked.receive()]
    assert 0 < len(first) < 50_000
    in_a_child(lambda: forked.send("out", "step 7 loss: 0.5\n"))
    (more,) = [text for _, _, text in forked.receive()]
    lines = "".join([*first, more]).split("\n")
    assert all(line in {f"step {i} loss: 0.{i:05d}" for i in range(len(first))} for line in lines[:-2])
    assert lines[-2:] == ["step 7 loss: 0.5", ""]


def test_a_piece_that_was_lost_ends_the_line(rank):
    forked = Forked()
    while not forked._lost:
        forked.send("out", "x" * 900)
    for _ in forked.receive():
        pass
    forked.send("out", "5\n")
    assert [text for _, _, text in forked.receive()] == ["\n5\n"]


def test_after_the_end_nobody_is_heard_and_nothing_fails(rank):
    inbox = Inbox()
    sink = inbox.sink("stdout")
    inbox.close()
    inbox.close()
    in_a_child(lambda: sink("late\n") if os.getpid() else None)
    assert list(inbox.empty()) == []
