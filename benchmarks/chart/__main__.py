"""What a refresh of the chart costs, beside livelossplot, plotly and plain bqplot, in one run.

``python -m benchmarks.chart [--seconds N] [--no-browser] [--largest N]``. Four curves everywhere. The kernel's numbers are
processor time, medians of 20 refreshes of 50 epochs (5 of more points); in ours judging by all rules is included. The
browser's are of JupyterLab in Chromium, refreshed five times a second. Of a watched loop ``own thread`` and ``beside it``
are per epoch or step, the latter all that nbdiag does in its own thread: reading, judging, drawing. The comparison runs in ``.venvs/bench``, which is
made and filled when it is missing.
"""

from __future__ import annotations

import argparse

from benchmarks.chart import browser, kernel, place

_SIZES = {50: 20, 100_000: 5, 1_000_000: 5}
_SLOW = {"livelossplot": 50}
"""Beyond so many points a refresh of it takes many seconds."""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--seconds", type=float, default=60.0, help="in the browser, for each")
    parser.add_argument("--largest", type=int, default=1_000_000, help="most points a curve")
    parser.add_argument("--no-browser", action="store_true")
    asked = parser.parse_args()
    names = place.installed()
    theirs = in_kernel(names, asked.largest)
    while_training(asked.largest, theirs)
    if not asked.no_browser:
        in_browser(names, asked.seconds)


def in_kernel(names: list[str], largest: int) -> float | None:
    """Cost and traffic of a refresh; what one of livelossplot takes, in ms."""
    print(f"\n{'one refresh':24}{'points':>10}{'CPU ms':>9}{'of these rules':>16}{'kB sent':>10}{'messages':>10}")
    theirs = None
    for points, times in _SIZES.items():
        for name in names:
            if points > min(largest, _SLOW.get(name, largest)):
                continue
            c = kernel.cost(name, points, times)
            row = f"{name:24}{points:10}{c.milliseconds:9.2f}{c.judging:16.2f}{c.bytes / 1e3:10.1f}{c.messages:10.1f}"
            print(row, flush=True)
            theirs = c.milliseconds if name == "livelossplot" else theirs
    return theirs


def while_training(largest: int, theirs: float | None) -> None:
    """What the training itself loses: of all this, only what its own thread does must be waited for."""
    print(f"\n{'watched, five a second':34}{'own thread':>12}{'beside it':>12}{'drawn':>8}{'share':>8}")
    for what, times, before in (("50 epochs", 50, 0), (f"50 steps behind {largest:,}", 50, largest)):
        it = kernel.live(times, before)
        each = it.beside / times
        print(f"{what:34}{it.own:9.0f} µs{each:9.2f} ms{it.drawn:8}{it.share:8.2%}", flush=True)
        if theirs is not None and not before:
            times_own, times_all = theirs * 1e3 / it.own, theirs / (it.own / 1e3 + each)
            print(
                f"  an epoch of livelossplot costs {times_own:,.0f} times its thread's, {times_all:,.0f} times both's"
            )


def in_browser(names: list[str], seconds: float) -> None:
    """Lag and frames."""
    print(
        f"\nJupyterLab in Chromium, 5 refreshes a second, {seconds:g} s; ms; lag is from the last message to the page"
    )
    head = "refresh", "lag", "worst", "at end", "frame", "p95", "worst", "seen", "kB each", "messages"
    widths = 8, 8, 8, 9, 8, 6, 7, 11, 9, 9
    print(" " * 24 + "".join(f"{word:>{width}}" for word, width in zip(head, widths, strict=True)))
    for name, lag in browser.lags(names, seconds):
        print(browser.line(name, lag), flush=True)


if __name__ == "__main__":
    main()
