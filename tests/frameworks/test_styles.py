"""Printed logs of many tastes give each number at printed precision and no other; what is no training gives none."""

import random
import re

import pytest

from nbdiag.collect import Collector, collect
from nbdiag.files.pasted import printed
from nbdiag.sources import read_runs
from tests.styles import differences, negatives, render, styles

STYLES, NEGATIVES = styles(), negatives()
PRINTED = sorted(name for name, style in STYLES.items() if "paste" not in style.asked)
LOGGED = [
    name for name in PRINTED if not any(kind == "H" or "\r" in text or "█" in text for kind, text in STYLES[name].lines)
]


@pytest.mark.parametrize("name", STYLES)
def test_every_value_and_no_other(name):
    style = STYLES[name]
    text, truth = render(style)
    runs = read_runs(text) if "paste" in style.asked else collect(text)
    assert differences(style, runs, truth) == []


@pytest.mark.parametrize("name", PRINTED)
def test_more_epochs_in_chunks(name):
    style = STYLES[name]
    text, truth = render(style, epochs=12, steps=2, iterations=25, seed=1)
    text = re.sub(r"(\d\.\d{3,})", "\x1b[32m\\1\x1b[0m", text)
    chance, collector = random.Random(name), Collector()
    while text:
        length = chance.choice((1, 7, 40, 300))
        collector.chunk("stdout", text[:length])
        text = text[length:]
    collector.close()
    assert differences(style, collector.runs, truth) == []


@pytest.mark.parametrize("name", LOGGED)
def test_the_same_through_logging(name):
    style = STYLES[name]
    text, truth = render(style, seed=2)
    logged = "".join(f"2024-01-02 12:00:00,123 - INFO - {line}\n" for line in text.splitlines() if line.strip())
    assert differences(style, collect(logged), truth) == []


@pytest.mark.parametrize("name", NEGATIVES)
def test_no_training(name):
    assert collect(NEGATIVES[name]) == []


@pytest.mark.parametrize("sign", ["    ", "#> ", "> "])
def test_the_same_in_a_block_a_comment_and_a_quote(sign):
    for name in PRINTED:
        text, truth = render(STYLES[name], epochs=3)
        if "\r" not in text:
            shown = "".join(f"{sign}{line}\n" for line in text.splitlines())
            assert differences(STYLES[name], collect(printed(shown)), truth) == [], name
    for name, text in NEGATIVES.items():
        assert collect(printed("".join(f"{sign}{line}\n" for line in text.splitlines()))) == [], name


def test_runs_have_the_names_their_text_gives_them():
    folds = {
        name: [run.name for run in collect(render(style)[0])]
        for name, style in STYLES.items()
        if "R" in dict(style.lines)
    }
    assert folds["folds named in line"] == ["Fold 1", "Fold 2"]
    assert folds["sweep lr header"] == ["Training with lr=0.1", "Training with lr=0.2", "Training with lr=0.3"]
    assert folds["fold first column"] == ["fold 1", "fold 2"]
