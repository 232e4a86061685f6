"""Code comes in, is executed as a cell in a real kernel, and everything the kernel answered goes out."""

from __future__ import annotations

import dataclasses
import json
import os
import time
from datetime import datetime
from pathlib import Path
from typing import Any

from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import KernelManager

ROOT = Path(__file__).parents[2]


@dataclasses.dataclass
class Answer:
    """What one cell gave."""

    status: str
    ename: str
    evalue: str
    messages: list[dict[str, Any]]
    reply: dict[str, Any]
    started: str
    """When the kernel began with the cell, and when it replied: by its own clock."""
    ended: datetime

    def of(self, kind: str) -> list[dict[str, Any]]:
        return [m["content"] for m in self.messages if m["msg_type"] == kind]

    def text(self, stream: str = "stdout") -> str:
        return "".join(c["text"] for c in self.of("stream") if c["name"] == stream)

    @property
    def tracebacks(self) -> list[str]:
        return ["\n".join(c["traceback"]) for c in self.of("error")]

    @property
    def result(self) -> str | None:
        return next((c["data"]["text/plain"] for c in self.of("execute_result")), None)

    @property
    def shown(self) -> str:
        """The plain text of everything displayed, updates included."""
        kinds = ("display_data", "update_display_data", "execute_result")
        return "\n".join(c["data"].get("text/plain", "") for kind in kinds for c in self.of(kind))


class Kernel:
    """A running kernel, with another IPython in front of the installed one where ``path`` says so."""

    def __init__(self, path: Path | None = None, **env: str) -> None:
        self.manager = KernelManager(kernel_name="python3")
        self.manager.kernel_spec_manager = KernelSpecManager()
        front = [str(p) for p in (path, ROOT, *os.environ.get("PYTHONPATH", "").split(os.pathsep)) if p]
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(front), "OMP_NUM_THREADS": "1", **env}
        self.manager.kernel_cmd = []
        self.manager.start_kernel(env=environment, extra_arguments=[])
        self.client = self.manager.client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=60)

    def run(self, code: str, *, timeout: float = 120, interrupt_at: str = "") -> Answer:
        """Execute one cell; ``interrupt_at``: interrupt the kernel when this text has been printed."""
        messages: list[dict[str, Any]] = []
        ident = self.client.execute(code)
        waiting = interrupt_at
        end = time.monotonic() + timeout
        while True:
            message = self.client.get_iopub_msg(timeout=max(0.1, end - time.monotonic()))
            if message["parent_header"].get("msg_id") != ident:
                continue
            messages.append(message)
            if waiting and message["msg_type"] == "stream" and waiting in message["content"]["text"]:
                waiting = ""
                time.sleep(0.2)  # until the print that said so has returned: else it is the print that is interrupted
                self.manager.interrupt_kernel()
            if message["msg_type"] == "status" and message["content"]["execution_state"] == "idle":
                break
        reply = self.client.get_shell_msg(timeout=timeout)
        while reply["parent_header"].get("msg_id") != ident:
            reply = self.client.get_shell_msg(timeout=timeout)
        content = reply["content"]
        times = (reply["metadata"]["started"], reply["header"]["date"])
        return Answer(content["status"], content.get("ename", ""), content.get("evalue", ""), messages, content, *times)

    def value(self, expression: str) -> Any:
        """The value of an expression in the kernel, by way of JSON."""
        answer = self.run(f"import json as _json; print(_json.dumps({expression}))")
        assert answer.status == "ok", answer.tracebacks
        return json.loads(answer.text())

    def reset(self) -> None:
        """Forget the variables of earlier tests."""
        self.run("%reset -f")

    def close(self) -> None:
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)
