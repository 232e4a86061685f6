"""The chart as SVG is well-formed, named, free of foreign markup, and the same for the same run."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from nbdiag.diagnosis import Diagnosis
from nbdiag.finding import BandPicture, BoundsPicture, Picture, SamplesPicture
from nbdiag.views import pictures, svg
from nbdiag.views.chart import draw
from nbdiag.views.svgfile import alone
from tests.views import examples

NS = {"s": "http://www.w3.org/2000/svg"}


def parsed(diagnosis: Diagnosis, width: int = 840) -> ElementTree.Element:
    return ElementTree.fromstring(svg.text(draw(diagnosis), "a title", width=width))


@pytest.mark.parametrize("name", examples.all_examples())
@pytest.mark.parametrize("width", [600, 1024])
def test_every_chart_is_well_formed_named_and_the_same_each_time(name: str, width: int) -> None:
    diagnosis = examples.all_examples()[name]
    root = parsed(diagnosis, width)
    assert root.findtext("s:title", namespaces=NS) == "a title"
    assert root.findtext("s:desc", namespaces=NS) == draw(diagnosis).description
    assert svg.text(draw(diagnosis), "t") == svg.text(draw(examples.all_examples()[name]), "t")
    numbers = re.findall(
        r"nan|inf\b", re.sub(r"(?s)<(style|title|desc)[^>]*>.*?</\1>", "", svg.text(draw(diagnosis), "t"))
    )
    assert not numbers


def test_it_loads_nothing_and_runs_nothing() -> None:
    for diagnosis in examples.all_examples().values():
        root = parsed(diagnosis)
        for element in root.iter():
            assert element.tag.removeprefix("{http://www.w3.org/2000/svg}") not in {
                "script",
                "image",
                "foreignObject",
                "use",
                "a",
            }
            assert not [name for name in element.attrib if name.startswith("on") or "href" in name]
        style = root.findtext("s:style", namespaces=NS) or ""
        assert "url(" not in style and "@import" not in style


def test_each_finding_has_its_pin_with_the_words_for_a_screen_reader() -> None:
    root = parsed(examples.seed_004())
    pins = [g for g in root.iter() if "pin" in g.get("class", "").split()]
    assert [g.findtext("s:text", namespaces=NS) for g in pins] == ["1", "2", "3", "4"]
    assert pins[2].findtext("s:title", namespaces=NS) == (
        "Finding 3, problem, epochs 1 to 2: Predictions flip between the classes: 94 + 34 = 128 right"
    )


def test_curves_break_at_values_that_are_no_numbers() -> None:
    root = parsed(examples.broken_numbers())
    (val,) = [p for p in root.iter() if p.get("class") == "curve val"]
    assert val.get("d", "").count("M") == 2


def test_it_follows_a_dark_system_and_fills_its_page() -> None:
    text = svg.text(draw(examples.healthy()), "t")
    assert "prefers-color-scheme: dark" in text and 'class="paper"' in text


@pytest.mark.parametrize("name", examples.all_examples())
def test_it_needs_neither_variables_nor_its_style_sheet_to_be_read(name: str) -> None:
    diagnosis = examples.all_examples()[name]
    assert "var(" not in svg.text(draw(diagnosis), "t")  # what makes PDF of it knows none
    root = parsed(diagnosis)
    assert root.get("fill") == "none"  # nothing but its page is filled where a sanitizer takes the style sheet
    filled = [e for e in root.iter() if e.get("fill") not in (None, "none")]
    assert {e.tag.rpartition("}")[2] for e in filled} <= {"rect", "text"}
    assert [e.get("class") for e in filled if e.tag.endswith("rect")] == ["paper"]
    curves = [e for e in root.iter() if (e.get("class") or "").startswith("curve")]
    assert all(curve.get("stroke") for curve in curves) and bool(curves) == bool(len(diagnosis.run))


def test_a_long_run_stays_small() -> None:
    run = examples.run_of(loss=[1 / (i + 1) for i in range(20_000)], val_loss=[2 / (i + 1) for i in range(20_000)])
    assert len(svg.text(draw(Diagnosis(run, ()), points=400), "t")) < 30_000


PICTURES: list[Picture] = [
    SamplesPicture(
        "t", tuple(float(i % 13) for i in range(500)), (7, 8, 9), "caption", "20 samples hold 65 % of the loss"
    ),
    SamplesPicture("all equal", (1.0,) * 50, (3,)),
    SamplesPicture("zeros", (0.0, 0.0), ()),
    SamplesPicture("nothing", (), ()),
    SamplesPicture("no numbers", (float("nan"), float("inf")), ()),
    BoundsPicture(
        "t", (("val", ((1, 0, 2), (2, 1, 3))), ("train", ((1, 0, 1),)), ("holdout", ((2, 1, 1),))), 16.1, "limit"
    ),
    BoundsPicture("one epoch", (("val", ((5, 1, 1),)),)),
    BoundsPicture("nothing", ()),
    BandPicture("t", tuple((e, 0.4, 0.5, 0.6) for e in range(40)), forecast_from=20, percent=True, caption="c"),
    BandPicture("one", ((1, 0, 0, 0),)),
    BandPicture("nothing", ()),
]


@pytest.mark.parametrize("picture", PICTURES, ids=lambda p: f"{type(p).__name__} {p.title}")
def test_every_picture_draws_within_its_frame(picture: Picture) -> None:
    width, height = pictures.size(picture)
    root = ElementTree.fromstring(alone(pictures.drawing(picture), width, height, name="a picture", severity="problem"))
    (drawn,) = [e for e in root if e.get("role") == "img"]
    assert drawn.get("aria-label")
    for element in drawn.iter():
        for name in ("x", "x1", "x2", "cx"):
            assert -6 <= float(element.get(name, 0)) <= width
        for name in ("y", "y1", "y2", "cy"):
            assert -6 <= float(element.get(name, 0)) <= height
    assert picture.title in str(pictures.figure(picture))


def test_samples_are_dots_and_the_bulk_a_bar_with_its_count() -> None:
    losses = (*[9.0] * 3, *[5.0] * 4, *[0.1] * 93)
    text = str(pictures.drawing(SamplesPicture("t", losses, (41, 17), "", "worst")))
    assert text.count("<circle") == 7
    assert "93 below 0.1" in text and ">41</text>" in text and ">17</text>" in text
