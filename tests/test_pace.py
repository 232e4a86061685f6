"""The share of a block's time that is spent on showing it."""

from __future__ import annotations

import pytest

from nbdiag.pace import CHART, END, FIRST, JUDGING, SHARE, Pace


def followed(
    length: float, drawing: float, judging: float = 0.0, reading: float = 0.0
) -> tuple[list[float], list[float]]:
    """When a block of this length was drawn, and when judged, if each took so long."""
    pace, elapsed = Pace(), 0.0
    drawn, judged = [], []
    while elapsed < length:
        pace.paid(reading)
        if pace.due(elapsed, length):
            anew = pace.judging_due(elapsed)
            pace.drawn(drawing + judging * anew, elapsed, judged=anew)
            drawn.append(elapsed)
            judged += [elapsed] * anew
        elapsed += 0.2
    return drawn, judged


@pytest.mark.parametrize("cost", [0.001, 0.012, 0.5])
@pytest.mark.parametrize("length", [10.0, 60.0, 3600.0])
def test_a_block_of_any_length_gives_at_most_its_share(cost, length):
    spent = END + cost * len(followed(length, cost)[0])
    assert spent <= SHARE * length + cost
    assert spent + cost > 0.9 * SHARE * length or cost / 0.2 < SHARE  # and it is used


def test_the_chart_appears_after_a_second_where_the_block_will_last():
    for cost in (0.001, 0.03, 2.0):
        assert FIRST <= followed(10.0, cost)[0][0] <= FIRST + 0.2


def test_a_block_too_short_to_pay_for_a_chart_gets_it_at_its_end():
    enough = (END + CHART) / SHARE
    assert followed(0.9 * enough, 0.03)[0] == []
    assert not Pace().due(0.49 * enough)  # nothing is known of its length
    assert Pace().due(0.51 * enough)


def test_findings_take_their_part_and_the_curves_grow_between_them():
    drawn, judged = followed(60.0, 0.003, 0.012)
    assert 2 * len(judged) < len(drawn)
    assert 0.015 * len(judged) <= SHARE * JUDGING * 60 + 0.015


def test_dear_reading_leaves_less_for_drawing():
    assert len(followed(60.0, 0.003, reading=0.003)[0]) < len(followed(60.0, 0.003)[0]) / 2
