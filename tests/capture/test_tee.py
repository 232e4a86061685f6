"""The sink gets what is written, the stream stays as it is."""

import io
import logging
import sys
import threading

import pytest

from nbdiag.capture.tee import Tee, tee


class Stream(io.StringIO):
    """A stream whose attributes can be set, as ipykernel's are."""


class Fixed:
    """A stream whose attributes cannot be set."""

    __slots__ = ("parts",)
    encoding = "utf-8"

    def __init__(self):
        self.parts = []

    def write(self, text):
        self.parts.append(text)
        return len(text)

    def flush(self):
        pass


def test_a_terminal_gets_the_same_bytes():
    raw, seen = io.BytesIO(), []
    terminal = io.TextIOWrapper(raw, encoding="utf-8", write_through=True)
    with tee(terminal, seen.append):
        print("\rä 1/2", end="", file=terminal)
    assert raw.getvalue().decode() == "\rä 1/2"
    assert "".join(seen) == "\rä 1/2"


def test_both_get_the_text():
    stream, seen = Stream(), []
    with tee(stream, seen.append):
        assert stream.write("loss: 0.4\n") == 10
        print("a", "b", file=stream)
        stream.writelines(["c", "d"])
    stream.write("after")
    assert stream.getvalue() == "loss: 0.4\na b\ncdafter"
    assert "".join(seen).startswith("loss: 0.4\na b\n")
    assert "after" not in seen


def test_references_taken_before_are_seen():
    stream, seen = Stream(), []
    logger = logging.Logger("training")
    logger.addHandler(logging.StreamHandler(stream))
    with tee(stream, seen.append):
        logger.warning("epoch 1")
    assert "".join(seen) == "epoch 1\n"


def test_a_failing_sink_is_not_noticed():
    stream = Stream()

    def sink(text):
        raise RuntimeError("ours")

    with tee(stream, sink):
        stream.write("a")
    assert stream.getvalue() == "a"


def test_an_error_of_the_stream_is_passed_on():
    stream, seen = Stream(), []
    stream.close()
    with tee(stream, seen.append), pytest.raises(ValueError, match="closed"):
        stream.write("a")
    assert seen == []


@pytest.mark.parametrize("stream", [Stream(), Fixed()])
@pytest.mark.parametrize("interrupted", ["the write", "the sink"])
def test_no_frame_of_ours_stands_in_a_traceback(monkeypatch, stream, interrupted):
    def interrupt(text):
        raise KeyboardInterrupt

    if interrupted == "the write":
        monkeypatch.setattr(type(stream), "write", lambda self, text: interrupt(text))
    monkeypatch.setattr(sys, "stdout", stream)
    sink = interrupt if interrupted == "the sink" else [].append
    with tee(stream, sink), pytest.raises(KeyboardInterrupt) as raised:
        sys.stdout.write("a")
    assert {str(entry.path) for entry in raised.traceback} == {__file__}


def test_undone_after_an_error():
    stream, seen = Stream(), []
    with pytest.raises(KeyboardInterrupt), tee(stream, seen.append):
        raise KeyboardInterrupt
    assert "write" not in vars(stream)


def test_a_wrapper_above_ours_is_left_alone():
    stream, seen, above = Stream(), [], []
    with tee(stream, seen.append):
        ours = stream.write

        def theirs(text):
            above.append(text)
            return ours(text)

        stream.write = theirs
    stream.write("a")
    assert stream.write is theirs
    assert (above, seen, stream.getvalue()) == (["a"], [], "a")


def test_a_write_of_the_users_own_is_put_back():
    stream, seen, own = Stream(), [], []
    stream.write = own.append
    mine = stream.write
    with tee(stream, seen.append):
        stream.write("a")
    assert stream.write == mine
    assert (own, seen) == (["a"], ["a"])


def test_two_tees_on_one_stream():
    stream, first, second = Stream(), [], []
    with tee(stream, first.append), tee(stream, second.append):
        stream.write("a")
    assert (first, second, stream.getvalue()) == (["a"], ["a"], "a")
    assert "write" not in vars(stream)


def test_a_stream_that_cannot_be_changed_is_stood_for(monkeypatch):
    terminal, seen = Fixed(), []
    monkeypatch.setattr(sys, "stdout", terminal)
    with tee(terminal, seen.append):
        assert isinstance(sys.stdout, Tee)
        print("ä", end="")
        sys.stdout.writelines(["b"])
        assert sys.stdout.encoding == "utf-8"
    assert sys.stdout is terminal
    assert "".join(terminal.parts) == "äb"
    assert "".join(seen) == "äb"


def test_a_stand_in_kept_by_others_goes_quiet(monkeypatch):
    terminal, seen = Fixed(), []
    monkeypatch.setattr(sys, "stderr", terminal)
    with tee(terminal, seen.append):
        kept = sys.stderr
    kept.write("late")
    assert seen == []


def test_no_stream_at_all():
    with tee(None, [].append):
        pass


def test_many_threads():
    stream, seen = Stream(), []
    with tee(stream, seen.append):
        threads = [threading.Thread(target=lambda: [stream.write("x\n") for _ in range(500)]) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(seen) == 2000
    assert stream.getvalue() == "x\n" * 2000
