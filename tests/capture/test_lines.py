"""Chunks to lines: what a terminal shows, whatever way the text is cut."""

import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nbdiag.capture.lines import MAX_LINE, LineDecoder


def lines(*chunks):
    decoder = LineDecoder()
    return [(line.text, line.final) for chunk in chunks for line in decoder.decode(chunk)] + [
        (line.text, line.final) for line in decoder.flush()
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\nb", [("a", True), ("b", True)]),
        ("a\r\nb\r\n", [("a", True), ("b", True)]),
        ("a\n\nb\n", [("a", True), ("", True), ("b", True)]),
        ("10%\r20%\r30%\n", [("10%", False), ("20%", False), ("30%", True)]),
        ("\r10%\r\r20%\n", [("10%", False), ("20%", True)]),
        ("abc\b\b\bxyz\n", [("abc", False), ("xyz", True)]),
        ("loss 0.4\b5\n", [("loss 0.4", False), ("loss 0.5", True)]),
        ("ab\b\b\b\b\b\rcd\n", [("ab", False), ("cd", True)]),
        ("\x1b[1m\x1b[32mgreen\x1b[0m\n", [("green", True)]),
        ("old\r\x1b[Knew\n", [("old", False), ("new", True)]),
        ("old\x1b[2K\rnew\n", [("old", False), ("new", True)]),
        ("\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\\n", [("link", True)]),
        ("gone\r      \rnext\n", [("gone", False), ("next", True)]),
        ("", []),
        ("\x1b[", []),
        ("\x1b[31", []),
    ],
)
def test_what_a_terminal_shows(text, expected):
    assert lines(text) == expected


def test_nested_bars_are_rows_of_their_own():
    """tqdm goes down a row for the inner bar and up again."""
    text = "outer 0\n\rinner 0\x1b[A\n\rinner 1\x1b[A\router 1\n\rinner 2\x1b[A"
    assert lines(text) == [
        ("outer 0", True),
        ("inner 0", False),
        ("outer 1", True),
        ("inner 1", False),
        ("inner 2", True),
    ]


def test_a_tall_live_display_is_rewritten_row_by_row():
    """rich erases and goes up before it draws again."""
    assert lines("a 1\nb 1\r\x1b[2K\x1b[1A\x1b[2Ka 2\nb 2\n") == [
        ("a 1", True),
        ("b 1", False),
        ("a 2", True),
        ("b 2", True),
    ]


pieces = st.lists(
    st.sampled_from(
        ["a", "loss: 0.5", "\n", "\r", "\r\n", "\b", "\b\b\b", "\x1b[1m", "\x1b[K", "\x1b[2K", "\x1b[A", "\x1b", "[", "\x1b]8;;u\x1b\\",
         "\x1b[2", "J", "\x1b[1B", "\x1b[G", "━", " ", "\0", "\x1b(B", "m", "K"]
    ),
    max_size=60,
)  # fmt: skip


@given(pieces, st.lists(st.integers(0, 200), max_size=12))
def test_cuts_make_no_difference(parts, cuts):
    text = "".join(parts)
    places = sorted(min(c, len(text)) for c in cuts)
    chunks = [text[a:b] for a, b in zip([0, *places], [*places, len(text)], strict=True)]
    assert lines(*chunks) == lines(text) == lines(*text)


@given(st.text(st.characters(codec="utf-8"), max_size=300))
def test_any_text_is_taken(text):
    assert all("\n" not in line for line, _ in lines(text))


def test_a_line_without_end_is_bounded():
    decoder = LineDecoder()
    tracemalloc.start()
    for _ in range(80):
        assert decoder.decode("x" * (1 << 17)) == []
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 8 * MAX_LINE
    (line,) = decoder.flush()
    assert len(line.text) == MAX_LINE


def test_many_refreshes_keep_no_memory():
    decoder = LineDecoder()
    tracemalloc.start()
    for i in range(200_000):
        decoder.decode(f"\r{i:>6}/200000 loss: 0.5")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1_000_000
    assert [line.text for line in decoder.flush()] == ["199999/200000 loss: 0.5"]


def test_binary_garbage_keeps_no_memory():
    decoder, garbage = LineDecoder(), bytes(range(256)).decode("latin-1") * 400
    tracemalloc.start()
    for _ in range(40):
        decoder.decode(garbage)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 8_000_000


def test_time_is_on_the_lines():
    decoder = LineDecoder()
    decoder.time = 1.5
    assert decoder.decode("a\n")[0].time == 1.5
