"""Text and events in, runs out."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nbdiag.collect import Collector, collect
from nbdiag.errors import ConfigError
from nbdiag.events import Begin, End, Learned, Reached, Record, Sampled, Shown
from nbdiag.facts import Facts, facts_from
from nbdiag.samples import sample_losses
from tests import transcripts

KERAS = transcripts.text("keras3-fit-verbose2")


def test_a_run_goes_on_where_a_hook_says_so():
    collector = Collector()
    for epoch in (1, 2):
        collector.event(Begin("x", facts=Facts(epochs=epoch), exact=True, continues=epoch > 1))
        collector.event(Record("loss", "train", 0.5, epoch))
        collector.event(End())
    collector.event(Begin("x", exact=True))
    collector.event(Record("loss", "train", 0.4, 1))
    first, second = collector.runs
    assert (len(first), first.status, first.facts.epochs) == (2, "finished", 2) and len(second) == 1


def test_a_hooks_values_count_and_the_texts_copy_does_not():
    c = Collector()
    c.event(Begin("keras", name="small", exact=True), 0.0)
    c.chunk("stdout", KERAS, 0.5)
    for epoch in range(1, 10):
        c.event(Record("loss", "train", 1 / epoch, epoch), epoch)
    c.event(End(), 10.0)
    c.close()
    (run,) = c.runs
    assert (run.name, run.framework, run.number, run.status, run.seconds) == ("small", "keras", 1, "finished", 10.0)
    assert run.metrics == ["loss"]
    assert run.curve("loss", "train").exact


def test_a_later_fit_is_a_run_of_its_own():
    c = Collector()
    for number in (1, 2):
        c.event(Begin("keras", exact=True), number)
        c.event(Record("loss", "train", 0.5 * number, 1), number)
        c.event(End(), number + 0.5)
    c.chunk("stdout", KERAS, 4.0)
    c.close()
    assert [run.number for run in c.runs] == [1, 2, 3]
    assert len(c.runs[2]) == 36


def hooked(c, *texts, status="finished", losses=(0.5, 0.4)):
    """A training that a hook reports, and what is printed during it."""
    c.event(Begin("keras", exact=True), 1.0)
    for text in texts:
        c.chunk("stdout", text, 1.5)
    for epoch, loss in enumerate(losses, 1):
        c.event(Record("loss", "train", loss, epoch), 1.0 + epoch)
    c.event(End(status), 9.0)


def losses(c):
    return [run.curve("loss", "train").values.tolist() for run in c.runs]


LOOP = "Epoch 1: loss = 0.1\nEpoch 2: loss = 0.2\nEpoch 3: loss = 0.3"


def test_a_training_printed_before_a_hooked_one_is_read_to_its_end():
    c = Collector()
    c.chunk("stdout", LOOP, 0.5)
    hooked(c)
    c.close("interrupted")
    assert losses(c) == [[0.1, 0.2, 0.3], [0.5, 0.4]]
    assert [(run.status, run.seconds) for run in c.runs] == [("finished", 0.5), ("finished", 8.0)]


def test_the_last_bar_before_a_hooked_training_is_counted():
    def bar(epoch, percent, loss):
        return f"\repoch {epoch}: {percent:3}%|##| {percent}/100 [00:01<00:00, 9.12it/s, loss={loss}]"

    c = Collector()
    c.chunk("stderr", "".join(bar(e, p, e / 10) for e in (1, 2, 3) for p in (50, 100)), 0.5)
    hooked(c)
    c.close()
    assert losses(c) == [[0.1, 0.2, 0.3], [0.5, 0.4]]


@pytest.mark.parametrize("end", ["", "\n", " - val_loss: 0.7\n", "\b" * 40 + "\r", "\x1b[A", "\x1b[0m", "4\n"])
def test_a_line_that_a_hooked_training_left_open_adds_nothing_to_what_follows(end):
    c = Collector()
    hooked(c, "Epoch 1: loss = 0.8\nEpoch 2: loss = 0.7\nepoch 3: loss = 0.3")
    c.chunk("stdout", end, 9.5)
    c.chunk("stdout", LOOP, 10.0)
    c.close()
    assert losses(c) == [[0.5, 0.4], [0.1, 0.2, 0.3]]


def test_what_is_printed_in_hooked_trainings_is_not_counted_whatever_their_end():
    c = Collector()
    hooked(c, LOOP, "\n", KERAS)
    c.event(Begin("keras", exact=True), 10.0)  # the one before may have died untold
    c.chunk("stdout", LOOP, 11.0)
    hooked(c, KERAS, losses=(0.6,))
    hooked(c, "fold 3\n", LOOP, status="failed", losses=())
    hooked(c, LOOP, status="interrupted", losses=(0.9,))
    c.event(Begin("keras", exact=True), 20.0)
    c.chunk("stdout", KERAS, 21.0)
    c.event(Record("loss", "train", 0.3, 1), 22.0)
    c.close("interrupted")
    assert losses(c) == [[0.5, 0.4], [0.6], [0.9], [0.3]]
    assert [run.status for run in c.runs] == ["finished", "finished", "interrupted", "interrupted"]


def test_bars_told_during_a_hooked_training_are_its_own():
    c = Collector()
    c.event(Begin("keras", exact=True), 1.0)
    for epoch in (1, 2, 3):
        c.event(Shown(f"epoch {epoch} loss={epoch}"), 2.0)
    c.event(Record("loss", "train", 0.5, 1), 2.0)
    c.event(End(), 3.0)
    c.close()
    assert losses(c) == [[0.5]]


def test_a_begin_without_a_value_leaves_no_run():
    c = Collector()
    c.event(Begin("keras", exact=True))
    c.event(Reached(0.5, 5, 10))
    assert c.current.reached == (0.5, 5, 10)
    c.event(End("failed"))
    c.close("failed")
    assert c.runs == []


def test_facts_samples_and_progress_reach_their_run():
    c = Collector()
    c.event(Begin("torch", facts=facts_from({"n_train": 5})), 0.0)
    c.event(Record("loss", "train", 0.5, 1), 1.0)
    c.event(Learned(Facts(n_val=7)), 1.0)
    c.event(Reached(1.5, 3, 10), 1.0)
    c.event(Sampled(sample_losses({"last": [1.0, 2.0]})), 1.0)
    (run,) = c.runs
    assert (run.facts.n_train, run.facts.n_val, run.reached, len(run.samples)) == (5, 7, (1.5, 3, 10), 2)
    assert run.status == "running"
    c.close("interrupted")
    assert run.status == "interrupted"
    assert run.curve("loss", "train").times.tolist() == [1.0]


def test_times_are_those_of_the_chunks():
    c = Collector()
    for epoch in (1, 2, 3):
        c.chunk("stdout", f"Epoch {epoch}/3 loss: 0.{epoch}\n", epoch * 10.0)
    c.close()
    assert c.runs[0].curve("loss", "train").times.tolist() == [10.0, 20.0, 30.0]


def test_a_broken_off_epoch_is_not_counted():
    whole = "Epoch 1/3\n12/12 - 0s - 2ms/step - loss: 0.5\nEpoch 2/3\n"
    c = Collector()
    c.chunk("stdout", whole + "\r5/Unknown 0s 2ms/step - loss: 0.4")
    c.close("interrupted")
    assert c.runs[0].curve("loss", "train").values.tolist() == [0.5]
    assert c.runs[0].status == "interrupted"


def test_streams_are_lines_of_their_own():
    c = Collector()
    for epoch in (1, 2):
        c.chunk("stdout", f"Epoch {epoch}: lo")
        c.chunk("stderr", "a warning\n")
        c.chunk("stdout", f"ss = 0.{epoch}\n")
    c.close()
    assert c.runs[0].curve("loss", "train").values.tolist() == [0.1, 0.2]


def test_closing_twice_is_closing_once():
    c = Collector()
    c.chunk("stdout", KERAS)
    c.close()
    c.close("failed")
    assert c.runs[0].status == "finished"


def test_a_pattern_is_asked_first():
    text = "round 0 => quality 0.5 of 1\nround 1 => quality 0.6 of 1\n"
    assert collect(text) == []
    (run,) = collect(text, r"round (?P<epoch>\d+) => quality (?P<val_accuracy>\S+)")
    curve = run.curve("accuracy", "val")
    assert (curve.values.tolist(), curve.epochs.tolist()) == ([0.5, 0.6], [1.0, 2.0])


@pytest.mark.parametrize("pattern", ["(", r"loss (\d+)", r"(?P<epoch>\d+)"])
def test_a_pattern_that_cannot_be_used(pattern):
    with pytest.raises(ConfigError, match="pattern"):
        Collector(pattern)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.binary(max_size=200))
def test_two_threads_and_garbage_do_no_harm(seed, garbage):
    """Whatever two threads write between each other's chunks: no exception, and nothing from garbage alone."""
    dice = random.Random(seed)
    texts = {"stdout": transcripts.text("torch-step-loop"), "stderr": transcripts.text("torch-tqdm-bar")}
    c = Collector()
    while any(texts.values()):
        stream = dice.choice([s for s, t in texts.items() if t])
        cut = dice.randint(1, 60)
        c.chunk(stream, texts[stream][:cut])
        texts[stream] = texts[stream][cut:]
        c.chunk("other", garbage.decode("latin-1"))
    c.close()
    assert {curve.name for run in c.runs for curve in run.curves()} <= {"train:loss"}
    assert collect(garbage.decode("latin-1")) == []


ADVERSARIAL = ["a ", "1 ", "loss ", "(", "1,000", "nan ", "1e", "Epoch 1/2 ", "1/2 [=", "12/12 ━━━ 0s ", "epoch ", "[1]\t", "[1]\ta's b: 1",
               "| ", "{'loss': 1, ", "{'eval_a': 1, 'epoch': ", "100%|", "epoch 1: 10%|#| 1/2 [", "Iter ", "   1   ", "0s - loss: ",
               "Train on 1 ", "Test: ", "Fold ", "[0/1][0/1] ", "Cost after epoch ", "\x1b[", "\x1b]", "- loss: 1 ",
               "loss=1 ", "loss at ", "of 1 ", "0,5 ", "━", "train:", "loss (a/", "> ", "# epoch ", "\r 5%|", "\r 5%", "5%|", "\r1 ", "\r1", "1\r", "\x1b[1m"]  # fmt: skip


@pytest.mark.timeout(60)
@pytest.mark.parametrize("unit", ADVERSARIAL)
def test_no_reader_backtracks_badly(unit):
    """Long lines of what patterns stumble over, within a Keras epoch and below a table: milliseconds, unless one explodes."""
    for length in (19_000, 200_000):
        for before in ("", "Epoch 1/3\n", "epoch  loss\n"):
            collect(before + (unit * length)[:length] + "\nx\n")


def test_a_line_of_five_megabytes_and_many_refreshes():
    text = (
        "Epoch 1/2 loss: 0.5\n"
        + "x" * 5_000_000
        + "\n"
        + "".join(f"\r{i}/200000 loading" for i in range(200_000))
        + "\nEpoch 2/2 loss: 0.4\n"
    )
    assert collect(text)[0].curve("loss", "train").values.tolist() == [0.5, 0.4]
