"""What every card says, over all synthetic runs: sums that hold, whole epochs, and all the parts a card needs."""

from __future__ import annotations

import functools
import re

import pytest

from nbdiag import synthetic
from nbdiag.diagnosis import Diagnosis, examine
from nbdiag.finding import Finding, Severity

PATTERNS = sorted(synthetic.PATTERNS)
NUMBER = r"\d[\d,]*(?:\.\d+)?(?:e[-+]?\d+)?"
FROM_TO = re.compile(rf"from ({NUMBER}) to ({NUMBER}) \(([+−-])({NUMBER}) %\)")
EPOCH = re.compile(rf"\b(?:epoch|round)s? ({NUMBER})(?: (?:to|and) ({NUMBER}))?")
ONE = re.compile(r"(?<![\d.,])1 (samples|epochs|rounds|points|mistakes|batches|steps)\b")


@functools.cache
def diagnosed(pattern: str) -> Diagnosis:
    return examine(synthetic.make(pattern).run)


def cards(pattern: str) -> list[Finding]:
    """All findings, merged ones included."""
    return [g for f in diagnosed(pattern).findings for g in (f, *f.explains)]


def words(f: Finding) -> str:
    """All text of a card."""
    parts = [f.title, f.headline, f.message, f.why, f.caveat, *f.fixes, *f.ruled_out]
    parts += [text for cause in f.causes for text in (cause.text, cause.why)]
    if f.table is not None:
        parts += [*f.table.head, *(cell for row in f.table.rows for cell in row)]
    return "\n".join((*parts, f.check.text if f.check else ""))


def half(shown: str) -> float:
    """Half a unit of the last printed digit."""
    digits, _, exponent = shown.replace(",", "").partition("e")
    return 0.5 * 10.0 ** (int(exponent or 0) - len(digits.partition(".")[2]))


@pytest.mark.parametrize("pattern", PATTERNS)
def test_percentages_follow_from_the_numbers_beside_them(pattern):
    for f in cards(pattern):
        for before, after, sign, percent in FROM_TO.findall(words(f).replace("**", "")):
            a, b = float(before.replace(",", "")), float(after.replace(",", ""))
            low = (b - half(after)) / (a + half(before)) - 1
            high = (b + half(after)) / (a - half(before)) - 1
            told = (1 if sign == "+" else -1) * float(percent) / 100
            assert low - half(percent) / 100 <= told <= high + half(percent) / 100, (f.rule, before, after, percent)


@pytest.mark.parametrize("pattern", PATTERNS)
def test_epochs_are_whole_numbers(pattern):
    for f in cards(pattern):
        for found in EPOCH.findall(words(f).replace("**", "")):
            assert all(float(epoch.replace(",", "")).is_integer() for epoch in found if epoch), (f.rule, found)


@pytest.mark.parametrize("pattern", PATTERNS)
def test_one_is_no_plural(pattern):
    assert [(f.rule, ONE.findall(words(f))) for f in cards(pattern) if ONE.search(words(f))] == []


@pytest.mark.parametrize("pattern", PATTERNS)
def test_a_card_shows_a_number_in_one_precision(pattern):
    for f in cards(pattern):
        shown = set(re.findall(r"(?<![\d.,e±+−-])\d+\.\d+(?![\d.e%]| %)", f"{f.title} {f.message}"))
        shown = {s for s in shown if len(s.replace(".", "").lstrip("0")) >= 2}
        for short in shown:
            longer = [s for s in shown if len(s) > len(short) and abs(float(s) - float(short)) <= 1.02 * half(short)]
            assert longer == [], (f.rule, short, longer)


@pytest.mark.parametrize("pattern", PATTERNS)
def test_the_first_card_does_not_repeat_the_headline(pattern):
    diagnosis = diagnosed(pattern)
    if diagnosis.findings:
        title, headline = (
            re.sub(r"\W+", " ", t).strip().lower() for t in (diagnosis.findings[0].title, diagnosis.headline)
        )
        assert title not in headline and headline not in title


@pytest.mark.parametrize("pattern", PATTERNS)
def test_a_card_has_what_a_reader_needs(pattern):
    for f in cards(pattern):
        needed = {
            "why": f.why,
            "references": f.references,
            "caveat": f.caveat,
            "evidence": f.evidence,
            "check": f.check,
        }
        if f.severity in (Severity.PROBLEM, Severity.BROKEN):
            needed |= {"causes": f.causes, "fixes": f.fixes}
        assert [name for name, part in needed.items() if not part] == [], f.rule
