"""The report is one small page that loads nothing and can be read without its script, its colours or one's eyes."""

from __future__ import annotations

import re

import lxml.html
import numpy as np
import pytest

from nbdiag.diagnosis import Diagnosis
from nbdiag.views import html, values
from tests.views import examples


@pytest.mark.parametrize("name", examples.all_examples())
def test_a_page_loads_nothing_is_small_and_the_same_each_time(name: str) -> None:
    page = html.page(examples.all_examples()[name])
    assert page == html.page(examples.all_examples()[name])
    assert len(page.encode()) < 100_000
    tree = lxml.html.document_fromstring(page)
    assert not tree.xpath("//@src | //link | //iframe | //object | //*[local-name()='image']")
    assert not re.search(r"url\((?!#)|@import", page)
    assert "default-src 'none'" in tree.xpath("//meta/@content")[1]
    assert len(tree.xpath("//script")) == 1
    assert not [a for e in tree.iter() if isinstance(e.tag, str) for a in e.attrib if a.startswith("on")]


def test_it_has_language_title_landmarks_and_one_heading() -> None:
    tree = lxml.html.document_fromstring(html.page(examples.seed_004()))
    assert tree.get("lang") == "en"
    assert tree.findtext(".//title") == "Do not trust these validation numbers yet"
    assert len(tree.xpath("//main")) == len(tree.xpath("//h1")) == len(tree.xpath("//main//header")) == 1
    assert tree.xpath("//section/@aria-label") == ["Learning curves", "Findings"]


def test_without_script_each_pin_is_a_link_into_its_card() -> None:
    tree = lxml.html.document_fromstring(html.page(examples.seed_004()))
    for pin in tree.xpath('//*[local-name()="a" and contains(@class, "pin")]'):
        (target,) = tree.xpath(f'//*[@id="{pin.get("href")[1:]}"]')
        assert target.getparent().get("data-f") == pin.get("data-f")  # inside <details>: following the link opens it
        assert pin.get("aria-label").startswith("Finding ")


def test_while_the_training_runs_it_says_how_to_see_more() -> None:
    assert "reload this page" in html.page(examples.overfitting())
    assert "reload this page" not in html.page(examples.overfitting(60, "finished"))


def test_ids_are_unique() -> None:
    tree = lxml.html.document_fromstring(html.page(examples.overfitting()))
    ids = tree.xpath("//@id")
    assert len(ids) == len(set(ids))


def test_the_first_card_is_open_only_when_it_is_grave() -> None:
    def opened(diagnosis: Diagnosis) -> list[str]:
        return lxml.html.document_fromstring(html.page(diagnosis)).xpath(
            '//details[@open and contains(@class, "card")]/@data-f'
        )

    assert opened(examples.seed_004()) == ["train-eval-mode-mismatch-1"]
    assert opened(examples.healthy()) == []


def test_every_value_stands_in_a_table() -> None:
    table = lxml.html.fromstring(str(values.table(examples.seed_004().run)))
    assert [[cell.text for cell in row] for row in table.xpath(".//tr")][:2] == [
        ["epoch", "loss", "val_loss", "accuracy", "val_accuracy"], ["1", "0.9150", "3.7535", "0.6183", "0.7344"],
    ]  # fmt: skip


def test_a_long_run_with_many_curves_stays_below_200_kb() -> None:
    rng = np.random.default_rng(0)
    curves = {f"{split}metric_{i}": rng.random(5000) for i in range(8) for split in ("", "val_")}
    assert len(html.page(Diagnosis(examples.run_of(**curves), ())).encode()) < 200_000


def test_so_does_one_with_hundreds_of_metrics_of_long_names() -> None:
    rng = np.random.default_rng(0)
    names = [f"mean_average_precision_at_intersection_over_union_{i}_area_small_max_detections" for i in range(200)]
    curves = {f"{split}{name}": rng.random(50) for name in names for split in ("", "val_")}
    diagnosis = Diagnosis(examples.run_of(**curves), ())
    assert len(html.page(diagnosis).encode()) < 200_000
    tree = lxml.html.document_fromstring(html.page(diagnosis))
    assert tree.findtext(".//caption") == "25 of 50 places, 200 of 400 curves"
    heads = [cell.text for cell in tree.xpath("//table//thead//th")]
    assert len(set(heads)) == 201 and max(map(len, heads)) == 60
    drawn = tree.xpath('//*[@class="panel-name"]/text()')
    assert len(drawn) == 8 and max(map(len, drawn)) <= 80


def test_markup_of_users_stays_text() -> None:
    tree = lxml.html.document_fromstring(html.page(examples.hostile()))
    assert len(tree.xpath("//script")) == 1 and not tree.xpath("//img")
    assert tree.findtext(".//title") == f"{examples.EVIL}: {examples.EVIL}"


def test_it_is_written_where_asked(tmp_path) -> None:
    path = tmp_path / "report.html"
    assert examples.healthy().to_html(path) == path.read_text(encoding="utf-8")
