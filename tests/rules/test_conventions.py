"""What every rule must have: a name, a page with all its parts, sources with links, the severity agreed on, explained options."""

from __future__ import annotations

import inspect
import re

import pytest

from nbdiag import rules
from nbdiag.finding import Severity
from nbdiag.rules import catalogue

RULES = pytest.mark.parametrize("rule", rules.RULES, ids=lambda r: r.name)

SEVERITIES = {
    Severity.BROKEN: """
        non-finite divergence collapse-after-success stuck-at-chance frozen-metrics constant-prediction
        prediction-flips-class accuracy-on-regression negative-loss double-softmax labels-out-of-range nothing-to-train
        output-loss-pair""",
    Severity.PROBLEM: """
        loss-metric-mismatch train-loss-weighted overfitting val-loss-up-accuracy-holding loss-hijacked-by-outliers
        label-noise gap-from-first-epoch validation-set-mismatch train-eval-mode-mismatch batchnorm-cold-stats
        accuracy-below-chance suspiciously-good generalization-gap saturated-outputs underfitting vanishing-gradients
        exploding-gradients oscillating-loss noisy-training noisy-validation small-validation-set loss-spike
        missing-shuffle inputs-not-normalised initial-loss-off learning-rate-out-of-range shuffle-off""",
    Severity.GOOD: """
        converged loss-bump-recovered lr-drop lr-restarts late-start delayed-generalization train-metric-lag""",
}
"""The worst each rule may say; those not named say notes."""


def test_names_are_unique():
    names = [rule.name for rule in rules.RULES]
    assert len(names) == len(set(names))


def test_the_severities_agreed_on_name_rules_that_exist():
    agreed = {name for names in SEVERITIES.values() for name in names.split()}
    assert agreed <= {rule.name for rule in rules.RULES}


@RULES
def test_the_name_is_kebab_case(rule):
    assert re.fullmatch(r"[a-z]+(-[a-z0-9]+)*", rule.name)


@RULES
def test_the_severity_is_the_one_agreed_on(rule):
    agreed = {name: severity for severity, names in SEVERITIES.items() for name in names.split()}
    assert rule.severity is agreed.get(rule.name, Severity.NOTE)


@RULES
def test_the_page_has_all_headings_in_order_and_none_is_empty(rule):
    assert tuple(re.findall(r"^## (.+)$", rule.page, flags=re.MULTILINE)) == catalogue.HEADINGS
    page = catalogue.page(rule)
    assert all(page.sections.values())


@RULES
def test_the_page_begins_with_one_sentence(rule):
    summary = catalogue.page(rule).summary
    assert summary.endswith(".")
    assert not re.search(r"\. [A-Z]", summary)


@RULES
def test_every_reference_has_a_link(rule):
    page = catalogue.page(rule)
    assert page.references
    assert [ref.title for ref in page.references if not ref.url.startswith("https://")] == []


@RULES
def test_every_option_is_explained_and_has_a_plain_default(rule):
    told = "".join(catalogue.page(rule).sections.values())
    assert [name for name in rule.options if f"`{name}`" not in told] == []
    assert all(isinstance(default, (int, float, str)) for default in rule.options.values())


@RULES
def test_it_takes_a_run_and_options_by_name_only(rule):
    first, *others = inspect.signature(rule.function).parameters.values()
    assert first.name == "run"
    assert all(p.kind is p.KEYWORD_ONLY and p.default is not p.empty for p in others)
    assert inspect.isgeneratorfunction(rule.function)


@RULES
def test_what_it_explains_are_rules(rule):
    assert set(rule.explains) <= {"*", *(other.name for other in rules.RULES)}
    assert rule.name not in rule.explains


@RULES
def test_code_marks_are_closed(rule):
    assert rule.page.count("`") % 2 == 0
