"""The name of a view comes in, the live view to use here goes out."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from nbdiag.views.base import LiveView, Stop

if TYPE_CHECKING:
    from nbdiag.diagnosis import Diagnosis
    from nbdiag.events import Status

ELSEWHERE = ("VSCODE_PID", "VSCODE_CWD", "COLAB_RELEASE_TAG", "KAGGLE_KERNEL_RUN_TYPE", "DATABRICKS_RUNTIME_VERSION")
"""Environment of kernels whose widget manager is not known to work: VS Code loads widgets from a CDN (it takes these two
out of its terminals, so a JupyterLab started there has neither), Colab only after ``enable_custom_widget_manager()``,
Kaggle and Databricks bring managers of their own."""


class NoView:
    """Shows nothing: the diagnoses are only kept."""

    def show(self) -> None:
        """Nothing."""

    def draw(self, diagnoses: Sequence[Diagnosis]) -> None:
        """Nothing."""

    def finish(self, diagnoses: Sequence[Diagnosis], status: Status) -> None:
        """Nothing."""


def choose(name: str, stop: Stop | None = None) -> LiveView:
    """The view called ``name``; ``auto`` takes what this front end is known to show. ``stop``: what it may offer to pull."""
    name = fitting() if name == "auto" else name
    # What a view needs is imported here, in the main thread and before the training: not later, in the one that draws.
    if name == "widget":
        from nbdiag.views import bundle
        from nbdiag.views.widget import board  # noqa: F401
        from nbdiag.views.widget.live import WidgetView

        return WidgetView(stop)
    if name == "static":
        from nbdiag.views import bundle  # noqa: F401
        from nbdiag.views.static import StaticView

        return StaticView()
    if name == "terminal":
        from nbdiag.views.terminal import TerminalView

        return TerminalView(script=_shell() is None)
    return NoView()


def fitting() -> str:
    """``terminal`` without a kernel; ``widget`` where the widget manager is known to work; otherwise ``static``."""
    shell = _shell()
    if getattr(shell, "kernel", None) is None:
        return "terminal"
    elsewhere = "__vsc_ipynb_file__" in shell.user_ns or "google.colab" in sys.modules
    return "static" if elsewhere or any(name in os.environ for name in ELSEWHERE) else "widget"


def _shell() -> Any:
    return getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
