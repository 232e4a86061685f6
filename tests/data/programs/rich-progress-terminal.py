from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
import time
with Progress("{task.description}", BarColumn(), MofNCompleteColumn(), TextColumn("loss: {task.fields[loss]:.4f}")) as progress:
    for e in (1, 2, 3):
        task = progress.add_task(f"Epoch {e}/3", total=8, loss=0.0)
        for _, s, loss, _ in [row for row in train(3) if row[0] == e]:
            progress.update(task, advance=1, loss=loss); time.sleep(0.03)
        progress.refresh(); keep("train", "loss", loss, e, printed=f"{loss:.4f}")
