"""CSV tables to runs."""

import pytest

from nbdiag.errors import DamagedSource
from nbdiag.files.csv_log import CSV_LOG, read, read_text


def test_keras_csvlogger(tmp_path):
    path = tmp_path / "log.csv"
    path.write_text("epoch,accuracy,loss,val_accuracy,val_loss\n0,0.1,2.3499999046325684,0.2,2.0\n1,0.3,2.1,0.4,1.9\n")
    (run,) = read(path)
    loss = run.curve("loss", "train")
    assert loss.values.tolist() == [2.3499999046325684, 2.1]
    assert loss.rounding.max() < 1e-15
    assert run.last_epoch == 2


def test_appended_logs_are_runs():
    text = "epoch,loss\n0,0.5\n1,0.4\nepoch,loss\n0,0.6\n1,0.3\n2,0.2\n"
    assert [(run.number, len(run)) for run in read_text(text, "log")] == [(1, 2), (2, 3)]


def test_a_half_written_last_row_is_left_out():
    (run,) = read_text("epoch,loss,val_loss\n0,0.5,0.6\n1,0.4,0.5\n2,0.", "log")
    assert len(run) == 4


def test_empty_cells_semicolons_and_percent():
    (run,) = read_text("epoch;train_loss;val_acc\n1;0.50;\n2;0.40;93.1%\n", "log")
    accuracy = run.curve("accuracy", "val")
    assert (accuracy.values.tolist(), accuracy.epochs.tolist(), accuracy.rounding.tolist()) == (
        [0.931],
        [2.0],
        [0.0005],
    )
    assert run.curve("loss", "train").rounding.tolist() == [0.005, 0.005]


def test_nan_is_a_value():
    (run,) = read_text("epoch,loss\n0,0.5\n1,nan\n", "log")
    assert str(run.curve("loss", "train").values[1]) == "nan"


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n", "name,epoch\nx,1\n", "\0"])
def test_no_log(text):
    with pytest.raises(DamagedSource):
        read_text(text, "log")


def test_known_by_name(tmp_path):
    assert CSV_LOG.knows(tmp_path / "x.CSV", b"")
    assert not CSV_LOG.knows(tmp_path / "x.log", b"epoch,loss")
