"""The page that is written beside a run: there during it, whole at any moment, and never in the training's way."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

import nbdiag
from nbdiag import report

LOOP = """
import os, time
import nbdiag
import nbdiag.report
nbdiag.report.FIRST = nbdiag.report.EVERY = 0.1
def wait():
    while not os.path.exists("run.html"):
        time.sleep(0.01)
with nbdiag.watch(view="none", report="run.html") as w:
    for epoch in range(1, 11):
        w.log(epoch=epoch, loss=1 / epoch, val_loss=0.5 + 0.1 * epoch)
    wait()
    {then}
"""


def run(folder: Path, then: str) -> subprocess.CompletedProcess[str]:
    code = [sys.executable, "-c", LOOP.format(then=then)]
    return subprocess.run(
        code, cwd=folder, env={**os.environ, "PYTHONPATH": os.getcwd()}, capture_output=True, text=True
    )


def trained(path: Path, **options) -> None:
    with nbdiag.watch(view="none", report=path, **options) as w:
        for epoch in range(1, 5):
            w.log(epoch=epoch, loss=1 / epoch)


@pytest.mark.parametrize("then", ["os._exit(9)", "raise KeyboardInterrupt", "os.chdir('/')"])
def test_it_is_written_during_the_run_and_outlives_it(tmp_path, then):
    done = run(tmp_path, then)
    assert [path.name for path in tmp_path.iterdir() if not path.name.startswith(".")] == ["run.html"]
    page = (tmp_path / "run.html").read_text()
    assert page.endswith("</html>\n")
    assert "val_loss" in page
    assert ("interrupted at epoch 10" in page) == ("KeyboardInterrupt" in then)
    assert "NbdiagWarning" not in done.stderr


def test_at_the_end_it_is_the_diagnosis_and_nothing_else_is_left(tmp_path):
    path = tmp_path / "run.html"
    trained(path)
    assert path.read_text() == nbdiag.last().to_html()
    assert list(tmp_path.iterdir()) == [path]
    assert stat.S_IMODE(path.stat().st_mode) == 0o644
    path.chmod(0o600)
    trained(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_earlier_runs_of_the_block_keep_a_page_of_their_own(tmp_path):
    with nbdiag.watch(view="none", report=str(tmp_path / "run.html")) as w:
        for _ in range(3):
            for epoch in range(1, 4):
                w.log(epoch=epoch, loss=1 / epoch)
    pages = {path.name: path.read_text() for path in tmp_path.iterdir()}
    assert pages == {n: d.to_html() for n, d in zip(("run-1.html", "run-2.html", "run.html"), w.diagnoses, strict=True)}


@pytest.mark.parametrize("bad", ["missing/run.html", "."])
def test_a_path_that_cannot_be_written_is_said_at_once_in_one_line(tmp_path, capsys, bad):
    with nbdiag.watch(view="none", report=tmp_path / bad) as w:
        told = capsys.readouterr().err
        w.log(epoch=1, loss=0.5)
    assert told.startswith("NbdiagWarning: the report failed (")
    assert told.count("\n") == 1
    assert str(tmp_path) in told
    assert len(w.diagnoses) == 1
    assert capsys.readouterr().err == ""


def test_the_first_page_comes_soon_and_one_that_takes_long_is_written_less_often(tmp_path):
    from nbdiag.faults import Faults

    trained(tmp_path / "other.html")
    page = report.Report(tmp_path / "run.html", Faults())
    assert not page.due(report.FIRST - 1)
    assert page.due(report.FIRST)
    page.write([])
    page.wrote(0.001, report.FIRST)  # nothing to show yet: a first page is still due
    assert page.due(report.FIRST + 1)
    assert not (tmp_path / "run.html").exists()
    page.write([nbdiag.last()])
    page.wrote(0.001, 100.0)
    assert not page.due(99.0 + report.EVERY)
    assert page.due(100.0 + report.EVERY)
    page.wrote(1.0, 200.0)
    assert not page.due(200.0 + 0.9 / report.SHARE)
    assert page.due(200.0 + 1.0 / report.SHARE)
