"""Of a bar's refreshes at one percent the first and the last tell what all of them tell."""

from hypothesis import given, settings
from hypothesis import strategies as st

from nbdiag.capture.lines import LineDecoder, fewer
from nbdiag.collect import Collector

ODD = ["\n", "\r", "\x1b[A", "\n\x1b[A", "\b\b\b", "\x1b[K", "Epoch 2/9\n", "Epoch 3 loss: 0.25\n", "\rEpoch 4 loss: 0.5", "{'loss': 0.5, 'epoch': 0.5}\n",
       "\r  3/10 [==>...] - ETA: 1s - loss: 0.5", "\r12/50 ━━━━━━ 1s 5ms/step - loss: 0.5", "\r| 5%|", "\r100%|", "\r 5%|##", "\ufdd0", " val_loss: 0.5"]  # fmt: skip


def bars(name, first, count, stride, total, style):
    """Refreshes of one bar, as they are written one by one."""
    for k in range(count):
        n = min(total, first + k * stride)
        drawn = "█" * (10 * n // total)
        drawn = f"\x1b[32m{drawn}\x1b[0m" if style == "coloured" else drawn
        if style in ("by hand", "logged"):
            yield f"\r{name}[{n}/{total}] loss: {3 / (1 + n):.3f}{' acc 0.5' if k == 9 else ''}{chr(10) if style == 'logged' else ''}"
            continue
        rest = f" {n}/{total} [00:0{k % 9}<00:01, 9.{k}it/s, loss={3 / (1 + n):.3f}, acc={n / total:.2f}]"
        yield f"\r{name}{100 * n // total:3d}%|{drawn}|{rest}{'   ' if style == 'padded' else ''}"


bar = st.builds(
    bars,
    st.sampled_from(["", "train: ", "Epoch 1: ", "Epoch 2: ", "Epoch 3/9: ", "val: ", "it's "]),
    st.integers(0, 60),
    st.integers(1, 30),
    st.sampled_from([0, 1, 1, 7]),
    st.sampled_from([1, 60, 1000]),
    st.sampled_from(["plain", "coloured", "padded", "by hand", "logged"]),
).map(list)
texts = st.lists(st.one_of(bar, st.lists(st.sampled_from(ODD), max_size=2)), max_size=8).map(
    lambda parts: [piece for part in parts for piece in part]
)
changes = st.lists(
    st.tuples(st.integers(0, 999), st.integers(0, 60), st.sampled_from("0123456789 .%|[]\b'━")), max_size=2
)


def read(chunks):
    collector = Collector()
    for chunk in chunks:
        collector.chunk("stdout", chunk, 1.0)
    collector.close()
    return [
        (run.name, run.reached, repr(run.facts), [
            (c.metric, c.split, c.per, c.values.tolist(), c.epochs.tolist()) for c in (*run.curves("epoch"), *run.curves("step"))
        ])
        for run in collector.runs
    ]  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(texts, changes, st.lists(st.integers(0, 10_000), max_size=3))
def test_at_once_is_as_one_by_one(pieces, changes, cuts):
    for piece, at, character in changes if pieces else ():
        changed = pieces[piece % len(pieces)]
        pieces[piece % len(pieces)] = changed[:at] + character + changed[at + 1 :]
    text = "".join(pieces)
    places = sorted(cut % (len(text) + 1) for cut in cuts)
    chunks = [text[a:b] for a, b in zip([0, *places], [*places, len(text)], strict=True)]
    assert read([text]) == read(chunks) == read(pieces)


@settings(max_examples=40, deadline=None)
@given(texts)
def test_what_is_left_of_a_line_stays_the_same(pieces):
    def final(text):
        decoder = LineDecoder()
        return [line for line in (*decoder.decode(text), *decoder.flush()) if line.final]

    assert final(fewer("".join(pieces))) == final("".join(pieces))


def test_a_hundred_thousand_refreshes_leave_two_for_each_percent():
    text = "".join(bars("Epoch 1: ", 0, 100_000, 1, 100_000, "coloured"))
    assert fewer(text).count("\r") <= 2 * 101
    assert fewer(text).endswith(text[text.rindex("\r") :])


def test_of_lines_that_differ_in_digits_the_first_and_the_last_are_left():
    text = "".join(bars("Epoch 1 ", 10, 5_000, 1, 100_000, "by hand"))
    assert fewer(text).count("\r") <= 8
    assert fewer(text).endswith(text[text.rindex("\r") :])
