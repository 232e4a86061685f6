"""The same diagnosis as text: in terminals of any width, as Markdown, as JSON, as a notebook's plain output."""

from __future__ import annotations

import io
import json
import re

import lxml.html
import pytest
from rich.cells import cell_len
from rich.console import Console

from nbdiag.diagnosis import Diagnosis
from nbdiag.facts import Facts
from nbdiag.finding import Finding, Severity
from nbdiag.views import bundle, header, html, markdown, terminal
from nbdiag.views.chart import draw
from nbdiag.views.terminal import TerminalView
from nbdiag.views.textchart import blocks
from tests.views import examples


@pytest.mark.parametrize("width", [60, 80, 120])
@pytest.mark.parametrize("name", examples.all_examples())
def test_a_text_fits_its_width_without_colour(name: str, width: int) -> None:
    text = terminal.text(examples.all_examples()[name], width=width)
    assert max(cell_len(line) for line in text.splitlines()) <= width
    assert "\x1b" not in text


def test_it_says_each_finding_with_its_number_and_sentence() -> None:
    words = " ".join(terminal.text(examples.seed_004()).split())
    assert "■ Do not trust these validation numbers yet 5 of 40 epochs" in words
    assert "1 Evaluation behaves unlike training broken, likely, epochs 1–5 In epochs 1 to 3" in words
    assert "Check: Evaluate on training images." in words and "Try: BatchNormalization(momentum=0.9)" in words


def test_control_characters_of_users_reach_no_terminal() -> None:
    found = Finding("\x1b]0;owned\x07title", "\x1b[2Jmessage", rule="r", severity=Severity.NOTE)
    run = examples.run_of(**{"\x1b[31mloss": [1, 2, 3]})
    assert not re.search(r"[\x00-\x09\x0b-\x1f]", terminal.text(Diagnosis(run, (found,), "\x1b[2J", "\r")))


def test_blocks_fall_with_the_curve_and_cross_out_what_is_no_number() -> None:
    chart = draw(examples.broken_numbers())
    train = next(line for line in chart.panels[0].lines if line.role == "train")
    row = blocks(train, chart.panels[0], chart, 19)
    assert list(row.rstrip("×")) == sorted(row.rstrip("×"), reverse=True)
    assert row.endswith("××××××××") and len(row) == 19


def test_the_terminal_view_prints_each_run_at_the_end_only(capsys) -> None:
    view = TerminalView()
    view.show()
    view.draw([examples.overfitting()])
    assert capsys.readouterr().out == ""
    view.finish([examples.healthy(), examples.seed_004()], "finished")
    out = capsys.readouterr().out
    assert out.index("Healthy") < out.index("Do not trust") and "\x1b" not in out
    view.finish([], "finished")
    assert capsys.readouterr().out == "nbdiag: no training seen.\n"


def test_on_a_terminal_severity_has_a_colour() -> None:
    out = io.StringIO()
    Console(file=out, force_terminal=True, color_system="standard", width=80).print(
        terminal.shown(examples.seed_004(), 80)
    )
    assert "\x1b[1;31m" in out.getvalue()


def test_markdown_holds_everything() -> None:
    text = markdown.text(examples.overfitting())
    for part in ("# Validation loss rises", "## 1. A few confident", "| val\\_loss | 0.0840 |", "**Why** ", "1. Wrong labels",
                 "Ruled out: ", "**Check** ", "```python\nfor i in [1187", "- Correct or drop", "**Unless** ",
                 "[Guo 2017, On calibration](https://arxiv.org/abs/1706.04599)", "**Rule** `loss-hijacked-by-outliers`"):  # fmt: skip
        assert part in text


def test_markdown_of_users_is_only_text() -> None:
    text = markdown.text(examples.hostile())
    prose = re.sub(r"```python\n.*?\n```|`[^`\n]*`", "", text, flags=re.DOTALL)
    assert "<" not in prose
    assert markdown.prose("# a\n- [x](y) $z$ |") == "\\# a - \\[x\\](y) \\$z\\$ \\|"
    assert markdown.prose("- a") == "\\- a" and markdown.prose("1. a") == "\\1. a"


def test_json_is_strict_and_whole() -> None:
    def strict(word: str) -> None:
        raise AssertionError(word)

    whole = json.loads(examples.broken_numbers().to_json(), parse_constant=strict)
    (train, val) = whole["run"]["curves"]
    assert (train["metric"], train["split"], val["split"]) == ("loss", "train", "val")
    assert val["values"][8] == "Infinity" and val["values"][11] == "NaN"
    assert whole["findings"][0]["severity"] == "broken" and whole["findings"][0]["id"] == "non-finite-12"
    assert whole["run"]["facts"] == {"epochs": 60}
    json.loads(examples.hostile().to_json(), parse_constant=strict)


_KNOWN = {"n_train": 60000, "n_val": 1, "n_classes": 10, "batch_size": 32, "optimizer": "Adam", "learning_rate": 1e-3}
_SAID = "60,000 training samples, 1 validation sample, 10 classes, batch size 32, Adam, learning rate 0.001, loss mse"


def test_every_view_says_what_was_known_of_the_run() -> None:
    diagnosis = examples.healthy()
    assert "Known of" not in terminal.text(diagnosis)
    diagnosis.run.learn(Facts(**_KNOWN, loss="mse", augmentation=True))
    shown = [bundle.static(diagnosis)["text/html"], html.page(diagnosis), str(header.foot(diagnosis))]
    told = [" ".join(lxml.html.fromstring(page).text_content().split()) for page in shown]
    for text in (*told, " ".join(terminal.text(diagnosis).split()), markdown.text(diagnosis).replace("**", "")):
        assert f"Known of the run: {_SAID}." in text


def test_a_long_name_of_users_is_cut_short() -> None:
    diagnosis = examples.healthy()
    diagnosis.run.learn(Facts(loss="x" * 500, n_train=float("nan"), n_classes=2.5, learning_rate=-0.0))
    text = terminal.text(diagnosis)
    assert "nan training samples, 2.5 classes" in text and "x" * 70 not in text


@pytest.mark.parametrize("name", examples.all_examples())
def test_a_static_output_is_made_of_what_sanitizers_keep(name: str) -> None:
    diagnosis = examples.all_examples()[name]
    data = diagnosis._repr_mimebundle_()
    assert set(data) == {"text/plain", "text/html", "image/svg+xml"}
    assert all(type(text) is str for text in data.values())
    assert data == bundle.static(examples.all_examples()[name])
    tree = lxml.html.fromstring(data["text/html"])
    kept = {"div", "p", "b", "img", "details", "summary", "dl", "dt", "dd", "ol", "ul", "li", "table", "thead", "tbody", "tr",
            "th", "td", "code", "pre", "a", "br", "small", "span"}  # fmt: skip
    assert {element.tag for element in tree.iter()} <= kept
    assert all(src.startswith("data:image/svg+xml;base64,") for src in tree.xpath("//img/@src"))
    assert all(tree.xpath("//img/@alt"))
    assert len(tree.xpath("//details")) == len(diagnosis.findings)
