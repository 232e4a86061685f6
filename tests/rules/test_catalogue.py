"""Pages of rules in all their forms, the list of all, and the nearest name."""

from __future__ import annotations

import pytest
from lxml import html

import nbdiag
from nbdiag.errors import UnknownRule
from nbdiag.finding import Finding, Severity
from nbdiag.rules import RULES, catalogue
from nbdiag.rules.base import rule


@rule(severity=Severity.NOTE, explains=("plateau",))
def odd_one(run, *, least: float = 0.5):
    """A rule with <script>alert(1)</script> in its page.

    ## What it finds
    What is below `least` & <b>bold</b>.

    ## Why it matters
    First paragraph.

    Second paragraph.

    ## How it decides
    `a < b`

    ## What to try
    Nothing.

    ## Known limits
    None.

    ## References
    Deep Learning Tuning Playbook; Mine <javascript:alert(1)>; https://example.org/plain; A book
    """
    yield from ()


PAGE = catalogue.page(odd_one)


def test_a_page_as_html_escapes_what_its_author_wrote():
    page = html.fromstring(PAGE._repr_html_())
    assert page.findall(".//script") == []
    assert page.findall(".//b") == []
    assert [code.text for code in page.findall(".//p/code")] == ["least", "a < b", "plateau"]
    assert [a.get("href") for a in page.iter("a")] == [
        "https://github.com/google-research/tuning_playbook",
        "https://example.org/plain",
    ]


def test_paragraphs_are_kept():
    assert "<p>First paragraph.</p><p>Second paragraph.</p>" in PAGE._repr_html_()
    assert "First paragraph.\n\nSecond paragraph." in str(PAGE)


def test_a_page_as_markdown_has_links_options_and_consequences():
    text = PAGE.to_markdown("images/odd.svg")
    assert "- [Deep Learning Tuning Playbook](https://github.com/google-research/tuning_playbook)" in text
    assert "- A book\n" in text
    assert "| `least` | `0.5` |" in text
    assert "[tool.nbdiag.rules.odd-one]\nleast = 0.5" in text
    assert "`plateau`" in text
    assert "![A typical run: odd-one](images/odd.svg)" in text
    assert "![" not in PAGE.to_markdown()


def test_a_page_as_text_fits_a_terminal():
    for each in RULES:
        lines = repr(catalogue.page(each)).splitlines()
        assert lines[0] == each.name
        assert max(len(line) for line in lines if "http" not in line) <= 100


def test_all_rules_are_listed_worst_first():
    listing = nbdiag.explain()
    assert [page.rule for page in listing.pages][:2] == ["accuracy-on-regression", "collapse-after-success"]
    assert {page.rule for page in listing.pages} >= {each.name for each in RULES}
    ranks = [Severity(page.severity) for page in listing.pages]
    assert ranks == sorted(ranks, reverse=True)
    for text in (str(listing), listing._repr_markdown_(), listing._repr_html_()):
        assert all(page.rule in text for page in listing.pages)


@pytest.mark.parametrize("asked", ["overfitting", "lr-drop", "lr_drop", " lr-drop "])
def test_a_rule_is_found_by_its_name(asked):
    assert nbdiag.explain(asked).rule == asked.strip().replace("_", "-")


def test_a_rule_and_a_finding_are_explained_too():
    assert nbdiag.explain(odd_one).rule == "odd-one"
    assert nbdiag.explain(Finding("t", "m", nbdiag.Certainty.EXACT, "plateau")).rule == "plateau"


def test_an_unknown_name_is_told_the_nearest():
    with pytest.raises(UnknownRule, match="did you mean 'overfitting'"):
        nbdiag.explain("over-fit")
    with pytest.raises(UnknownRule, match=r"no rule is called 'xyzzy'$"):
        nbdiag.explain("xyzzy")
