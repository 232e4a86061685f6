"""The charts that are compared, as they run in the kernel: the values so far come in, one refresh with them goes out.

Each shows the same four curves and says in the page which refresh it has drawn, so that the page can be timed.
"""

from __future__ import annotations

import functools
from typing import Any

import numpy as np

NAMES = ("loss", "val_loss", "accuracy", "val_accuracy")


def curves(n: int) -> np.ndarray:
    """Four curves of ``n`` points, shape ``(4, n)``; the first points are the same whatever ``n``."""
    return np.ascontiguousarray(_curves(1 << n.bit_length())[:, :n])


@functools.lru_cache(maxsize=2)
def _curves(n: int) -> np.ndarray:
    k = np.arange(1.0, n + 1)
    wave = 0.02 * np.sin(k * 1.7) + 0.01 * np.sin(k * 12.9898) / np.sqrt(k)
    loss = 0.1 + 1.2 / np.sqrt(k) + wave
    return np.array([loss, loss + 0.1 + 0.1 * np.minimum(k / 50, 1), 0.9 - loss / 3, 0.85 - loss / 3])


class Nbdiag:
    """Our chart, with its rules: everything that a refresh does, one after the other in one thread."""

    def __init__(self) -> None:
        from nbdiag.run import Run
        from nbdiag.views.widget.board import Board

        self.run, self.board = Run(), Board()
        self.run.status = "running"
        self.judging: list[float] = []

    def fill(self, values: np.ndarray) -> None:
        """Read what is new: epochs, or steps where there are too many for epochs."""
        from nbdiag.events import Record, Steps

        begin, n = len(self.run) // 4, values.shape[1]
        for name, row in zip(NAMES, values[:, begin:], strict=True):
            split, metric = ("val", name[4:]) if name.startswith("val_") else ("train", name)
            if begin > 10_000 or n > 10_000:
                self.run.append_steps(
                    Steps(metric, split, row, np.full(n - begin, np.nan), np.arange(begin + 1, n + 1))
                )
            else:
                self.run.extend(Record(metric, split, v, epoch=float(k)) for k, v in enumerate(row.tolist(), begin + 1))

    def refresh(self, values: np.ndarray) -> None:
        """Read, judge and draw."""
        from time import thread_time

        from nbdiag.diagnosis import examine

        self.fill(values)
        n = values.shape[1]
        self.run.reached = (None, n, None) if self.run.curves("step") else (float(n), None, None)
        before = thread_time()
        diagnosis = examine(self.run)
        self.judging.append(thread_time() - before)
        self.board.draw([diagnosis], 0)

    def show(self) -> None:
        """The widget."""
        from IPython.display import display

        self.refresh(curves(1))
        display(self.board.bundle(), raw=True)


class Livelossplot:
    """``livelossplot.PlotLosses``: each refresh draws everything with matplotlib and sends a picture."""

    def __init__(self) -> None:
        from livelossplot import PlotLosses

        self.plot, self.count = PlotLosses(), 0

    def fill(self, values: np.ndarray) -> None:
        """Take what is new."""
        for four in values[:, self.count :].T.tolist():
            self.plot.update(dict(zip(NAMES, four, strict=True)))
        self.count = values.shape[1]

    def refresh(self, values: np.ndarray) -> None:
        """Draw."""
        self.fill(values)
        self.plot.send()
        print(f"refresh {self.count}.", flush=True)

    def show(self) -> None:
        """It appears where it is refreshed."""


class Plotly:
    """``plotly.graph_objects.FigureWidget``: four traces, updated in one batch."""

    def __init__(self) -> None:
        import plotly.graph_objects as go

        self.figure = go.FigureWidget([go.Scatter(name=name) for name in NAMES])

    def refresh(self, values: np.ndarray) -> None:
        """Send all arrays."""
        n = values.shape[1]
        x = np.arange(1.0, n + 1)
        with self.figure.batch_update():
            for trace, y in zip(self.figure.data, values, strict=True):
                trace.x, trace.y = x, y
            self.figure.layout.title.text = f"refresh {n}."

    def show(self) -> None:
        """The widget."""
        from IPython.display import display

        display(self.figure)


class Bqplot:
    """bqplot as its documentation shows it: one ``Lines`` mark, whole arrays assigned."""

    def __init__(self) -> None:
        from bqplot import Axis, Figure, LinearScale, Lines

        scales = {"x": LinearScale(), "y": LinearScale()}
        self.lines = Lines(x=np.arange(2.0), y=curves(2), scales=scales)
        axes = [Axis(scale=scales["x"]), Axis(scale=scales["y"], orientation="vertical")]
        self.figure = Figure(marks=[self.lines], axes=axes)

    def refresh(self, values: np.ndarray) -> None:
        """Send all arrays."""
        n = values.shape[1]
        with self.lines.hold_sync():
            self.lines.x, self.lines.y = np.arange(1.0, n + 1), values
        self.figure.title = f"refresh {n}."

    def show(self) -> None:
        """The widget."""
        from IPython.display import display

        display(self.figure)


CONTENDERS: dict[str, Any] = {
    "nbdiag, rules included": Nbdiag,
    "bqplot, whole arrays": Bqplot,
    "plotly FigureWidget": Plotly,
    "livelossplot": Livelossplot,
}
SEEN = {
    "nbdiag, rules included": (".nbdiag .status", r"(?:epoch|step) ([\d,]+)"),
    "bqplot, whole arrays": (".bqplot text.mainheading", r"refresh (\d+)\."),
    "plotly FigureWidget": (".gtitle", r"refresh (\d+)\."),
    "livelossplot": (".jp-OutputArea-output pre", r"refresh (\d+)\."),
}
"""Where a page says which refresh it shows: the element, and the number in its text."""


def costs(contender: Any, start: int, times: int) -> list[float]:
    """Processor seconds this thread spends on each of some refreshes, each one point longer."""
    from time import thread_time

    contender.refresh(curves(start))
    spent = []
    for n in range(start + 1, start + 1 + times):
        values = curves(n)
        before = thread_time()
        contender.refresh(values)
        spent.append(thread_time() - before)
    return spent


def loop(contender: Any, seconds: float, rate: float = 5.0) -> dict[str, list[float]]:
    """Refresh so often for so long; when each refresh began and had been sent, on the clock the browser shares."""
    import time

    began, sent = [], []
    for n in range(2, 2 + int(seconds * rate)):
        values = curves(n)
        began.append(time.time())
        contender.refresh(values)
        sent.append(time.time())
        time.sleep(max(0.0, 1 / rate - (sent[-1] - began[-1])))
    return {"began": began, "sent": sent}
