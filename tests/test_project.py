"""``[tool.nbdiag]`` of the nearest pyproject.toml, and what a call asks for before it."""

from __future__ import annotations

import pytest

import nbdiag
from nbdiag import live, project
from nbdiag.config import Options
from nbdiag.errors import ConfigError, UnknownRule
from nbdiag.rules import selection

RISING = {"loss": [1 / e for e in range(1, 31)], "val_loss": [1 / e + 0.03 * e for e in range(1, 31)]}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A working directory two levels below a pyproject.toml that the test writes."""
    (tmp_path / "a" / "b").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "a" / "b")
    return tmp_path


def settled(select=None, ignore=()):
    return selection.settled(select, ignore, project.read())


def found(**asked) -> list[str]:
    return [f.rule for f in nbdiag.diagnose(RISING, **asked).findings]


def test_without_a_table_nothing_is_asked(folder):
    (folder / "pyproject.toml").write_text("[tool.other]\nselect = 3\n")
    assert project.read().path is None
    assert settled() == selection.Choice(None, (), {})


def test_the_nearest_file_with_a_table_counts(folder):
    (folder / "pyproject.toml").write_text('[tool.nbdiag]\nignore = ["loss-spike"]\n')
    (folder / "a" / "pyproject.toml").write_text('[tool.nbdiag]\nignore = ["plateau"]\n')
    (folder / "a" / "b" / "pyproject.toml").write_text("[project]\nname = 'b'\n")
    assert settled().ignore == ("plateau",)


def test_rules_and_options_reach_the_diagnosis(folder):
    assert "overfitting" in found()
    file = folder / "pyproject.toml"
    file.write_text('[tool.nbdiag]\nignore = ["overfitting"]\n')
    assert "overfitting" not in found()
    file.write_text('[tool.nbdiag]\nselect = ["overfitting"]\n')
    assert found() == ["overfitting"]
    file.write_text("[tool.nbdiag.rules.overfitting]\nrise = 100\n")
    assert "overfitting" not in found()


def test_a_call_comes_before_the_project(folder):
    (folder / "pyproject.toml").write_text(
        '[tool.nbdiag]\nselect = ["overfitting", "plateau"]\nignore = ["overfitting"]\n'
    )
    assert found(select=["overfitting"]) == ["overfitting"]
    assert settled(ignore=["plateau"]) == selection.Choice(("overfitting", "plateau"), ("overfitting", "plateau"), {})


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[tool.nbdiag]\nignor = []", "did you mean 'ignore'"),
        ('[tool.nbdiag]\nselect = "overfitting"', "a list of rules' names"),
        ('[tool.nbdiag]\nselect = ["overfiting"]', "did you mean 'overfitting'"),
        ("[tool]\nnbdiag = 3", "is a table"),
        ("[tool.nbdiag]\nrules = 3", "[tool.nbdiag.rules.overfitting]"),
        ("[tool.nbdiag.rules]\noverfitting = 3", "[tool.nbdiag.rules.overfitting]"),
        ("[tool.nbdiag.rules.overfitting]\nrize = 0.2", "did you mean 'rise'"),
        ("[tool.nbdiag.rules.overfitting]\nmin_epochs = 10", "its options are z, rise, weight"),
        ("[tool.nbdiag.rules.converged]\nrise = 0.2", "it has none"),
        ('[tool.nbdiag.rules.overfitting]\nrise = "much"', "is like 0.1, not 'much'"),
        ("[tool.nbdiag.rules.overfitting]\nrise = true", "is like 0.1, not True"),
        ("[tool.nbdiag.rules.overfit]\nrise = 0.2", "did you mean 'overfitting'"),
        ("[tool.nbdiag\n", "is no TOML"),
    ],
)
def test_what_cannot_be_used_is_said_with_the_file(folder, text, says):
    (folder / "pyproject.toml").write_text(text)
    with pytest.raises(ConfigError) as error:
        nbdiag.diagnose(RISING)
    assert str(error.value).startswith(str(folder / "pyproject.toml"))
    assert says in str(error.value)


def test_a_working_directory_that_is_gone_asks_nothing(tmp_path, monkeypatch):
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    assert project.read() == project.Project()


def test_a_watched_training_goes_on_with_one_line(folder, capsys):
    (folder / "pyproject.toml").write_text("[tool.nbdiag.rules.overfitting]\nrize = 0.2\n")
    with live.Watch(Options(view="none")).start() as watch:
        for epoch, (loss, val) in enumerate(zip(RISING["loss"], RISING["val_loss"], strict=True), 1):
            watch.log(epoch=epoch, loss=loss, val_loss=val)
    assert "overfitting" in [f.rule for f in watch.diagnoses[0].findings]
    told = capsys.readouterr().err.splitlines()
    assert len(told) == 1
    assert "reading [tool.nbdiag] failed" in told[0]
    assert "'rise'" in told[0]


def test_a_watched_training_obeys_the_project(folder):
    (folder / "pyproject.toml").write_text('[tool.nbdiag]\nselect = ["best-epoch-passed"]\n')
    with live.Watch(Options(view="none")).start() as watch:
        for epoch, (loss, val) in enumerate(zip(RISING["loss"], RISING["val_loss"], strict=True), 1):
            watch.log(epoch=epoch, loss=loss, val_loss=val)
    assert [f.rule for f in watch.diagnoses[0].findings] == ["best-epoch-passed"]


def test_a_name_the_call_gives_still_raises():
    with pytest.raises(UnknownRule, match="overfitting"):
        live.Watch(Options(view="none", select=("overfiting",))).start()
