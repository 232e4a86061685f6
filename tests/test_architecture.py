"""Every room of the package stands on the plan, and no file has outgrown its room."""

from pathlib import Path

import pytest

import nbdiag

PACKAGE = Path(nbdiag.__file__).parent
PLAN = (PACKAGE.parent / "ARCHITECTURE.md").read_text(encoding="utf-8")
ROOMS = sorted({p.stem for p in PACKAGE.iterdir() if p.suffix == ".py" or p.is_dir()} - {"__init__", "__pycache__"})
FILES = sorted(PACKAGE.rglob("*.py"))


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_stands_on_the_plan(room: str):
    assert f"`{room}`" in PLAN or f"`{room}/" in PLAN


def test_a_file_begins_with_what_it_is_for():
    assert [str(p) for p in FILES if not p.read_text(encoding="utf-8").startswith('"""')] == []


def test_no_file_has_more_than_300_lines():
    assert [str(p) for p in FILES if len(p.read_text(encoding="utf-8").splitlines()) > 300] == []
