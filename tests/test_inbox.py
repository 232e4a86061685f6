"""What comes in goes out in order, joined and in pieces, and nothing is lost between two times."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from nbdiag import inbox as module
from nbdiag.events import Reached
from nbdiag.inbox import PIECE, Inbox

comes = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["stdout", "stderr"]), st.text("ab\n\r", max_size=12)),
        st.builds(Reached, st.floats(0, 9)),
    ),
    max_size=30,
)


def fill(box, what):
    for each in what:
        if isinstance(each, Reached):
            box.emit(each)
        else:
            box.sink(each[0])(each[1])


def told(pieces):
    """Events and characters in order."""
    out = []
    for _, stream, what in pieces:
        out += [(stream, c) for c in what] if isinstance(what, str) else [what]
    return out


@given(comes, st.lists(st.booleans(), max_size=20))
def test_order_is_kept_whatever_the_pauses(what, pauses):
    whole, paused = Inbox(), Inbox()
    fill(whole, what)
    fill(paused, what)
    turns = iter(pauses)
    before, module.PIECE = module.PIECE, 5
    try:
        got = []
        for _ in range(len(pauses)):
            got += paused.empty(lambda: next(turns, False))
        got += paused.empty()
        expected = [
            each if isinstance(each, Reached) else (each[0], c)
            for each in what
            for c in (each[1] if isinstance(each, tuple) else "e")
        ]
        assert told(got) == told(whole.empty()) == expected
    finally:
        module.PIECE = before


def test_long_text_ends_behind_a_line_or_before_one_is_written_over():
    box = Inbox()
    box.sink("stdout")("".join(f"\r{i}% of it, loss 0.5" for i in range(20_000)) + "\nend\n" * 60_000)
    pieces = [text for _, _, text in box.empty()]
    assert len(pieces) > 3
    assert all(len(piece) <= PIECE for piece in pieces)
    assert all(a.endswith("\n") or b.startswith("\r") for a, b in pairwise(pieces))


def test_a_line_without_end_comes_in_pieces():
    box = Inbox()
    box.sink("stdout")("x" * (5 * PIECE + 7))
    assert [len(text) for _, _, text in box.empty()] == [PIECE] * 5 + [7]


def test_what_hooks_reported_stays_where_text_is_left_out():
    box = Inbox()
    fill(box, [("stdout", "abc"), Reached(1.0), ("stderr", "de"), Reached(2.0)])
    assert box.leave_out() == 5
    assert [what for _, _, what in box.empty()] == [Reached(1.0), Reached(2.0)]
    assert box.leave_out() == 0
