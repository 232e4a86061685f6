"""What reaches the browser: exact values, only what changed, never a number that breaks a figure."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from bqplot import Axis, Figure, Label, Lines, Scatter
from ipywidgets import HTML, ToggleButtons, Widget

from nbdiag.diagnosis import Diagnosis
from nbdiag.events import Record
from nbdiag.finding import Finding, Severity
from nbdiag.run import Run
from nbdiag.views.widget import board as boards
from nbdiag.views.widget.board import MOST, Board


def diagnosis(n: int, *findings: Finding, status: Any = "running", **changed: float) -> Diagnosis:
    run = Run()
    run.status = status
    for i in range(1, n + 1):
        for metric, split, value in (("loss", "train", 1 / i), ("loss", "val", 1 / i + 0.1), ("accuracy", "val", 0.5)):
            run.append(Record(metric, split, changed.get(f"{split}_{metric}_{i}", value), epoch=float(i)))
    return Diagnosis(run, findings, "Headline")


def note(title: str = "Note", start: float | None = 2.0, severity: Severity = Severity.NOTE) -> Finding:
    return Finding(title, f"Message of {title}", rule="note", severity=severity, start=start, stop=3.0)


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Widget, set[str]]]:
    """What widgets send, from now on."""
    log: list[tuple[Widget, set[str]]] = []

    def send_state(self: Widget, key: Any = None) -> None:
        log.append((self, set(key or ()) if not isinstance(key, str) else {key}))

    monkeypatch.setattr(Widget, "send_state", send_state)
    return log


def inside(widget: Any, kind: type) -> list[Any]:
    found = [widget] if isinstance(widget, kind) else []
    for child in getattr(widget, "children", ()):
        found += inside(child, kind)
    if isinstance(widget, Figure):
        for part in (*widget.marks, *widget.axes):
            found += inside(part, kind)
    return found


def curves(board: Board) -> list[Lines]:
    return [line for line in inside(board.box, Lines) if line.visible and line.scales["x"] is not line.scales["y"]]


def test_the_curves_are_the_values() -> None:
    board = Board()
    board.draw([diagnosis(20)], 0)
    drawn = [line.y for line in curves(board)]
    assert any(np.array_equal(y, 1 / np.arange(1, 21) + 0.1) for y in drawn)


def test_a_chart_is_made_as_it_is_to_be_seen(sent) -> None:
    Board().finish([diagnosis(20, note(), status="finished")])
    assert {type(widget).__name__ for widget, _ in sent} <= {"Companion", "Stack", "VBox"}


def test_a_chooser_comes_with_the_second_run() -> None:
    board, both = Board(), [diagnosis(5), diagnosis(5)]
    board.draw(both[:1], 0)
    parts = list(board.box.children)
    assert inside(board.box, ToggleButtons) == []
    board.draw(both, 1)
    assert board.box.children[: len(parts)] == tuple(parts)  # what stands before is not built anew
    assert inside(board.box, ToggleButtons)[0]._options_labels == ("Run 1", "Run 2")


def test_a_run_that_went_on_since_its_diagnosis_keeps_the_words_and_grows(sent) -> None:
    board, judged = Board(), diagnosis(20, note())
    board.draw([judged], 0)
    words = [html.value for html in inside(board.box, HTML) if "Message of Note" in html.value]
    judged.run.append(Record("loss", "val", 0.7, epoch=21.0))
    judged.run.reached = (21.0, None, None)
    sent.clear()
    board.draw([judged], 0)
    assert any(line.y[-1] == 0.7 and len(line.y) == 21 for line in curves(board))
    told = [widget.value for widget, _ in sent if isinstance(widget, HTML)]
    assert any("21" in text for text in told)
    assert not any("Message of Note" in text for text in told)
    assert [html.value for html in inside(board.box, HTML) if "Message of Note" in html.value] == words


def test_a_value_that_is_no_number_never_reaches_the_browser() -> None:
    board = Board()
    for n in (2, 9, 30):
        broken = {"val_loss_2": float("inf"), "train_loss_1": float("nan"), "val_loss_9": float("-inf")}
        board.draw([diagnosis(n, **broken)], 0)
        for mark in (*inside(board.box, Lines), *inside(board.box, Scatter), *inside(board.box, Label)):
            assert not np.isinf(mark.x).any() and not np.isinf(mark.y).any()
            assert not np.isnan(mark.x).any()
            assert not mark.visible or isinstance(mark, Scatter | Label) or np.isfinite(mark.y).any()
        for axis in inside(board.box, Axis):
            assert np.isfinite(axis.tick_values).all()
            assert np.isfinite([axis.scale.min, axis.scale.max]).all() and axis.scale.min < axis.scale.max


def test_a_line_ends_at_its_last_number() -> None:
    board = Board()
    board.draw([diagnosis(9, **{f"val_loss_{i}": float("nan") for i in (4, 8, 9)})], 0)
    for line in curves(board):
        assert np.isfinite(line.y[-1]) and len(line.x) == len(line.y)
    assert sorted(len(line.x) for line in curves(board) if len(line.x) > 2) == [7, 9, 9]


def test_a_run_of_nothing_but_nan_is_drawn() -> None:
    board = Board()
    nan = {f"{split}_loss_{i}": float("nan") for split in ("train", "val") for i in range(1, 6)}
    board.draw([diagnosis(5, **nan)], 0)
    assert inside(board.box, Figure)


def test_drawing_the_same_again_sends_nothing(sent: list[tuple[Widget, set[str]]]) -> None:
    board = Board()
    state = diagnosis(20, note())
    board.draw([state], 0)
    sent.clear()
    board.draw([state], 0)
    assert sent == []


def test_one_more_epoch_sends_little(sent: list[tuple[Widget, set[str]]]) -> None:
    board = Board()
    board.draw([diagnosis(22, note())], 0)
    sent.clear()
    board.draw([diagnosis(23, note())], 0)
    assert len(sent) <= 12  # curves, their names, progress, status, the companion; a browser takes about 60 a second
    for line in (widget for widget, keys in sent if isinstance(widget, Lines) and keys & {"x", "y"}):
        assert {"x", "y"} <= next(keys for widget, keys in sent if widget is line) or len(line.x) == len(line.y)


def test_a_card_is_written_at_its_birth_and_at_the_end_only() -> None:
    board = Board()
    board.draw([diagnosis(10, note("First"))], 0)
    card = next(html for html in inside(board.box, HTML) if "data-f" in html.value)
    born = card.value
    board.draw([diagnosis(11, note("Second"))], 0)
    assert card.value == born
    board.finish([diagnosis(11, note("Second"), status="finished")])
    assert "Message of Second" in card.value


@pytest.mark.parametrize("severity", list(Severity))
def test_only_a_problem_opens_by_itself(severity: Severity) -> None:
    board = Board()
    board.finish([diagnosis(10, note(severity=severity), status="finished")])
    run, *_ = board._runs.values()
    assert bool(run._companion.offer) == (severity in (Severity.BROKEN, Severity.PROBLEM))


def test_texts_of_the_user_are_escaped() -> None:
    evil = "<img src=x onerror=alert(1)>"
    run = Run(name=evil)
    for i in range(1, 5):
        run.append(Record(evil, evil, 1 / i, epoch=float(i), label=evil))
    board = Board()
    state = Diagnosis(run, (note(evil),), evil, evil, (evil,))
    board.draw([state, state], 0)
    board.finish([state, state])
    for html in inside(board.box, HTML):
        assert "<img" not in html.value
    for companion in (run._companion for run in board._runs.values()):
        assert all("<img" not in card for card in companion.cards.values())


def test_many_runs_keep_the_latest_charts() -> None:
    board = Board()
    states = [diagnosis(3, status="finished") for _ in range(MOST + 5)]
    board.draw(states[:1], 0)
    board.finish(states)
    assert len(board._stack.children) == MOST
    assert board._chooser._options_labels[-1] == f"Run {MOST + 5}"
    assert board._stack.selected_index == MOST - 1


def test_a_wish_is_drawn_with_the_next_state_while_it_runs_and_at_once_afterwards() -> None:
    board = Board()
    board.draw([diagnosis(10)], 0)
    chart = board._runs[0]
    asked = {"window": None, "metrics": ["accuracy"]}
    chart._companion._handle_custom_msg({"wish": asked}, [])
    assert chart._companion.given["metrics"] is None
    board.draw([diagnosis(11)], 0)
    assert chart._companion.given == asked and len(chart._companion.parts["panels"]) == 1
    board.finish([diagnosis(11, status="finished")])
    chart._companion._handle_custom_msg({"wish": {"window": None, "metrics": None}}, [])
    assert chart._companion.given["metrics"] is None and len(chart._companion.parts["panels"]) == 2


def test_a_run_can_be_stopped_while_it_runs_and_listens() -> None:
    class Stop:
        offered, listens = True, False
        pulled: int | None = None

        def pull(self, number: int) -> None:
            self.pulled = number

    stop = Stop()
    board = Board(stop)
    board.draw([diagnosis(10)], 0)
    companion = board._runs[0]._companion
    assert not companion.stoppable
    stop.listens = True
    board.draw([diagnosis(11)], 0)
    assert companion.stoppable
    companion._handle_custom_msg({"stop": True}, [])
    assert stop.pulled == 1
    board.finish([diagnosis(11, status="stopped")])
    assert not companion.stoppable


def test_a_line_of_many_points_is_thin_and_sent_in_half_the_bytes() -> None:
    board = Board()
    board.draw([diagnosis(20), diagnosis(20)], 0)
    assert {(line.stroke_width, line.y.dtype.name) for line in curves(board)} == {(2.0, "float64")}
    board.draw([diagnosis(400)], 0)
    dense = [line for line in curves(board) if len(line.x) > 2]  # the progress on the axis has two
    assert len(dense) == 3 and {(line.stroke_width, line.y.dtype.name) for line in dense} == {(1.0, "float32")}


def test_the_unit_stands_beside_the_last_number_however_wide() -> None:
    offsets = []
    for n in (20, 5000):
        board = Board()
        board.draw([diagnosis(n)], 0)
        offsets += [label.x_offset for label in inside(board.box, Label) if list(label.text) == ["epoch"]]
    assert offsets[1] > offsets[0] >= 14


def test_a_sweep_of_short_runs_does_not_turn_the_page_for_each(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr(boards.time, "monotonic", lambda: now[0])
    board = Board()
    states = [diagnosis(3, status="finished") for _ in range(6)]
    turned = []
    for n in range(4):
        board.draw(states[: n + 1], n)
        turned.append(board._stack.selected_index)
        now[0] += 0.6
    assert turned == [0, 0, 2, 2]
    board.finish(states)
    assert board._stack.selected_index == board._chooser.index == 5
    assert len(board._stack.children) == 6
