"""What rich draws in a terminal and in a pipe: progress bars, tables that grow, lines beside them."""

import io

import pytest
from rich.console import Console
from rich.live import Live
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, track
from rich.table import Table

from nbdiag.collect import collect

EPOCHS = (1, 2, 3)


def drawn(draw, terminal):
    file = io.StringIO()
    draw(Console(file=file, force_terminal=terminal, width=120))
    return file.getvalue()


def bar_for_each_epoch(console):
    columns = ("{task.description}", BarColumn(), MofNCompleteColumn(), TextColumn("loss: {task.fields[loss]:.4f}"))
    with Progress(*columns, console=console, auto_refresh=False) as progress:
        for e in EPOCHS:
            task = progress.add_task(f"Epoch {e}", total=4, loss=0)
            for i in range(1, 5):
                progress.update(task, advance=1, loss=1 / e + 4 - i, refresh=True)


def one_bar(console):
    with Progress(console=console, auto_refresh=False) as progress:
        task = progress.add_task("starting", total=3)
        for e in EPOCHS:
            progress.update(task, advance=1, description=f"Epoch {e}/3 loss={1 / e:.4f}", refresh=True)


def growing_table(console):
    table = Table("Epoch", "Train Loss", "Val Acc")
    with Live(table, console=console, auto_refresh=False) as live:
        for e in EPOCHS:
            table.add_row(str(e), f"{1 / e:.4f}", f"{50 + e}%")
            live.refresh()


def lines_between_bars(console):
    for e in EPOCHS:
        for _ in track(range(3), description=f"Epoch {e}", console=console):
            pass
        console.print(f"[bold]Epoch {e}[/bold] loss: [red]{1 / e:.4f}[/red]")


def log(console):
    for e in EPOCHS:
        console.log(f"epoch {e} loss {1 / e:.4f}")


@pytest.mark.parametrize(
    ("draw", "terminal"),
    [(draw, t) for draw in (bar_for_each_epoch, growing_table, lines_between_bars, log) for t in (True, False)]
    + [(one_bar, True)],
)
def test_each_epochs_last_value(draw, terminal):
    (run,) = collect(drawn(draw, terminal))
    loss = run.curve("loss", "train")
    assert (loss.epochs.tolist(), loss.values.tolist()) == ([1, 2, 3], [1.0, 0.5, 0.3333])
    assert run.metrics == (["loss", "accuracy"] if draw is growing_table else ["loss"])


def test_a_second_training_is_a_run_of_its_own():
    text = drawn(bar_for_each_epoch, True) * 2
    assert [run.curve("loss", "train").values.tolist() for run in collect(text)] == [[1.0, 0.5, 0.3333]] * 2


def test_bars_of_other_work_are_no_training():
    def work(console):
        for name in ("Downloading", "Extracting", "Epoch files"):
            for _ in track(range(3), description=name, console=console):
                pass

    assert collect(drawn(work, True)) == []
