"""What a diagnosis promises whatever the run: it never raises, reports broken rules, and depends on nothing but the run."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nbdiag import rules, synthetic
from nbdiag.diagnosis import examine
from nbdiag.errors import UnknownRule
from nbdiag.events import Record
from nbdiag.facts import Facts
from nbdiag.finding import Certainty, Finding, Severity
from nbdiag.rules import precedence
from nbdiag.rules.base import rule
from nbdiag.run import Run

# They compare a loss with nats: the arithmetic of cross-entropy, and what rests on it.
IN_NATS = {
    "loss-metric-mismatch", "train-loss-weighted", "overconfident-wrong", "saturated-outputs", "stuck-at-chance",
    "constant-prediction", "prediction-flips-class", "initial-loss-off", "accuracy-on-regression", "negative-loss",
    "double-softmax", "loss-floor", "train-eval-mode-mismatch", "divergence", "suspiciously-good",
    "validation-set-mismatch", "loss-hijacked-by-outliers", "frozen-metrics",
}  # fmt: skip
PATTERNS = sorted(synthetic.PATTERNS)


def names(run: Run) -> list[str]:
    """The rules of all findings, merged ones included."""
    return [r.rule for f in examine(run).findings for r in (f, *f.explains)]


def records(run: Run) -> list[Record]:
    """Every record of the run, curve by curve."""
    return [
        Record(
            curve.metric,
            curve.split,
            float(curve.values[i]),
            epoch=None if np.isnan(curve.epochs[i]) else float(curve.epochs[i]),
            step=None if np.isnan(curve.steps[i]) else int(curve.steps[i]),
            label=curve.label,
            rounding=float(curve.rounding[i]),
        )
        for curve in (*run.curves("epoch"), *run.curves("step"))
        for i in range(len(curve))
    ]


def rebuilt(run: Run, given: list[Record]) -> Run:
    """A run of these records, with all that is known of ``run`` beside its curves."""
    copy = Run(given, framework=run.framework, facts=run.facts)
    copy.samples = run.samples
    return copy


def changed(run: Run, change: Callable[[Record], dict[str, object]]) -> Run:
    """A copy of the run, each record with what ``change`` says."""
    return rebuilt(run, [dataclasses.replace(r, **change(r)) for r in records(run)])


@pytest.mark.parametrize("pattern", PATTERNS)
def test_the_scale_of_a_loss_changes_nothing_that_needs_no_nats(pattern):
    run = synthetic.make(pattern).run

    plain = changed(run, lambda r: {"rounding": 0.0})
    scaled = changed(plain, lambda r: {"value": r.value * 37} if r.metric == "loss" else {})
    if scaled.samples is not None:
        scaled.samples = plain.samples = None  # they stay in nats
    # An alarm in nats takes the place of "all is well".
    assert set(names(plain)) - IN_NATS - {"converged"} == set(names(scaled)) - IN_NATS - {"converged"}


@pytest.mark.parametrize("pattern", PATTERNS)
@pytest.mark.parametrize("first", [0, 100, 1001])
def test_epochs_that_begin_elsewhere_change_nothing(pattern, first):
    run = synthetic.make(pattern).run
    moved = changed(run, lambda r: {"epoch": r.epoch and r.epoch + first - 1})
    assert names(moved) == names(run)
    assert [f.severity for f in examine(moved).findings] == [f.severity for f in examine(run).findings]


@pytest.mark.parametrize("pattern", PATTERNS)
def test_an_unrelated_metric_and_the_order_of_columns_change_nothing(pattern):
    run = synthetic.make(pattern).run
    last = int(run.last_epoch or 0)
    seconds = [Record("seconds_per_epoch", "train", 3.0 + 0.1 * (e % 3), epoch=e) for e in range(1, last + 1)]
    assert names(rebuilt(run, records(run) + seconds)) == names(run)
    columns = {(r.metric, r.split, r.step is None) for r in records(run)}
    backwards = [r for c in sorted(columns) for r in records(run) if (r.metric, r.split, r.step is None) == c]
    assert sorted(names(rebuilt(run, backwards))) == sorted(names(run))


@pytest.mark.parametrize("pattern", PATTERNS)
def test_a_live_run_that_ended_gets_what_its_history_gets(pattern):
    saved = synthetic.make(pattern).run
    live = rebuilt(saved, [])
    live.status = "running"
    inf = float("inf")
    for n, record in enumerate(
        sorted(records(saved), key=lambda r: (inf if r.epoch is None else r.epoch, r.step or 0))
    ):
        live.append(record)
        if n % 25 == 0:
            examine(live)
    live.status = "finished"
    assert names(live) == names(saved)
    assert [f.message for f in examine(live).findings] == [f.message for f in examine(saved).findings]


def test_what_just_appeared_is_provisional_while_the_run_runs():
    whole = synthetic.make("overfitting").run
    seen = []
    for epoch in range(1, 51):
        run = whole.until(epoch)
        run.status = "running"
        seen += [(epoch, f.provisional) for f in examine(run).findings if f.rule == "overfitting"]
    assert seen[0][1]
    assert not seen[-1][1]
    assert not any(f.provisional for f in examine(whole).findings)


def in_steps(run: Run, each: int) -> Run:
    """The same run as a loop without epochs reports it, every ``each`` steps."""
    return changed(run, lambda r: {"epoch": None, "step": int(r.epoch or 0) * each})


@pytest.mark.parametrize("each", [1, 250])
def test_what_just_appeared_is_provisional_where_only_steps_are_known(each):
    whole = in_steps(synthetic.make("overfitting").run, each)
    seen = []
    for place in range(1, 51):
        run = whole.until(place * each, "counted")
        run.status = "running"
        seen += [f.provisional for f in examine(run).findings if f.rule == "overfitting"]
    assert seen[0] and not seen[-1]
    assert not any(f.provisional for f in examine(whole).findings)


def test_a_long_run_in_steps_that_was_always_at_chance_is_not_surely_stuck_while_it_goes_on():
    run = in_steps(synthetic.make("no better than chance").run, 10)
    assert "stuck-at-chance" in names(run)
    run.status = "running"
    assert [f.provisional for f in examine(run).findings if f.rule == "stuck-at-chance"] == [True]


def test_values_without_any_place_are_provisional_too():
    whole = changed(synthetic.make("overfitting").run, lambda r: {"epoch": None})
    first = whole.until(3, "counted")
    assert len(first) == 3 * len(whole.curves())
    run = whole.until(20, "counted")
    run.status = "running"
    assert any(f.provisional for f in examine(run).findings)


def test_a_flat_stretch_of_a_run_that_goes_on_is_not_called_its_end():
    run = synthetic.make("healthy").run
    assert examine(run).headline.startswith("Healthy: converged by")
    run.status = "running"
    run.learn(Facts(epochs=60 * int(run.last_epoch or 0)))
    found = examine(run)
    assert found.headline.startswith("Healthy so far: flat since")
    first = found.findings[0]
    assert (first.rule, first.provisional) == ("converged", True)
    text = " ".join((first.title, first.message, first.why, *first.fixes, found.summary))
    assert "converged" not in text and "settled" not in text and "Stop here" not in text and "ended" not in text


def test_a_slow_start_is_not_called_stuck_before_half_of_the_plan():
    run = synthetic.make("no better than chance").run.until(8)
    run.learn(Facts(epochs=25))
    run.status = "running"
    assert [f.provisional for f in examine(run).findings if f.rule == "stuck-at-chance"] == [True]


def test_a_run_that_goes_on_is_not_told_to_go_on():
    run = synthetic.make("still improving").run
    run.status = "running"
    assert "still-improving" not in names(run)
    run.status = "interrupted"
    assert "still-improving" in names(run)


def test_a_broken_rule_is_named_and_the_others_speak(monkeypatch):
    @rule(severity=Severity.NOTE)
    def broken(run):
        """Breaks."""
        raise ZeroDivisionError("planted")
        yield

    monkeypatch.setattr(rules, "RULES", (broken, *rules.RULES))
    diagnosis = examine(synthetic.make("overfitting").run)
    assert diagnosis.failures == ("broken: ZeroDivisionError: planted",)
    assert diagnosis.findings[0].rule == "overfitting"


def test_selecting_ignoring_and_options():
    run = synthetic.make("overfitting").run
    assert [f.rule for f in examine(run, select=["best-epoch-passed"]).findings] == ["best-epoch-passed"]
    assert "overfitting" not in names_of(examine(run, ignore=["overfitting"]).findings)
    assert examine(run, select=["overfitting"], options={"overfitting": {"rise": 1e6}}).findings == ()
    with pytest.raises(UnknownRule, match="did you mean 'overfitting'"):
        examine(run, select=["overfiting"])
    with pytest.raises(UnknownRule):
        examine(run, ignore=["nothing-like-it"])


def names_of(findings: tuple[Finding, ...]) -> list[str]:
    """The rules of findings."""
    return [f.rule for f in findings]


def finding(name: str, start: float | None = None, stop: float | None = None, **more: object) -> Finding:
    """A finding of a rule."""
    severity = more.pop("severity", Severity.PROBLEM)
    return Finding("t", "m", rule=name, start=start, stop=stop, severity=severity, **more)  # type: ignore[arg-type]


def declared(name: str, *explains: str) -> rules.Rule:
    """A rule that explains others."""
    return rules.Rule(name, Severity.PROBLEM, lambda run: iter(()), explains)


def test_consequences_are_merged_under_their_cause_and_theirs_with_them():
    known = [declared("a", "b"), declared("b", "c"), declared("c")]
    merged = precedence.merge([finding("c", 3), finding("b", 2), finding("a", 1)], known)
    assert [(f.rule, names_of(f.explains)) for f in merged] == [("a", ["b", "c"])]


def test_spans_that_do_not_meet_are_not_merged():
    known = [declared("a", "b"), declared("b")]
    merged = precedence.merge([finding("a", 1, 4), finding("b", 8, 9)], known)
    assert names_of(tuple(merged)) == ["a", "b"]


def test_two_rules_that_explain_each_other_the_earlier_wins():
    known = [declared("a", "b"), declared("b", "a")]
    merged = precedence.merge([finding("b"), finding("a")], known)
    assert [(f.rule, names_of(f.explains)) for f in merged] == [("a", ["b"])]


def test_what_explains_everything_explains_only_what_began_later():
    known = [declared("a", "*"), declared("b")]
    merged = precedence.merge([finding("a", 20), finding("b", 5), finding("b", 30)], known)
    assert [(f.rule, f.start, len(f.explains)) for f in merged] == [("a", 20, 1), ("b", 5, 0)]


def test_worse_comes_first_then_surer():
    given = [
        finding("n", severity=Severity.NOTE),
        finding("p"),
        finding("g", severity=Severity.GOOD),
        finding("b", severity=Severity.BROKEN),
        finding("e", certainty=Certainty.EXACT),
    ]
    assert names_of(tuple(precedence.sort(given))) == ["b", "e", "p", "g", "n"]


def test_the_words_around_the_findings():
    sick, well = examine(synthetic.make("overfitting").run), examine(synthetic.make("healthy").run)
    assert sick.headline.startswith("Overfitting since epoch")
    assert sick.headline != sick.findings[0].title
    assert "NaN or infinite values" in sick.not_found and "overfitting" not in sick.not_found
    assert "overfitting" in well.not_found
    assert any(words.startswith("too small a validation set (1,000 samples") for words in well.not_found)
    assert well.summary.startswith("Best val_loss was ")
    short = examine(synthetic.make("overfitting").run.until(5))
    assert short.too_early and "overfitting" not in short.not_found


def test_nothing_measured_says_so():
    diagnosis = examine(Run())
    assert diagnosis.findings == () and diagnosis.failures == ()
    assert diagnosis.headline == "Nothing measured yet"


@pytest.mark.filterwarnings("error::RuntimeWarning")  # it would stand in the reader's output
@settings(deadline=None, max_examples=150)
@given(st.data())
def test_random_curves_never_raise(data):
    """A rule that raised would be named in ``failures``."""
    number = st.one_of(
        st.floats(allow_nan=True, allow_infinity=True), st.floats(0, 1), st.sampled_from([0.0, 0.5, 1e-30, 1e30])
    )
    run = Run(framework=data.draw(st.sampled_from(["keras", "torch", "xgboost", ""])))
    for metric in data.draw(
        st.lists(st.sampled_from(["loss", "accuracy", "learning_rate", "rmse", "gradient_norm"]), max_size=4)
    ):
        for split in data.draw(st.lists(st.sampled_from(["train", "val", "test"]), max_size=2)):
            values = data.draw(st.lists(number, max_size=40))
            places = data.draw(st.sampled_from(["epoch", "none", "sparse", "step"]))
            for i, value in enumerate(values):
                epoch = {"epoch": i + 1.0, "none": None, "sparse": 50.0 * i + 1, "step": (i + 1) / 10}[places]
                run.append(Record(metric, split, value, epoch=epoch, step=i if places == "step" else None))
    facts = data.draw(st.sampled_from([{}, {"loss": "mse"}, {"loss": "cross_entropy", "n_classes": 3, "n_val": 20}]))
    run.learn(Facts(**facts))
    run.status = data.draw(st.sampled_from(["finished", "running"]))
    assert examine(run).failures == ()
