"""A program comes in, is run in a pipe, a terminal or a notebook, and what it showed there goes out."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import struct
import subprocess
import sys
import termios
from collections.abc import Mapping


def in_a_pipe(code: str, environment: Mapping[str, str], folder: str) -> bytes:
    """What a script writes into a file."""
    done = subprocess.run(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=environment, cwd=folder, check=False
    )  # fmt: skip
    return _told(done.returncode, done.stdout)


def in_a_terminal(code: str, environment: Mapping[str, str], folder: str) -> bytes:
    """What a script writes to a terminal of 160 columns."""
    ours, its = pty.openpty()
    fcntl.ioctl(its, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 160, 0, 0))
    process = subprocess.Popen(
        [sys.executable, "-c", code], stdin=its, stdout=its, stderr=its, env={**environment, "TERM": "xterm-256color"}, cwd=folder
    )  # fmt: skip
    os.close(its)
    out = bytearray()
    try:
        while chunk := os.read(ours, 65536):
            out += chunk
    except OSError:  # the other end is closed
        pass
    finally:
        os.close(ours)
    # A terminal turns each line feed into two characters; a stream in the kernel holds the one that was written.
    return _told(process.wait(), bytes(out).replace(b"\r\n", b"\n"))


def in_a_notebook(prelude: str, code: str, environment: Mapping[str, str], folder: str) -> bytes:
    """The notebook of one cell as Jupyter saves it; needs nbclient and ipykernel."""
    import nbformat
    from nbclient import NotebookClient

    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in (prelude, code)])
    client = NotebookClient(notebook, timeout=600, resources={"metadata": {"path": folder}})
    client.execute(env=dict(environment))
    kept = {"cells": notebook.cells[1:], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(kept, indent=1, ensure_ascii=False).encode() + b"\n"


def _told(status: int, out: bytes) -> bytes:
    if status:
        sys.exit(f"the program failed:\n{out.decode(errors='replace')[-2000:]}")
    return out
