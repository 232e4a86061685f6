"""The share of a block's time that is spent on showing it."""

from __future__ import annotations

import pytest

from nbdiag.pace import END, SHARE, Pace


@pytest.mark.parametrize("cost", [0.001, 0.012, 0.5])
@pytest.mark.parametrize("length", [3.0, 60.0, 3600.0])
def test_a_block_of_any_length_gives_at_most_its_share(cost, length):
    pace, spent, elapsed = Pace(), 0.0, 0.0
    while elapsed < length:
        if pace.due(elapsed):
            pace.paid(cost)
            spent += cost
        elapsed += 0.2
    assert spent + END <= SHARE * length + cost
    assert spent + END + cost > 0.9 * SHARE * length or cost / 0.2 < SHARE  # and it is used


def test_a_short_block_is_shown_only_at_its_end():
    assert not Pace().due(1.0)
    assert Pace().due(END / SHARE)
