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
