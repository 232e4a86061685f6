"""Modules written to a folder come in; whether their import is noticed, and left as it is, goes out."""

import importlib
import importlib.util
import pickle
import sys
import threading
import traceback
from importlib.machinery import ModuleSpec

import pytest

from nbdiag.frameworks.hooks.imports import when_imported


@pytest.fixture
def package(tmp_path, monkeypatch):
    (tmp_path / "pack_a").mkdir()
    (tmp_path / "pack_a" / "__init__.py").write_text("from pack_a import inner\n")
    (tmp_path / "pack_a" / "inner.py").write_text("import sys\nclass Thing: pass\nVALUE = 1\n")
    (tmp_path / "pack_broken.py").write_text("import no_such_module_anywhere\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    before = list(sys.meta_path)
    yield
    assert sys.meta_path == before
    for name in [n for n in sys.modules if n.startswith("pack_")]:
        del sys.modules[name]


def test_called_once_when_the_module_is_complete(package):
    seen = []
    with when_imported("pack_a.inner", lambda module: seen.append(module.VALUE)):
        assert seen == []
        import pack_a

        assert seen == [1]
        assert importlib.reload(pack_a.inner) is pack_a.inner
    assert seen == [1]


def test_called_at_once_when_already_imported(package):
    import pack_a

    seen = []
    with when_imported("pack_a", seen.append):
        assert seen == [pack_a]


def test_the_module_is_what_it_is_without_us(package):
    with when_imported("pack_a.inner", lambda module: None):
        import pack_a.inner

        spec = pack_a.inner.__spec__
        assert type(spec) is ModuleSpec
        assert spec.loader is pack_a.inner.__loader__
        assert type(spec.loader).__module__ == "_frozen_importlib_external"
        assert not [name for name in vars(spec) if "finder" in name]
        assert isinstance(pickle.loads(pickle.dumps(pack_a.inner.Thing())), pack_a.inner.Thing)


def test_two_may_wait_for_the_same_module(package):
    seen = []
    with (
        when_imported("pack_a", lambda module: seen.append("first")),
        when_imported("pack_a", lambda module: seen.append("second")),
    ):
        import pack_a  # noqa: F401
    assert sorted(seen) == ["first", "second"]


def test_a_failing_import_raises_as_without_us(package):
    seen = []
    with when_imported("pack_broken", seen.append), pytest.raises(ModuleNotFoundError) as caught:
        import pack_broken  # noqa: F401
    assert seen == [] and "pack_broken" not in sys.modules
    files = [frame.filename for frame in traceback.extract_tb(caught.value.__traceback__)]
    assert not [name for name in files if "nbdiag" in name and "tests" not in name]


def test_a_module_that_does_not_exist(package):
    with when_imported("pack_nowhere", lambda module: None), pytest.raises(ModuleNotFoundError, match="pack_nowhere"):
        import pack_nowhere  # noqa: F401


def test_asking_whether_a_module_exists_is_no_import(package):
    seen = []
    with when_imported("pack_a", seen.append):
        assert isinstance(importlib.util.find_spec("pack_a"), ModuleSpec)
        assert seen == []
        import pack_a

        assert seen == [pack_a]


def test_nothing_is_called_after_the_end(package):
    seen = []
    with when_imported("pack_a", seen.append):
        pass
    import pack_a  # noqa: F401

    assert seen == []


def test_imported_in_another_thread(package):
    seen = []
    with when_imported("pack_a", seen.append):
        thread = threading.Thread(target=lambda: importlib.import_module("pack_a"))
        thread.start()
        thread.join()
        assert seen == [sys.modules["pack_a"]]
