"""A card shows everything its finding carries, in one order, escaped."""

from __future__ import annotations

import dataclasses

import lxml.html
import pytest

from nbdiag.diagnosis import Diagnosis
from nbdiag.events import Record
from nbdiag.finding import Certainty, Finding, Severity
from nbdiag.run import Run
from nbdiag.views import cards, header, terminal
from nbdiag.views.chart import draw
from nbdiag.views.markup import plain, prose
from tests.views import examples

ALLOWED = {
    "details", "summary", "span", "div", "p", "b", "code", "pre", "dl", "dt", "dd", "ol", "ul", "li", "a", "button", "table",
    "thead", "tbody", "tr", "th", "td", "figure", "figcaption", "svg", "text", "circle", "rect", "path", "line", "g", "h2",
    "i", "defs", "clippath",
}  # fmt: skip


def lead() -> lxml.html.HtmlElement:
    return lxml.html.fromstring(str(next(iter(cards.cards(examples.seed_004()).values()))))


def test_a_card_is_a_row_that_opens() -> None:
    card = lead()
    assert (card.tag, card.get("class"), card.get("data-f")) == (
        "details",
        "card sev-broken",
        "train-eval-mode-mismatch-1",
    )
    assert card.get("open") is None
    row, body = card
    assert (row.tag, row.get("class"), body.get("class")) == ("summary", "row", "body")
    assert row.text_content() == "1Evaluation behaves unlike training1–5brokenlikely"


def test_an_open_card_holds_everything_in_order() -> None:
    card = lead()
    assert card.xpath(".//dt/text()") == ["Why", "Causes", "Check", "Try", "Unless", "Read", "Rule"]
    parts = dict(zip(card.xpath(".//dt/text()"), (dd.text_content() for dd in card.xpath(".//dd")), strict=True))
    assert parts["Causes"].startswith("BatchNorm averages still cold. 55 steps so far.Validation images scaled")
    assert parts["Causes"].endswith(
        "Ruled out: gradual overfitting. A validation mistake cost over 12 in the first epoch already."
    )
    assert (
        parts["Check"].startswith("Evaluate on training images.") and "Copymodel.evaluate_generator" in parts["Check"]
    )
    assert parts["Rule"] == "train-eval-mode-mismatch, also explains saturated-outputs, prediction-flips-class"
    assert card.xpath('.//*[@class="left"]')[0].text_content().endswith("Explains 2 and 3.")
    evidence = card.xpath('.//*[@class="ev"]')[0].text_content()
    assert (
        evidence.startswith("What one mistake costs, at least and at most")
        and "cost of a validation mistake12.1" in evidence
    )


def test_code_is_kept_letter_by_letter() -> None:
    (code,) = lead().xpath("//pre/code")
    assert (
        code.text == "model.evaluate_generator(train_generator, steps=11)\n# during training: loss 0.7319, acc 0.4734"
    )


def test_links_open_outside_and_only_to_the_web() -> None:
    links = lead().xpath("//a")
    assert [(a.get("target"), a.get("rel")) for a in links] == [("_blank", "noopener noreferrer")] * 2
    hostile = lxml.html.fromstring(str(next(iter(cards.cards(examples.hostile()).values()))))
    assert not hostile.xpath("//a")


def test_markup_of_users_stays_text() -> None:
    diagnosis = examples.hostile()
    parts = [
        *cards.cards(diagnosis).values(),
        header.head(diagnosis),
        header.summary(diagnosis),
        header.foot(diagnosis),
    ]
    for part in parts:
        tree = lxml.html.fromstring(str(part))
        assert {element.tag for element in tree.iter()} <= ALLOWED
        assert examples.EVIL in tree.text_content()
        assert not [name for element in tree.iter() for name in element.attrib if name.startswith("on")]


@pytest.mark.parametrize("certainty", Certainty)
@pytest.mark.parametrize("severity", Severity)
def test_severity_and_certainty_are_words_and_bars(severity: Severity, certainty: Certainty) -> None:
    found = Finding("t", "m", certainty, "r", severity, provisional=True)
    diagnosis = dataclasses.replace(examples.healthy(), findings=(found,))
    (card,) = (lxml.html.fromstring(str(c)) for c in cards.cards(diagnosis).values())
    words = card.xpath("./summary")[0].text_content()
    assert severity.value in words and certainty.value in words and "provisional" in words
    bars = card.xpath('.//*[@class="meta sure"]//*[local-name()="rect" and @class="on"]')
    assert len(bars) == {"exact": 3, "strong": 2, "likely": 1}[certainty.value]
    assert words.startswith("1") == (severity is not Severity.GOOD)


def test_bold_and_code_are_the_only_markup() -> None:
    assert "".join(str(p) for p in map(str, prose("a **b** `c`"))) == "a <b>b</b> <code>c</code>"
    assert plain("a **b** `c` * ** `") == "a b c * ** `"
    assert plain("beep\a\x1b[31m and \ud800") == "beep\ufffd\ufffd[31m and \ufffd"


@pytest.mark.parametrize(
    ("status", "planned", "epochs", "seconds", "words"),
    [
        ("running", 60, 47, 470.0, "epoch 47 of 60, 2 min left"),
        ("running", 50, 47, 47.0, "epoch 47 of 50, 3 s left"),
        ("running", None, 47, 470.0, "epoch 47"),
        ("finished", 60, 60, 552.0, "60 epochs in 9 min 12 s"),
        ("finished", 40, 5, None, "5 of 40 epochs"),
        ("finished", None, 1, 0.4, "1 epoch in 0.4 s"),
        ("interrupted", 60, 31, 310.0, "interrupted at epoch 31"),
        ("stopped", 60, 31, 310.0, "stopped at epoch 31"),
        ("failed", 60, 31, 310.0, "failed at epoch 31"),
    ],
)
def test_status(status: str, planned: int | None, epochs: int, seconds: float | None, words: str) -> None:
    run = examples.run_of(seconds, status, planned, loss=[1.0] * epochs)
    assert header.status(run) == words


def test_status_before_the_first_value() -> None:
    run = examples.run_of(status="running", planned=10)
    assert header.status(run) == "running"
    run.reached = (1, 20, 100)
    assert header.status(run) == "epoch 1 of 10"


def test_what_a_finding_explains_is_told_in_its_card_unless_it_has_its_own() -> None:
    diagnosis = examples.seed_004()
    alone = dataclasses.replace(diagnosis, findings=diagnosis.findings[:1])
    (card,) = (lxml.html.fromstring(str(c)) for c in cards.cards(alone).values())
    parts = dict(zip(card.xpath(".//dt/text()"), (dd.text_content() for dd in card.xpath(".//dd")), strict=True))
    assert parts["Explains"].startswith(
        "Saturated outputs: all 19 wrong images at the limit of 16.12. 2.3932 × 128 ÷ 19"
    )
    assert "Predictions flip between the classes: 94 + 34 = 128 right. Epoch 1" in parts["Explains"]


@pytest.mark.parametrize(("place", "unit"), [({"step": 3}, "step"), ({"epoch": 3.0}, "epoch")])
def test_places_are_called_what_they_count(place: dict[str, float], unit: str) -> None:
    finding = Finding("It jumps", "", rule="it", severity=Severity.PROBLEM, curves=("train:loss",), start=3.0, stop=3.0)
    run = Run(
        [Record("loss", "train", 1.0, **{k: v - 1 for k, v in place.items()}), Record("loss", "train", 9.0, **place)]
    )
    diagnosis = Diagnosis(run, (finding,))
    assert f">{unit}s</span>" in str(cards.columns(diagnosis))
    assert f'data-w="{unit} "' in str(next(iter(cards.cards(diagnosis).values())))
    (pin,) = draw(diagnosis).pins
    assert pin.label == f"Finding 1, problem, {unit} 3: It jumps"
    assert all(f"{unit} 3" in written for written in (diagnosis.to_markdown(), terminal.text(diagnosis)))
