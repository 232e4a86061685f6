"""A chart shows all that was measured, and its labels and pins hide nothing."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nbdiag.diagnosis import Diagnosis
from nbdiag.events import Record, Steps
from nbdiag.facts import Facts
from nbdiag.finding import Finding, Severity
from nbdiag.run import Run
from nbdiag.views.chart import Chart, draw
from nbdiag.views.labels import LINE_GAP, spread
from nbdiag.views.thin import stretches
from tests.views import examples


def drawn(found: tuple[Finding, ...] = (), **curves: object) -> Chart:
    return draw(Diagnosis(examples.run_of(**curves), found))


def note(title: str, start: float | None, stop: float | None, severity: Severity = Severity.NOTE) -> Finding:
    return Finding(title, "", rule=title, severity=severity, start=start, stop=stop)


@given(st.lists(st.floats(0, 192), min_size=1, max_size=6))
def test_end_labels_stand_apart_in_their_order_within_the_panel(wanted: list[float]) -> None:
    places = spread(wanted, 192)
    by_place = sorted(places)
    assert all(b - a >= LINE_GAP - 1e-6 for a, b in itertools.pairwise(by_place))
    assert by_place[0] >= -1e-6 and by_place[-1] <= 192 + 1e-6
    order = sorted(range(len(wanted)), key=lambda i: (wanted[i], places[i]))
    assert [places[i] for i in order] == by_place


def test_labels_that_do_not_meet_stay_where_their_lines_end() -> None:
    assert spread([10, 100, 50], 192) == [10, 100, 50]


@pytest.mark.parametrize("n", [10, 1000, 1001, 54_321, 1_000_000])
def test_a_drawn_line_keeps_ends_extremes_and_every_gap_of_one_value(n: int) -> None:
    y = np.sin(np.linspace(0, 60, n))
    up, down, gap = n // 3, n // 2, 3 * n // 4
    y[up], y[down], y[gap] = 99, -99, np.inf
    run = Run()
    run.append_steps(Steps("loss", "train", y, np.full(n, np.nan), np.arange(n)))
    (line,) = draw(Diagnosis(run, ())).panels[0].lines
    assert len(line.x) <= 1600
    assert (line.x[0], line.x[-1]) == (0, n - 1)
    assert {(up, 99.0), (down, -99.0)} <= set(zip(line.x.tolist(), line.y.tolist(), strict=True))
    assert np.isnan(line.y[line.x == gap]).all() and (line.x == gap).any()
    assert not np.isinf(line.y).any()
    assert (np.diff(line.x) > 0).all()


def test_stretches_are_first_and_last_places() -> None:
    assert stretches(np.array([np.nan, 1, np.inf, np.nan, 2, -np.inf])) == [(0, 0), (2, 3), (5, 5)]
    assert stretches(np.ones(3)) == []


def test_values_that_are_no_numbers_are_marked_where_they_happened() -> None:
    chart = draw(examples.broken_numbers())
    marks = [m for m in chart.panels[0].marks if m.kind == "nonfinite"]
    assert sorted({m.x for m in marks}) == [9, 12]
    assert {m.label for m in marks} == {"∞, epoch 9", "NaN from epoch 12", ""}
    assert all(np.isfinite([m.y, m.label_y]).all() for m in marks)
    assert {line.end_label for line in chart.panels[0].lines} == {"training NaN", "validation NaN"}


def test_a_loss_starts_at_zero_and_an_accuracy_is_cut_to_its_data() -> None:
    loss, accuracy = draw(examples.overfitting()).panels
    assert (loss.title, accuracy.title) == ("loss", "accuracy")
    assert loss.y_min == 0
    assert accuracy.y_min >= 0.8 and accuracy.y_max <= 1


def test_every_panel_has_at_most_six_ticks_that_hold_its_data() -> None:
    for diagnosis in examples.all_examples().values():
        for panel in draw(diagnosis).panels:
            assert 2 <= len(panel.ticks) == len(panel.tick_labels) <= 6
            values = np.concatenate([line.y[np.isfinite(line.y)] for line in panel.lines])
            assert panel.y_min <= values.min() and values.max() <= panel.y_max


def test_a_loss_that_hides_most_of_itself_is_drawn_logarithmically() -> None:
    falling = 10 ** np.linspace(3, -3, 60)
    assert drawn(loss=falling).panels[0].log
    assert not draw(Diagnosis(examples.run_of(loss=falling), ()), log=False).panels[0].log
    assert not drawn(loss=2.3 * np.exp(-np.arange(60) / 10)).panels[0].log
    assert not drawn(loss=np.append(falling, -1)).panels[0].log


def test_the_best_epoch_is_named_clear_of_every_curve() -> None:
    panel = draw(examples.overfitting()).panels[0]
    val = next(line for line in panel.lines if line.role == "val")
    (best,) = [m for m in panel.marks if m.kind == "best"]
    assert best.y == val.y.min() and best.label == f"best {val.y.min():.4f}, epoch {val.x[val.y.argmin()]:g}"
    under = [line.y[(line.x >= best.x) & (line.x <= best.x + 15)] for line in panel.lines]
    off = np.concatenate(under) - best.label_y
    assert (abs(off) * panel.height / (panel.y_max - panel.y_min) >= 7).all()


def test_up_to_eight_values_are_drawn_each_with_its_number() -> None:
    chart = draw(examples.seed_004())
    assert all(line.markers for panel in chart.panels for line in panel.lines)
    assert [m.label for m in chart.panels[0].marks] == ["3.7535", "11.2487", "2.3932", "3.1836"]
    assert not any(line.markers for panel in draw(examples.healthy()).panels for line in panel.lines)


@pytest.mark.parametrize(
    ("epochs", "planned", "end"), [(3, 60, 10), (11, 60, 20), (11, None, 20), (13, 60, 60), (3, 5, 5), (60, 60, 60), (12, 10, 20)]
)  # fmt: skip
def test_a_running_chart_shows_the_planned_end_once_a_fifth_is_run(
    epochs: int, planned: int | None, end: float
) -> None:
    chart = drawn(loss=np.linspace(1, 0.5, epochs), status="running", planned=planned)
    assert chart.x_max == (end if planned is None or epochs <= planned else epochs)
    assert chart.progress == epochs


def test_a_finished_chart_ends_where_the_run_ended() -> None:
    assert drawn(loss=np.linspace(1, 0.5, 31), planned=60, status="interrupted").x_max == 31


def test_missing_epochs_keep_their_places() -> None:
    chart = drawn(loss=[1, 0.5, 0.2], epochs=[1, 50, 100])
    assert chart.panels[0].lines[0].x.tolist() == [1, 50, 100]
    assert len(chart.x_ticks) <= 7 and chart.x_ticks[0] == 1


def test_pins_of_near_findings_never_share_a_place() -> None:
    found = (
        *tuple(note(f"f{i}", 40 + i, 44 + 20 * i) for i in range(6)),
        note("point", 90, 90),
        note("all", None, None),
    )
    chart = drawn(found, loss=np.linspace(1, 0.5, 200))
    room = 24 / 430 * (chart.x_max - chart.x_min)
    for a, b in itertools.combinations(chart.pins, 2):
        assert a.lane != b.lane or a.stop + room <= b.start + 1e-9 or b.stop + room <= a.start + 1e-9
    assert chart.lanes == 1 + max(pin.lane for pin in chart.pins)


def test_a_finding_of_the_whole_run_tints_nothing_and_good_news_has_no_pin() -> None:
    chart = drawn((note("a", None, None), note("b", 1, 50), note("c", 20, 50), note("d", 5, 9, Severity.GOOD)),
                  loss=np.linspace(1, 0.5, 50))  # fmt: skip
    assert [(pin.id, pin.whole) for pin in chart.pins] == [("a", True), ("b-1", True), ("c-20", False)]
    assert [pin.number for pin in chart.pins] == [1, 2, 3]


def test_findings_of_one_name_have_different_ids() -> None:
    chart = drawn((note("a b", None, None), note("a b", None, None)), loss=[1, 2, 3])
    assert [pin.id for pin in chart.pins] == ["a-b", "a-b--2"]


def test_a_running_finding_that_reaches_the_last_value_is_still_open() -> None:
    assert [pin.open for pin in draw(examples.overfitting()).pins] == [True, True, True]
    assert [pin.open for pin in draw(examples.overfitting(60, "finished")).pins] == [False, False, False]


def test_steps_without_epochs_are_counted_and_findings_lie_on_them() -> None:
    run = Run(Record("loss", "train", 1 / (i + 1), step=10 * (i + 1)) for i in range(300))
    chart = draw(Diagnosis(run, (note("late", 100, 200),)))
    assert chart.x_unit == "step"
    assert chart.panels[0].lines[0].x[[0, -1]].tolist() == [10, 3000]
    assert (chart.pins[0].start, chart.pins[0].stop) == (1000, 2000)


def test_steps_that_name_only_their_epoch_are_spread_over_it() -> None:
    run = Run(Record("loss", "train", 1.0, epoch=e, step=s) for e in (1, 2, 3) for s in (25, 50, 75, 100))
    x = draw(Diagnosis(run, ())).panels[0].lines[0].x
    assert x[[3, 7, 11]].tolist() == [1, 2, 3]
    assert np.allclose(np.diff(x), 0.25)


def test_steps_lie_faintly_behind_their_epochs() -> None:
    run = Run(Record("loss", "train", 1.0 / (e + s / 100), epoch=e, step=s) for e in (1, 2) for s in range(1, 101))
    run.extend(Record("loss", "train", 1 / e, epoch=e) for e in (1, 2))
    faint, main = draw(Diagnosis(run, ())).panels[0].lines
    assert faint.faint and not faint.end_label and len(faint.x) == 200
    assert not main.faint and main.end_label == "training 0.5000"


def test_the_runs_steps_can_be_the_axis() -> None:
    run = Run(Record("loss", "train", 1.0, epoch=e, step=s, time=e * 100.0 + s) for e in (1, 2, 3) for s in (50, 100))
    chart = draw(Diagnosis(run, (note("x", 2, 3),)), x_unit="step")
    assert chart.x_unit == "step" and chart.panels[0].lines[0].x[-1] == 300
    assert draw(Diagnosis(run, ()), x_unit="time").progress == 400
    assert draw(Diagnosis(examples.run_of(loss=[1, 2, 3]), ()), x_unit="time").x_unit == "epoch"


def test_one_split_is_the_protagonist_and_evaluation_sets_keep_their_names() -> None:
    run = Run(Record("logloss", s, 0.5, epoch=e) for e in range(1, 20) for s in ("train", "eval_1", "eval_2"))
    lines = draw(Diagnosis(run, ())).panels[0].lines
    assert [(line.role, line.name) for line in lines] == [("train", "training"), ("other", "eval_2"), ("val", "eval_1")]


def test_at_most_four_panels_those_that_findings_speak_of_first() -> None:
    names = ["a", "b", "c", "d", "accuracy", "loss", "e"]
    run = Run(Record(n, "train", e / 10, epoch=e) for e in range(1, 10) for n in names)
    spoken = Finding("x", "", rule="x", curves=("train:d",))
    assert [p.title for p in draw(Diagnosis(run, (spoken,))).panels] == ["loss", "accuracy", "d", "a"]


def test_a_learning_rate_is_drawn_only_when_it_moves() -> None:
    run = examples.run_of(loss=np.linspace(1, 0.1, 20), learning_rate=np.full(20, 0.1))
    assert [p.title for p in draw(Diagnosis(run, ())).panels] == ["loss"]
    run = examples.run_of(loss=np.linspace(1, 0.1, 20), learning_rate=10.0 ** -np.arange(20))
    assert [p.title for p in draw(Diagnosis(run, ())).panels] == ["loss", "learning rate, log scale"]


def test_percentages_are_shown_as_the_source_shows_them() -> None:
    run = Run(Record("accuracy", "val", 0.9 + e / 1000, epoch=e, unit="%") for e in range(1, 20))
    (panel,) = draw(Diagnosis(run, ())).panels
    assert panel.percent and panel.lines[0].end_label == "validation 91.90 %"
    assert all(label.endswith(" %") for label in panel.tick_labels)


def test_a_million_steps_become_a_thousand_points() -> None:
    run, steps = Run(), np.arange(1, 1_000_001)
    run.append_steps(Steps("loss", "train", np.exp(-steps / 3e5), steps / 1e5, steps))
    (line,) = draw(Diagnosis(run, ())).panels[0].lines
    assert len(line.x) <= 1002 and line.x[-1] == 10


def test_the_run_before_lies_behind_without_changing_the_scale() -> None:
    before = Diagnosis(examples.run_of(loss=np.linspace(9, 1, 20)), ())
    now = Diagnosis(examples.run_of(loss=np.linspace(1, 0.5, 20)), ())
    panel = draw(now, previous=before).panels[0]
    faint, line = panel.lines
    assert panel.y_max == draw(now).panels[0].y_max == 1
    assert faint.faint and not line.faint and len(faint.x) == 20


def test_the_description_names_every_curve_with_first_extreme_and_last_value() -> None:
    words = draw(examples.seed_004()).description
    assert words.startswith("Loss: training from 0.9150 at epoch 1")
    assert "validation from 3.7535 at epoch 1, 11.2487 at epoch 2 to 0.8679 at epoch 5" in words


@pytest.mark.parametrize("name", examples.all_examples())
def test_equal_runs_give_equal_charts(name: str) -> None:
    a, b = draw(examples.all_examples()[name]), draw(examples.all_examples()[name])
    assert (a.pins, a.x_ticks, a.description) == (b.pins, b.x_ticks, b.description)
    for p, q in zip(a.panels, b.panels, strict=True):
        assert repr(p.marks) == repr(q.marks)
        assert [repr(line) for line in p.lines] == [repr(line) for line in q.lines]


def test_facts_of_steps_place_the_first_epochs_steps() -> None:
    run = Run(
        (Record("loss", "train", 1.0, epoch=1, step=s) for s in range(1, 41)),
        facts=Facts(epochs=20, steps_per_epoch=100),
    )
    run.extend([Record("accuracy", "val", 0.5, epoch=1)])
    assert draw(Diagnosis(run, ())).panels[0].lines[0].x[-1] == pytest.approx(0.4)


def test_a_finding_without_a_stop_goes_on_to_the_last_value() -> None:
    found = Finding("t", "", rule="x", severity=Severity.NOTE, curves=("val:loss",), start=10)
    running = Diagnosis(examples.run_of(status="running", planned=60, val_loss=np.ones(30), loss=np.ones(31)), (found,))
    (pin,) = draw(running).pins
    assert (pin.start, pin.stop) == (10, 30) and "epochs 10 to 30" in pin.label
    finished = Diagnosis(examples.run_of(val_loss=np.ones(30)), (found,))
    assert [(p.stop, p.open) for p in draw(finished).pins] == [(30, False)]


def test_a_window_is_drawn_with_all_its_values_and_the_rest_stays() -> None:
    values = np.random.default_rng(0).normal(size=100_000) + 10
    long = Diagnosis(examples.run_of(loss=values), ())
    whole = draw(long).panels[0].lines[0]
    closer = draw(long, window=(50_000, 50_400)).panels[0].lines[0]
    assert set(whole.x) < set(closer.x) and len(closer.x) <= 1600
    inside = closer.x[(closer.x >= 50_000) & (closer.x <= 50_400)]
    assert np.array_equal(inside, np.arange(50_000, 50_401))


def test_metrics_are_drawn_as_the_reader_chose_them() -> None:
    names = [f"m{i}" for i in range(200)]
    many = Diagnosis(examples.run_of(**dict.fromkeys(names, np.ones(20))), ())
    assert len(draw(many).panels) == 4
    assert [p.title for p in draw(many, metrics=["m7", "m3", "gone"]).panels] == ["m3", "m7"]
    assert len(draw(many, metrics=names).panels) == 12
    assert len(draw(many, metrics=["gone"]).panels) == 4
