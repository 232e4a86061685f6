"""Every recorded transcript gives its numbers at printed precision, whatever way it is cut, and no curve beside them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nbdiag.collect import Collector, collect
from tests import transcripts


@pytest.mark.parametrize("name", transcripts.NAMES)
def test_every_value_and_no_other(name):
    assert transcripts.differences(name, collect(transcripts.text(name))) == []


@pytest.mark.parametrize("name", transcripts.NAMES)
@settings(max_examples=8, deadline=None)
@given(data=st.data())
def test_cuts_make_no_difference(name, data):
    text = transcripts.text(name)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=40)))
    collector = Collector()
    for start, stop in zip([0, *cuts], [*cuts, len(text)], strict=True):
        collector.chunk("stdout", text[start:stop], 0.0)
    collector.close()
    assert [repr(run) for run in collector.runs] == [repr(run) for run in collect(text)]
    assert repr(transcripts.values(collector.runs)) == repr(transcripts.values(collect(text)))


def test_single_characters():
    text = transcripts.text("keras3-fit-default") + transcripts.text("torch-tqdm-bar")
    collector = Collector()
    for character in text:
        collector.chunk("stdout", character)
    collector.close()
    assert transcripts.values(collector.runs) == transcripts.values(collect(text))
