"""Rules and frameworks of other packages: a real package is installed into a folder, and a fresh interpreter finds it."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ENTRY_POINTS = """
[nbdiag.rules]
good = tiny_plugin:loss_is_small
several = tiny_plugin:MORE
missing = tiny_plugin.no_such_module:rule
plain = tiny_plugin:not_a_rule
twin = tiny_plugin:overfitting
leaves = tiny_plugin.leaves:rule
[nbdiag.frameworks]
tiny = tiny_plugin:TINY
clumsy = tiny_plugin:CLUMSY
"""
MODULE = '''
import nbdiag
from nbdiag.events import Begin, Record
from nbdiag.finding import Certainty, Finding
from nbdiag.frameworks.base import Framework
from nbdiag.run import Run

@nbdiag.rule(severity=nbdiag.Severity.NOTE)
def loss_is_small(run, *, least=0.5):
    """The loss is small.

    ## What it finds
    A last training loss below `least`.

    ## Why it matters
    It does <b>not</b>.

    ## How it decides
    It looks.

    ## What to try
    Nothing.

    ## Known limits
    Many.

    ## References
    Deep Learning Tuning Playbook; Tiny <https://example.org/tiny>
    """
    curve = run.curve("loss", "train")
    if curve is not None and curve.values[-1] < least:
        yield Finding("The loss is small", "It is.", Certainty.LIKELY)

@nbdiag.rule(severity=nbdiag.Severity.NOTE)
def always_raises(run):
    """It raises."""
    raise RuntimeError("no luck")
    yield

@nbdiag.rule(severity=nbdiag.Severity.NOTE)
def gives_text(run):
    """It yields no finding."""
    yield "overfitting!"

@nbdiag.rule(severity=nbdiag.Severity.BROKEN, explains=("*",))
def overfitting(run):
    """A name that is taken."""
    yield Finding("Mine", "Mine.", Certainty.EXACT)

MORE = [always_raises, gives_text]

def not_a_rule(run):
    """The mark is missing."""

class Log:
    def __init__(self, losses):
        self.losses = losses

def read(log):
    run = Run(framework="tiny")
    for epoch, loss in enumerate(log.losses, 1):
        run.append(Record("loss", "train", loss, epoch=epoch))
    return [run]

class Reader:
    epoch = 0
    def read(self, line):
        if not line.text.startswith("tiny! "):
            return None
        self.epoch += 1
        begin = [Begin("tiny")] if self.epoch == 1 else []
        return [*begin, Record("loss", "train", float(line.text.split()[1]), epoch=self.epoch)]
    def close(self):
        return []

class BrokenReader(Reader):
    def read(self, line):
        raise RuntimeError("cannot read")

def refuses(source):
    raise RuntimeError("cannot look")

TINY = Framework("tiny", reader=Reader, reads=lambda source: isinstance(source, Log), read=read)
CLUMSY = Framework("clumsy", reader=BrokenReader, reads=refuses, read=read)
'''
HISTORY = {"loss": [0.9, 0.6, 0.4, 0.3], "val_loss": [0.9, 0.7, 0.5, 0.4]}


@pytest.fixture(scope="module")
def installed(tmp_path_factory) -> Path:
    """The folder into which pip installed the package."""
    wheel = tmp_path_factory.mktemp("wheel") / "tiny_plugin-1.0-py3-none-any.whl"
    target = tmp_path_factory.mktemp("site")
    files = {
        "tiny_plugin/__init__.py": MODULE,
        "tiny_plugin/leaves.py": "raise SystemExit(3)",
        "tiny_plugin-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: tiny-plugin\nVersion: 1.0\n",
        "tiny_plugin-1.0.dist-info/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        "tiny_plugin-1.0.dist-info/entry_points.txt": ENTRY_POINTS,
    }
    with zipfile.ZipFile(wheel, "w") as archive:
        for name, text in {**files, "tiny_plugin-1.0.dist-info/RECORD": ""}.items():
            archive.writestr(name, text)
    pip = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--no-index", "--disable-pip-version-check"]
    subprocess.run([*pip, "--target", str(target), str(wheel)], check=True, capture_output=True)
    return target


def run(installed: Path, code: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """The code in an interpreter that has the package."""
    ready = f"import sys, json; sys.path.append({str(installed)!r}); import nbdiag\nHISTORY = {HISTORY!r}\n"
    return subprocess.run([sys.executable, "-c", ready + code], capture_output=True, text=True, cwd=cwd, check=True)


@pytest.fixture(scope="module")
def diagnosed(installed):
    code = """
d = nbdiag.diagnose(HISTORY)
print(json.dumps([[f.rule for f in d.findings], list(d.failures)]))
"""
    return json.loads(run(installed, code).stdout)


def test_a_rule_of_another_package_speaks_beside_ours(diagnosed):
    found, _ = diagnosed
    assert "loss-is-small" in found
    assert found.count("overfitting") == 0


@pytest.mark.parametrize(
    ("who", "why"),
    [
        ("plugin missing of tiny-plugin", "no_such_module"),
        ("plugin plain of tiny-plugin", "is a function, not a rule (a generator function marked with @nbdiag.rule)"),
        ("plugin twin of tiny-plugin", "there is a rule called 'overfitting' already"),
        ("plugin leaves of tiny-plugin", "SystemExit"),
        ("plugin clumsy of tiny-plugin", "cannot look"),
        ("always-raises", "no luck"),
        ("gives-text", "a rule yields findings, not str"),
    ],
)
def test_what_fails_is_named_and_left_out(diagnosed, who, why):
    _, failures = diagnosed
    told = [line for line in failures if line.startswith(f"{who}: ")]
    assert len(told) == 1
    assert why in told[0]


def test_nothing_else_fails(diagnosed):
    assert len(diagnosed[1]) == 7


def test_its_page_and_its_options_are_like_ours(installed, tmp_path):
    (tmp_path / "pyproject.toml").write_text("[tool.nbdiag.rules.loss-is-small]\nleast = 0.1\n")
    code = """
page = nbdiag.explain("loss_is_small")
print(page.to_markdown(), page._repr_html_())
assert "loss-is-small" in str(nbdiag.explain())
assert [f.rule for f in nbdiag.diagnose(HISTORY).findings].count("loss-is-small") == 0
assert [f.rule for f in nbdiag.diagnose(HISTORY, select=["loss-is-small"]).findings] == []
"""
    told = run(installed, code, tmp_path).stdout
    assert "- [Tiny](https://example.org/tiny)" in told
    assert "| `least` | `0.5` |" in told
    assert "&lt;b&gt;not&lt;/b&gt;" in told


def test_a_framework_of_another_package_reads_its_objects_and_its_text(installed):
    code = """
import tiny_plugin
from nbdiag import Run
assert nbdiag.read(tiny_plugin.Log([3, 2, 1])).framework == "tiny"
read = nbdiag.read("tiny! 3.0\\ntiny! 2.0\\ntiny! 1.0\\n")
print(read.framework, *read.curve("loss", "train").values)
"""
    assert run(installed, code).stdout.split() == ["tiny", "3.0", "2.0", "1.0"]


def test_while_a_training_is_watched_each_failure_is_one_line(installed, tmp_path):
    (tmp_path / "pyproject.toml").write_text("[tool.nbdiag.rules.overfitting]\nrize = 0.1\n")
    code = """
with nbdiag.watch(view="none") as w:
    for epoch in range(1, 7):
        print(f"Epoch {epoch}/6 - loss: {1 / epoch:.4f} - val_loss: {2 / epoch:.4f}")
        w.log(epoch=epoch, loss=1 / epoch)
    print("done")
assert "loss-is-small" in [f.rule for f in w.diagnoses[-1].findings]
"""
    done = run(installed, code, tmp_path)
    assert done.stdout.endswith("done\n")
    lines = done.stderr.splitlines()
    assert all(line.startswith("NbdiagWarning: ") for line in lines)
    for told in ("the plugin missing of tiny-plugin", "the rule always-raises", "the plugin clumsy", "'rise'"):
        assert sum(told in line for line in lines) == 1, told
