"""Findings keep their id, place and number while a run goes on."""

from __future__ import annotations

import pytest

from nbdiag.diagnosis import Diagnosis
from nbdiag.finding import Finding, Severity
from nbdiag.run import Run
from nbdiag.views.widget.follow import Follower


def finding(rule: str, start: float | None = None, severity: Severity = Severity.NOTE) -> Finding:
    return Finding(rule, "", rule=rule, severity=severity, start=start, stop=start)


def state(*findings: Finding) -> Diagnosis:
    return Diagnosis(Run(), findings)


def seen(follower: Follower, *findings: Finding, final: bool = False) -> list[tuple[str, int | None]]:
    return [(entry.id, entry.number) for entry in follower.order(state(*findings), final=final)[1]]


def test_a_later_finding_does_not_push_the_earlier_ones_down() -> None:
    follower = Follower()
    assert seen(follower, finding("a")) == [("a-1", 1)]
    assert seen(follower, finding("worse"), finding("a")) == [("a-1", 1), ("worse-1", 2)]


def test_at_the_end_the_ranking_holds_and_ids_stay() -> None:
    follower = Follower()
    seen(follower, finding("a"))
    assert seen(follower, finding("worse"), finding("a"), final=True) == [("worse-1", 1), ("a-1", 2)]


def test_a_finding_whose_first_epoch_moves_is_the_same() -> None:
    follower = Follower()
    assert seen(follower, finding("a", 3.0)) == seen(follower, finding("a", 5.0)) == [("a-1", 1)]


def test_two_findings_of_one_rule_are_told_apart_by_their_place() -> None:
    follower = Follower()
    seen(follower, finding("bump", 10.0))
    assert seen(follower, finding("bump", 11.0), finding("bump", 40.0)) == [("bump-1", 1), ("bump-2", 2)]
    assert seen(follower, finding("bump", 41.0)) == [("bump-2", 2)]


def test_a_withdrawn_finding_keeps_its_number_for_its_return() -> None:
    follower = Follower()
    seen(follower, finding("a"), finding("b"))
    _, entries = follower.order(state(finding("b")), final=False)
    assert [(e.id, e.number) for e in entries] == [("b-1", 2)]
    assert [e.id for e in follower.withdrawn(entries)] == ["a-1"]
    assert seen(follower, finding("b"), finding("a")) == [("a-1", 1), ("b-1", 2)]


@pytest.mark.parametrize("final", [False, True])
def test_good_news_has_no_number(final: bool) -> None:
    shown = seen(Follower(), finding("good", severity=Severity.GOOD), finding("a"), final=final)
    assert shown == [("good-1", None), ("a-1", 1)]
