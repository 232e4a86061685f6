"""A notebook application starts, with folders of its own; notebooks are written for it, and its kernels end with it."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import nbformat

_FLAGS = {"lab": "--LabApp.expose_app_in_browser=True", "notebook": "--JupyterNotebookApp.expose_app_in_browser=True"}
_SETTINGS = {
    # Else a "Jupyter news" toast covers the lower right corner.
    "@jupyterlab/apputils-extension/notification": {"fetchNews": "false"},
    # "Save Widget State Automatically": what makes a reopened notebook show its widgets.
    "@jupyter-widgets/jupyterlab-manager/plugin": {"saveState": True},
}


class Server:
    """JupyterLab (``lab``) or Notebook 7 (``notebook``) on a free port."""

    def __init__(self, app: str, folder: Path) -> None:
        self.app, self.folder = app, folder
        self.notebooks = folder / "notebooks"
        self.notebooks.mkdir(parents=True)
        for name, settings in _SETTINGS.items():
            file = folder / "config" / "lab" / "user-settings" / f"{name}.jupyterlab-settings"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(json.dumps(settings))
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.url = f"http://127.0.0.1:{probe.getsockname()[1]}"
        port = self.url.rpartition(":")[2]
        self.log = (folder / "server.log").open("w")
        self.process = subprocess.Popen(
            [
                str(Path(sys.executable).with_name(f"jupyter-{app}")),
                "--allow-root", "--no-browser", "--ip=127.0.0.1", f"--port={port}", "--ServerApp.port_retries=0",
                "--IdentityProvider.token=", "--ServerApp.disable_check_xsrf=True", _FLAGS[app],
                f"--ServerApp.root_dir={self.notebooks}",
            ],
            env=self.environment(), stdout=self.log, stderr=subprocess.STDOUT,
        )  # fmt: skip
        self._wait()

    def environment(self) -> dict[str, str]:
        """Nothing of the person who runs the tests: neither settings nor trust."""
        names = {"JUPYTER_CONFIG_DIR": "config", "JUPYTER_DATA_DIR": "data", "IPYTHONDIR": "ipython"}
        own = {name: str(self.folder / folder) for name, folder in names.items()}
        return {**os.environ, **own, "KERAS_BACKEND": "torch", "OMP_NUM_THREADS": "1"}

    def address(self, name: str) -> str:
        """Where a notebook opens in a fresh workspace."""
        return f"{self.url}/lab/tree/{name}?reset" if self.app == "lab" else f"{self.url}/notebooks/{name}"

    def write(self, name: str, cells: Sequence[str]) -> Path:
        """A notebook with these code cells."""
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
        notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
        file = self.notebooks / name
        nbformat.write(notebook, file)
        return file

    def trust(self, name: str) -> None:
        """Let the notebook's saved outputs be shown as the reader's own."""
        command = [str(Path(sys.executable).with_name("jupyter-trust")), name]
        subprocess.run(command, cwd=self.notebooks, env=self.environment(), check=True, capture_output=True)

    def end_kernels(self) -> None:
        """Stop every kernel; a page that stays open would get another."""
        for session in self._get("/api/sessions"):
            request = urllib.request.Request(f"{self.url}/api/sessions/{session['id']}", method="DELETE")
            urllib.request.urlopen(request, timeout=20).close()

    def close(self) -> None:
        """Stop the application."""
        try:
            self.end_kernels()
        finally:
            self.process.terminate()
            self.process.wait(20)
            self.log.close()
            shutil.rmtree(self.folder, ignore_errors=True)

    def _get(self, path: str) -> Any:
        with urllib.request.urlopen(self.url + path, timeout=20) as answer:
            return json.load(answer)

    def _wait(self) -> None:
        end = time.monotonic() + 60
        while time.monotonic() < end:
            try:
                self._get("/api/status")
                return
            except OSError:
                assert self.process.poll() is None, (self.folder / "server.log").read_text()
                time.sleep(0.2)
        raise AssertionError(f"{self.app} does not answer")


def serving(app: str, folder: Path) -> Iterator[Server]:
    """The application, for as long as it is needed."""
    server = Server(app, folder)
    try:
        yield server
    finally:
        server.close()
