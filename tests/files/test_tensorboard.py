"""TensorBoard event files, written by torch's own writer, to runs."""

import pytest
from torch.utils.tensorboard import SummaryWriter

from nbdiag.errors import DamagedSource, UnknownSource
from nbdiag.sources import read_runs


@pytest.fixture
def folder(tmp_path):
    for name in ("first", "second"):
        writer = SummaryWriter(str(tmp_path / "runs" / name))
        for step in range(1, 5):
            writer.add_scalar("Loss/train", 1 / step, step)
            writer.add_scalar("Loss/val", 2 / step, step)
            writer.add_scalar("weights/mean", 0.1, step)
        writer.close()
    return tmp_path / "runs"


def test_a_folder_of_runs(folder):
    runs = read_runs(folder)
    assert [(run.number, run.name, sorted(c.name for c in run.curves())) for run in runs] == [
        (1, "first", ["train:loss", "val:loss"]),
        (2, "second", ["train:loss", "val:loss"]),
    ]
    assert runs[0].curve("loss", "val").steps.tolist() == [1, 2, 3, 4]
    assert runs[0].curve("loss", "val").values.tolist() == pytest.approx([2, 1, 2 / 3, 0.5])


def test_one_file(folder):
    (file,) = (folder / "first").iterdir()
    assert [len(run) for run in read_runs(file)] == [8]


def write(folder, **tags):
    """A closed event file; each tag is given as its values, or as its values by step."""
    writer = SummaryWriter(str(folder), filename_suffix=f".{len(list(folder.glob('*')))}")
    for tag, values in tags.items():
        for step, value in (values if isinstance(values, dict) else dict(enumerate(values, 1))).items():
            writer.add_scalar(tag.replace("__", "/"), value, step)
    writer.close()


def told(folder):
    return {run.name: {(c.name, c.per): c.values.round(6).tolist() for c in run.curves()} for run in read_runs(folder)}


DOWN = [1.0, 0.5, 0.25]
TRAIN, VAL, TEST = ("train:loss", "step"), ("val:loss", "step"), ("test:loss", "step")


def test_scalars_written_together_are_one_run(tmp_path):
    writer = SummaryWriter(str(tmp_path / "a"))
    for step, value in enumerate(DOWN, 1):
        writer.add_scalars("Loss", {"train": value, "validation": 2 * value}, step)
    writer.add_hparams({"lr": 0.1}, {"hparam/accuracy": 0.9})
    writer.close()
    assert list(told(tmp_path / "a").values()) == [{TRAIN: DOWN, VAL: [2 * v for v in DOWN]}]


@pytest.mark.parametrize(
    ("first", "second", "curves"),
    [
        ("train", "test", {TRAIN: DOWN, TEST: DOWN}),
        ("", "eval", {TRAIN: DOWN, ("eval:loss", "step"): DOWN}),  # an Estimator's
        ("learn", "test", {TRAIN: DOWN, VAL: DOWN}),  # CatBoost's
    ],
)
def test_a_folder_for_each_split(tmp_path, first, second, curves):
    for name in (first, second):
        write(tmp_path / "a" / name, loss=DOWN)
    assert told(tmp_path) == {"a": curves}


def test_a_folder_of_runs_one_of_which_is_called_a_test(tmp_path):
    for name in ("mine", "test", "loss_small"):
        write(tmp_path / name, loss=DOWN)
    assert set(told(tmp_path)) == {"mine", "test", "loss_small"}


def test_a_training_written_into_the_folder_of_another_is_a_run_of_its_own(tmp_path):
    write(tmp_path, loss=[3.0, 2.0, 1.5, 1.25])
    write(tmp_path, loss=DOWN)
    assert [run.curve("loss", "train").values.tolist() for run in read_runs(tmp_path)] == [[3.0, 2.0, 1.5, 1.25], DOWN]


def test_a_resumed_training_is_one_run(tmp_path):
    write(tmp_path, loss=[3.0, 2.0, 1.5, 1.25, 1.125])
    write(tmp_path, loss={3: 1.0, 4: 0.5})
    (run,) = read_runs(tmp_path)
    assert run.curve("loss", "train").values.tolist() == [3.0, 2.0, 1.0, 0.5]


def test_epochs_that_are_written_beside_the_values(tmp_path):
    write(  # Lightning's
        tmp_path / "a",
        epoch={4: 0, 9: 0, 14: 1, 19: 1},
        train_loss_step={4: 4.0, 9: 3.0, 14: 2.0, 19: 1.0},
        train_loss_epoch={9: 3.5, 19: 1.5},
        val_loss={9: 3.5, 19: 2.5},
    )
    (run,) = read_runs(tmp_path / "a")
    assert run.curve("loss", "train", "step").steps.tolist() == [4, 9, 14, 19]
    assert run.curve("loss", "train", "epoch").epochs.tolist() == [1, 2]
    assert run.curve("loss", "val").epochs.tolist() == [1, 2]
    write(  # the Hugging Face Trainer's
        tmp_path / "b",
        train__epoch={5: 0.5, 10: 1.0},
        train__loss={5: 0.5, 10: 0.25},
        train__train_loss={10: 0.4},
        eval__loss={10: 0.3},
    )
    (run,) = read_runs(tmp_path / "b")
    assert {c.name: (c.values.round(6).tolist(), c.epochs.tolist()) for c in run.curves()} == {
        "train:loss": ([0.5, 0.25], [0.5, 1.0]),
        "eval:loss": ([0.3], [1.0]),
    }


def test_what_keras_writes_for_epochs_and_batches(tmp_path):
    write(tmp_path / "a" / "train", epoch_loss={0: 1.0, 1: 0.5}, batch_loss={1: 1.2, 2: 0.8, 3: 0.6})
    write(tmp_path / "a" / "validation", epoch_loss={0: 1.1, 1: 0.75}, evaluation_loss_vs_iterations={2: 1.1, 4: 0.75})
    (run,) = read_runs(tmp_path / "a")
    assert {c.name for c in run.curves()} == {"train:loss", "val:loss"}
    assert run.curve("loss", "train", "epoch").epochs.tolist() == run.curve("loss", "val").epochs.tolist() == [1, 2]
    assert len(run.curve("loss", "train", "step")) == 3


def test_tensors_of_any_type_and_values_without_a_step(tmp_path):
    writer = SummaryWriter(str(tmp_path))
    for step, value in enumerate(DOWN, 1):
        writer.add_scalar("val_loss", value, step, new_style=True, double_precision=True)
        writer.add_scalar("loss", value)
    writer.add_text("config", "lr: 0.1", 1)
    writer.close()
    (run,) = read_runs(tmp_path)
    assert {c.name: c.values.tolist() for c in run.curves()} == {"val:loss": DOWN, "train:loss": DOWN}


def test_a_file_that_is_still_being_written_or_was_cut(tmp_path):
    writer = SummaryWriter(str(tmp_path))
    for step, value in enumerate(DOWN, 1):
        writer.add_scalar("loss", value, step)
    writer.flush()
    assert [len(run) for run in read_runs(tmp_path)] == [3]
    writer.close()
    (file,) = tmp_path.iterdir()
    file.write_bytes(file.read_bytes()[:-7])
    assert [len(run) for run in read_runs(file)] == [2]


def test_no_event_file(tmp_path):
    broken = tmp_path / "events.out.tfevents.1"
    broken.write_bytes(b"nothing of the kind" * 20)
    with pytest.raises(DamagedSource):
        read_runs(broken)
    broken.unlink()
    with pytest.raises(UnknownSource, match="folder"):
        read_runs(tmp_path)


def test_a_loggers_folder(tmp_path):
    (tmp_path / "metrics.csv").write_text("epoch,step,train_loss,val_loss\n0,9,0.5,\n0,9,,0.6\n1,19,0.4,\n1,19,,0.5\n")
    (run,) = read_runs(tmp_path)
    assert {c.name: (c.values.tolist(), c.epochs.tolist()) for c in run.curves()} == {
        "train:loss": ([0.5, 0.4], [1, 2]),
        "val:loss": ([0.6, 0.5], [1, 2]),
    }
