"""A TensorBoard event file or a folder of them goes in, the runs of its scalars come out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from nbdiag.capture.measures import is_measure
from nbdiag.errors import DamagedSource, SourceError
from nbdiag.events import Record
from nbdiag.files.base import Format
from nbdiag.metrics import identify
from nbdiag.run import Run

_KERAS_FOLDERS = {"train": "train", "validation": "val"}  # keras.callbacks.TensorBoard writes one folder for each split


def knows(path: Path, head: bytes) -> bool:
    """By its name, which every writer gives; or a folder that holds one."""
    return "tfevents" in path.name or (path.is_dir() and next(path.rglob("*tfevents*"), None) is not None)


def read(path: Path) -> list[Run]:
    """The runs, one for each folder of event files. Needs the package ``tensorboard``, which reads the format."""
    files = [path] if path.is_file() else sorted(p for p in path.rglob("*tfevents*") if p.is_file())
    runs: dict[Path, Run] = {}
    for file in files:
        home = file.parent.parent if file.parent.name in _KERAS_FOLDERS else file.parent
        run = runs.setdefault(home, Run(name=home.name if len(files) > 1 else ""))
        for record in _records(file):
            run.append(record)
    found = [run for run in runs.values() if len(run)]
    for i, run in enumerate(found, 1):
        run.number = i
    if not found:
        raise DamagedSource(f"{path.name} holds no scalar of a loss or a known metric")
    return found


def _records(file: Path) -> Iterator[Record]:
    split = _KERAS_FOLDERS.get(file.parent.name)
    for tag, points in _scalars(file).items():
        per_epoch = tag.startswith("epoch_")
        named = identify(tag.removeprefix("epoch_"))
        if not is_measure(named.metric) and named.metric != "learning_rate":
            continue
        for step, value in points:
            yield Record(
                named.metric,
                named.split or split or "train",
                value,
                step + 1 if per_epoch else None,
                None if per_epoch else step,
                tag,
            )


def _scalars(file: Path) -> dict[str, list[tuple[int, float]]]:
    try:
        from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
    except ImportError:
        raise SourceError(f"{file.name} is read by the package tensorboard: pip install tensorboard") from None
    everything = {"scalars": 0, "tensors": 0, "images": 1, "audio": 1, "histograms": 1, "compressedHistograms": 1}
    try:
        log: Any = EventAccumulator(str(file), size_guidance=everything).Reload()
        found = {tag: [(e.step, float(e.value)) for e in log.Scalars(tag)] for tag in log.Tags()["scalars"]}
        for tag in log.Tags()["tensors"]:  # TensorFlow 2 writes its scalars as tensors
            values = [(e.step, e.tensor_proto) for e in log.Tensors(tag)]
            if values and all(not proto.tensor_shape.dim and len(proto.float_val) == 1 for _, proto in values):
                found[tag] = [(step, float(proto.float_val[0])) for step, proto in values]
    except Exception as error:  # whatever the package makes of a file that is no event file
        raise DamagedSource(f"{file.name} is no readable event file: {type(error).__name__}: {error}") from None
    return found


TENSORBOARD = Format("TensorBoard event file", knows, read)
