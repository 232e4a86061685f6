"""A TensorBoard event file or a folder of them goes in, the runs of its scalars come out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from nbdiag.capture.measures import is_measure
from nbdiag.errors import DamagedSource, SourceError
from nbdiag.events import Record
from nbdiag.files.base import Format
from nbdiag.files.table import runs_from_rows
from nbdiag.metrics import Named, identify
from nbdiag.run import Run

Points = list[tuple[int, float]]
Tags = dict[str, Points]
"""Step and value of each point, by the tag they stand under."""

_SPLIT_FOLDERS = {"train": "train", "validation": "val"}  # keras.callbacks.TensorBoard writes one folder for each split
_BESIDE = {"training": "train", "learn": "train", "val": "val", "valid": "val", "test": "test", "eval": "eval"}
"""Names of folders that tell of a split only beside another that does: a run may be called a test."""
_EPOCH = re.compile(r"(?:train/)?epoch")
"""What Lightning and the Hugging Face Trainer write beside their values."""
_KERAS = re.compile(r"((?:train|val)/)?epoch_")
_ASIDE = re.compile(r"^hparam/|_vs_iterations$")
"""The end of a run once more, for a table of runs; and Keras' validation once more, by steps."""


def knows(path: Path, head: bytes) -> bool:
    """By its name, which every writer gives; or a folder that holds one."""
    return "tfevents" in path.name or (path.is_dir() and next(path.rglob("*tfevents*"), None) is not None)


def read(path: Path) -> list[Run]:
    """The runs, one for each folder of event files. Needs the package ``tensorboard``, which reads the format."""
    files = [path] if path.is_file() else sorted((p for p in path.rglob("*tfevents*") if p.is_file()), key=_in_order)
    written: dict[Path, list[Tags]] = {}
    for file in files:
        home, tags = _at_home(file, _scalars(file), {each.parent for each in files})
        _add(written.setdefault(home, []), tags)
    found: list[Run] = []
    for home, trainings in sorted(written.items()):
        for tags in trainings:
            for run in _runs(tags):
                run.name, run.number = home.name if len(files) > 1 else "", len(found) + 1
                found.append(run)
    if not found:
        raise DamagedSource(f"{path.name} holds no scalar of a loss or a known metric")
    return found


def _in_order(file: Path) -> tuple[Path, list[int]]:
    """Files of a folder by the numbers in their names: when each was begun, and the which it is."""
    return file.parent, [int(number) for number in re.findall(r"\d+", file.name)]


def _at_home(file: Path, tags: Tags, folders: set[Path]) -> tuple[Path, Tags]:
    """The folder of the run that a file belongs to, and its tags with the split that its own folder tells."""
    folder = file.parent
    for tag in tags:
        # torch's ``add_scalars("Loss", {"train": ...})`` writes a folder ``Loss_train`` for each of them.
        part = folder.name.removeprefix(tag.replace("/", "_") + "_")
        if len(tags) == 1 and part != folder.name and folder.parent in folders:
            return folder.parent, {f"{tag}/{part}": tags[tag]}
    beside = {each.name for each in folders if each.parent == folder.parent and each != folder}
    named = beside & {*_SPLIT_FOLDERS, *_BESIDE} or folder.parent in folders
    split = _SPLIT_FOLDERS.get(folder.name) or (_BESIDE.get(folder.name) if named else None)
    if split is None:
        return folder, tags
    if split == "test" and "learn" in beside:
        split = "val"  # CatBoost's
    return folder.parent, {tag if identify(tag).split else f"{split}/{tag}": points for tag, points in tags.items()}


def _add(trainings: list[Tags], tags: Tags) -> None:
    """Add a file to the last training of its folder; where it begins anew what that has measured, it is the next one."""
    before = trainings[-1] if trainings else {}
    shared = [tag for tag in tags if tag in before]
    if not trainings or any(tags[tag][0][0] <= before[tag][0][0] for tag in shared):
        trainings.append(tags)
        return
    for tag in shared:  # a training that was resumed: what it went back behind was lost
        before[tag] = [point for point in before[tag] if point[0] < tags[tag][0][0]]
    for tag, points in tags.items():
        before.setdefault(tag, []).extend(points)


def _runs(tags: Tags) -> list[Run]:
    wanted: Tags = {}
    for tag, points in sorted(tags.items(), key=lambda item: len(item[1])):
        if _is_wanted(tag):
            wanted = {other: kept for other, kept in wanted.items() if not _same(tag, other)} | {tag: points}
    wanted = {tag: points for tag, points in tags.items() if tag in wanted}
    counted = next((dict(points) for tag, points in tags.items() if _EPOCH.fullmatch(tag)), None)
    if counted is not None:
        return runs_from_rows(list(_rows(wanted, counted)))
    run = Run()
    for tag, points in wanted.items():
        for record in _records(tag, points):
            run.append(record)
    return [run] if len(run) else []


def _same(tag: str, other: str) -> bool:
    """Whether two tags are of one curve: the Trainer's ``train/train_loss`` is one value, for the whole training."""
    (one, epochs), (two, others) = _named(tag), _named(other)
    return (one.metric, one.split, epochs) == (two.metric, two.split, others)


def _is_wanted(tag: str) -> bool:
    metric = _named(tag)[0].metric
    return (is_measure(metric) or metric == "learning_rate") and not _ASIDE.search(tag)


def _named(tag: str) -> tuple[Named, bool]:
    """What a tag names, and whether Keras says that it counts epochs: ``epoch_loss``."""
    found = _KERAS.match(tag)
    return identify((found[1] or "") + tag[found.end() :] if found else tag), found is not None


def _rows(tags: Tags, epochs: dict[int, float]) -> Iterator[dict[str, float]]:
    """One row for each step: what was measured there, and its epoch where that was told."""
    steps: Iterable[int] = sorted({step for points in tags.values() for step, _ in points})
    values = {tag: dict(points) for tag, points in tags.items()}
    for step in steps:
        row = {tag: points[step] for tag, points in values.items() if step in points}
        yield {"step": step, **({"epoch": epochs[step]} if step in epochs else {}), **row}


def _records(tag: str, points: Points) -> Iterator[Record]:
    named, per_epoch = _named(tag)
    still = len(points) > 1 and len({step for step, _ in points}) == 1  # written without a step: they are only in order
    for i, (step, value) in enumerate(points, 1):
        place = i if still else step
        yield Record(
            named.metric,
            named.split or "train",
            value,
            place + 1 if per_epoch else None,
            None if per_epoch else place,
            tag,
        )


def _scalars(file: Path) -> Tags:
    try:
        from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
        from tensorboard.util.tensor_util import make_ndarray
    except ImportError:
        raise SourceError(f"{file.name} is read by the package tensorboard: pip install tensorboard") from None
    everything = {"scalars": 0, "tensors": 0, "images": 1, "audio": 1, "histograms": 1, "compressedHistograms": 1}
    try:
        log: Any = EventAccumulator(str(file), size_guidance=everything).Reload()
        found = {tag: [(e.step, float(e.value)) for e in log.Scalars(tag)] for tag in log.Tags()["scalars"]}
        for tag in log.Tags()["tensors"]:  # TensorFlow 2 writes its scalars as tensors
            values = log.Tensors(tag)
            if values and all(not e.tensor_proto.tensor_shape.dim and e.tensor_proto.dtype != _TEXT for e in values):
                found[tag] = [(e.step, float(make_ndarray(e.tensor_proto))) for e in values]
    except Exception as error:  # whatever the package makes of a file that is no event file
        raise DamagedSource(f"{file.name} is no readable event file: {type(error).__name__}: {error}") from None
    return {tag: points for tag, points in found.items() if points}


_TEXT = 7
"""The number of strings among the types of a tensor."""


TENSORBOARD = Format("TensorBoard event file", knows, read)
