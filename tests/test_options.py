"""The options behind ``%%diagnose``."""

import pytest

from nbdiag.errors import ConfigError
from nbdiag.options import parse, parse_facts


def test_no_option_is_the_default():
    asked = parse("")
    assert (asked.output, asked.text) == ("", False)
    assert (asked.watch.view, asked.watch.hooks, asked.watch.select, asked.watch.refresh) == ("auto", True, None, 0.2)


def test_every_option_arrives():
    asked = parse(
        "-n 'my run' -o d --select a,b --select c --ignore d,e --facts n_val=128,loss=mse --facts lr=1e-3 "
        "--text --no-hooks --view static --refresh 2 -q"
    )
    assert (asked.output, asked.text) == ("d", True)
    w = asked.watch
    assert (w.name, w.select, w.ignore, w.hooks, w.view, w.refresh, w.quiet) == (
        "my run", ("a", "b", "c"), ("d", "e"), False, "static", 2.0, True,
    )  # fmt: skip
    assert w.facts == {"n_val": 128, "loss": "mse", "lr": 1e-3}


@pytest.mark.parametrize("pattern", [r"(?P<epoch>\d{1,3}) (?P<loss>[\d.]+)%", r"'(?P<loss>\S+)", "(?P<loss>$x{y}#)"])
def test_a_pattern_keeps_its_backslashes_braces_and_signs(pattern):
    assert parse(f'--pattern "{pattern}" -o d').watch.pattern == pattern


def test_a_windows_like_name_keeps_its_backslashes():
    assert parse(r"-n C:\new\run").watch.name == r"C:\new\run"


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        ("n_val=128", {"n_val": 128}),
        ("loss=binary_crossentropy , n_val = 5", {"loss": "binary_crossentropy", "n_val": 5}),
        ("class_counts_val=10,20,loss=mse", {"class_counts_val": [10, 20], "loss": "mse"}),
        ("from_logits=True,has_dropout=false", {"from_logits": True, "has_dropout": False}),
        ("class_weight={0: 1.0}", {"class_weight": {0: 1.0}}),
    ],
)
def test_facts_are_read_as_people_write_them(text, facts):
    assert parse_facts(text) == facts


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("--bogus", "--bogus"),
        ("--vie static", "--vie"),
        ("model.fit(x)", "model.fit"),
        ("--view plotly", "auto, widget, static, terminal, none"),
        ("--refresh fast", "fast"),
        ("--refresh 0", "0.2"),
        ("--refresh nan", "0.2"),
        ("-o my-var", "my-var"),
        ("-o", "expected one argument"),
        ("-n 'open", "quote"),
        ("--pattern (", "no regular expression"),
        ("--pattern loss", "names no group"),
        ("--facts nval=3", "n_val"),
        ("--facts 128", "NAME=VALUE"),
        ("--facts n_val=", "NAME=VALUE"),
    ],
)
def test_what_cannot_be_used_is_said_in_one_line(line, says):
    with pytest.raises(ConfigError) as error:
        parse(line)
    assert says in str(error.value)
    assert "\n" not in str(error.value)
