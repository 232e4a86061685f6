"""What a script's terminal shows while it trains."""

from __future__ import annotations

import os
import pty
import subprocess
import sys

from nbdiag.diagnosis import examine
from nbdiag.events import Record
from nbdiag.run import Run
from nbdiag.views import progress

SCRIPT = """
import time
from nbdiag.views import progress
progress.WATCHED = progress.LOGGED = 0.5
import nbdiag
with nbdiag.watch("mine", facts={"epochs": 30}) as w:
    for epoch in range(1, 31):
        w.log(epoch=epoch, loss=1 / epoch, val_loss=0.5 + 0.1 * epoch)
        time.sleep(0.1)
assert len(w.diagnoses) == 1, w.diagnoses
assert len(w.diagnoses[0].run.curve("loss", "train")) == 30
print("done")
"""


def lines(text: str) -> list[str]:
    return [line for line in text.replace("\r", "\n").splitlines() if "nbdiag mine: epoch " in line]


def test_in_a_log_plain_lines_on_stderr_and_the_diagnosis_at_the_end():
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True, timeout=60)
    told = lines(done.stderr)
    assert len(told) >= 2
    assert all("of 30" in line and ", val_loss " in line for line in told)
    assert "\x1b" not in done.stderr + done.stdout
    assert "nbdiag mine" not in done.stdout
    assert "val_loss" in done.stdout.split("done")[0]


def test_on_a_terminal_a_line_takes_the_place_of_a_bar():
    ours, theirs = pty.openpty()
    child = subprocess.Popen(
        [sys.executable, "-c", SCRIPT], stderr=theirs, stdout=subprocess.DEVNULL, env={**os.environ, "TERM": "xterm"}
    )
    os.close(theirs)
    seen = b""
    while True:
        try:
            part = os.read(ours, 4096)
        except OSError:  # the other end is closed
            break
        if not part:
            break
        seen += part
    assert child.wait(60) == 0
    os.close(ours)
    assert b"\r\x1b[2K" in seen
    assert lines(seen.decode())


def test_names_from_the_reader_do_no_harm():
    run = Run([Record("loss", "train", 0.5, epoch=1.0)], name="\x1b[31m[bold]mine")
    run.status = "running"
    text = progress.line(examine(run)).plain
    assert "\x1b" not in text
    assert "[bold]mine" in text
