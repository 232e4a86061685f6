"""The public names: all of them exist, are documented, and cost nothing until they are used."""

import inspect
import subprocess
import sys

import pytest

import nbdiag

HEAVY = (
    "bqplot", "ipywidgets", "anywidget", "pandas", "scipy", "rich", "keras", "torch", "tensorflow", "jax", "tqdm",
)  # fmt: skip


@pytest.mark.parametrize("name", nbdiag.__all__)
def test_every_public_name_exists_and_says_what_it_is(name):
    assert inspect.getdoc(getattr(nbdiag, name))


def test_names_are_sorted_and_listed_by_dir():
    assert nbdiag.__all__ == sorted(set(nbdiag.__all__))
    assert set(nbdiag.__all__) <= set(dir(nbdiag))


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="diagnos"):
        nbdiag.diagnos  # noqa: B018


@pytest.mark.parametrize(
    "code",
    [
        "import nbdiag",
        "from IPython.core.interactiveshell import InteractiveShell as S; S.instance().run_line_magic('load_ext', 'nbdiag')",
    ],
    ids=["import", "load_ext"],
)
def test_heavy_libraries_come_in_only_when_needed(code):
    ask = f"{code}\nimport sys; print(*sorted(m for m in {HEAVY!r} if m in sys.modules))"
    done = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
