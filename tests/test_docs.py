"""The documentation: what is printed follows the code, links lead somewhere, examples work."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest
from lxml import etree

from nbdiag import rules
from nbdiag.rules import catalogue
from nbdiag.rules.base import Rule
from scripts import docs

from .rules.runs import curves, one

PRINTED = docs.printed()
BY_HAND = [*sorted(docs.DOCS.parent.glob("*.md")), *sorted(docs.DOCS.glob("*.md"))]
LINK = re.compile(r"\]\(([^)\s]+)\)")


def code(page: str, language: str, number: int = 0) -> str:
    """A block of code in a page of docs/."""
    return re.findall(rf"```{language}\n(.*?)```", (docs.DOCS / page).read_text(), flags=re.DOTALL)[number]


@pytest.mark.parametrize("name", PRINTED)
def test_what_is_printed_is_what_is_committed(name):
    assert (docs.DOCS / name).read_text(encoding="utf-8") == PRINTED[name], "run `make docs` and commit docs/"


def test_no_page_is_left_of_a_rule_that_is_gone():
    there = {str(path.relative_to(docs.DOCS)) for path in (docs.DOCS / "rules").rglob("*") if path.is_file()}
    assert there == {name for name in PRINTED if name.startswith("rules/")}


def test_every_rule_has_a_page_and_those_that_show_in_curves_a_picture():
    assert {f"rules/{rule.name}.md" for rule in rules.RULES} <= set(PRINTED)
    pictures = [name for name in PRINTED if name.endswith(".svg")]
    assert len(pictures) > 0.8 * len(rules.RULES)
    for name in pictures:
        assert len(PRINTED[name].encode()) < 15_000
        assert etree.fromstring(PRINTED[name].encode()).tag.endswith("svg")


def test_printing_twice_gives_the_same():
    assert docs.printed() == PRINTED


@pytest.mark.parametrize("path", BY_HAND, ids=lambda p: p.name)
def test_links_lead_to_files(path):
    targets = [
        t.partition("#")[0] for t in LINK.findall(path.read_text()) if not t.startswith(("http", "#", "mailto:"))
    ]
    assert [t for t in targets if not (path.parent / t).exists()] == []


@pytest.mark.parametrize("name", [n for n in PRINTED if n.endswith(".md")])
def test_links_of_printed_pages_lead_to_files(name):
    targets = [t for t in LINK.findall(PRINTED[name]) if not t.startswith("http")]
    assert [t for t in targets if not (docs.DOCS / name).parent.joinpath(t).exists()] == []


def test_the_example_of_an_own_rule_works():
    space: dict[str, object] = {}
    exec(code("own-rules.md", "python"), space)
    rule = space["very_long_run"]
    assert isinstance(rule, Rule)
    page = catalogue.page(rule)
    assert tuple(page.sections) == catalogue.HEADINGS[:-1]
    assert [ref.url for ref in page.references][1] == "https://example.org/notes"
    assert one(rule, curves(loss=[0.5] * 1001)).title == "1001 epochs"


def test_the_example_of_a_project_is_accepted(tmp_path, monkeypatch):
    from nbdiag import project
    from nbdiag.rules import selection

    (tmp_path / "pyproject.toml").write_text(code("options.md", "toml"))
    asked = selection.settled(None, (), project.read(tmp_path))
    assert "overfitting" in asked.select
    assert asked.options["overfitting"] == {"rise": 0.2}


def test_without_nbdiag_the_guard_lets_the_cells_run():
    """As in a notebook that was handed on: the package cannot be imported."""
    script = f"""
import importlib.abc, sys
class Missing(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "nbdiag":
            raise ModuleNotFoundError(name)
sys.meta_path.insert(0, Missing())
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
shell.run_cell({code("where.md", "python", -1)!r}).raise_error()
result = shell.run_cell("%%diagnose -n mine\\ntrained = 6\\ntrained * 7\\n")
result.raise_error()
assert result.result == 42
assert "nbdiag" not in sys.modules
"""
    subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True)


def test_with_nbdiag_the_guard_loads_it():
    script = f"""
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
shell.run_cell({code("where.md", "python", -1)!r}).raise_error()
assert "diagnose" in shell.magics_manager.magics["cell"]
"""
    subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True)
