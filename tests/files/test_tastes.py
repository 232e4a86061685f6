"""Logs as other tools write them to files: each gives its curves; tables of something else give none."""

import json

import pytest

from nbdiag.errors import SourceError
from nbdiag.sources import read_runs

EPOCHS = (1, 2, 3)
TRAIN, VAL = [1.0, 0.5, 0.3333], [1.1, 0.55, 0.3667]
ROWS = [{"epoch": e, "train_loss": t, "val_loss": v} for e, t, v in zip(EPOCHS, TRAIN, VAL, strict=True)]
BOTH = {"train:loss": TRAIN, "val:loss": VAL}


def lines(header, row):
    return header + "".join(row.format(e=e, e0=e - 1, t=t, v=v) for e, t, v in zip(EPOCHS, TRAIN, VAL, strict=True))


def json_lines(row):
    return "".join(json.dumps(row(e, t, v)) + "\n" for e, t, v in zip(EPOCHS, TRAIN, VAL, strict=True))


FILES = {
    "decimal-comma.csv": (lines("epoch;loss;val_loss\n", "{e};{t};{v}\n").replace(".", ","), BOTH),
    "results.csv": (  # YOLO
        lines("   epoch,   train/box_loss,   val/box_loss,  metrics/mAP50(B),  lr/pg0\n", "   {e}, {t}, {v}, 0.5, 0.01\n"),
        {"train:box_loss": TRAIN, "val:box_loss": VAL, "val:metrics_map50_b": [0.5] * 3, "train:lr_pg0": [0.01] * 3},
    ),
    "wandb.csv": (
        lines('"Step","calm-sea-1 - val_loss","calm-sea-1 - val_loss__MIN","calm-sea-1 - val_loss__MAX"\n', '"{e}00","{v}","{v}","{v}"\n'),
        {"val:loss": VAL},
    ),
    "run-validation-tag-epoch_loss.csv": (lines("Wall time,Step,Value\n", "1700000000.1,{e},{t}\n"), {"train:loss": TRAIN}),
    "index.csv": (lines(",loss,val_loss\n", "{e0},{t},{v}\n"), BOTH),
    "tensors.csv": (lines("epoch,loss,val_loss\n", "{e},\"tensor({t}, device='cuda:0')\",np.float64({v})\n"), BOTH),
    "remark.csv": ("# lr 0.1, seed 3\n" + lines("epoch,loss,val_loss\n", "{e},{t},{v}\n"), BOTH),
    "blanks.csv": (lines("epoch  loss   val_loss\n", "{e}  {t}   {v}\n"), BOTH),
    "history.csv": (  # fastai
        lines("epoch,train_loss,valid_loss,accuracy,time\n", "{e0},{t},{v},{t},00:03\n"), BOTH | {"val:accuracy": TRAIN}
    ),
    "history-of-a-run.csv": (  # Weights & Biases' API
        lines("_step,_runtime,_timestamp,train/loss,val/loss\n", "{e},3.5,1700000000.5,{t},{v}\n"), BOTH
    ),
    "events.jsonl": (json_lines(lambda e, t, v: {"type": "metrics", "data": {"step": e, "train_loss": t, "valid_loss": v}}), BOTH),
    "metrics.json": (  # Detectron2
        json_lines(lambda e, t, v: {"data_time": 0.1, "iteration": e * 20 - 1, "time": 0.3, "total_loss": t}), {"train:loss": TRAIN}
    ),
    "mmdet.log.json": (
        '{"seed": 0}\n'
        + json_lines(lambda e, t, v: {"mode": "train", "epoch": e, "memory": 4000, "loss": t})
        + json_lines(lambda e, t, v: {"mode": "val", "epoch": e, "loss": v}),
        BOTH,
    ),
    "nested.jsonl": (json_lines(lambda e, t, v: {"epoch": e, "train": {"loss": t}, "val": {"loss": v}}), BOTH),
    "wrapped.jsonl": (json_lines(lambda e, t, v: {"level": "INFO", "epoch": e, "metrics": {"train_loss": t, "val_loss": v}}), BOTH),
    "log.json": (json.dumps({"args": {"lr": 0.1}, "log": ROWS}), BOTH),
    "columns.json": (json.dumps({n: {str(i): r[n] for i, r in enumerate(ROWS)} for n in ROWS[0]}), BOTH),
    "split.json": (json.dumps({"columns": [*ROWS[0]], "index": [0, 1, 2], "data": [[*r.values()] for r in ROWS]}), BOTH),
    "evals.json": (
        json.dumps({"validation_0": {"logloss": TRAIN}, "validation_1": {"logloss": VAL}}),
        {"train:logloss": TRAIN, "val:logloss": VAL},
    ),
    "lcurve.out": (lines("#  step   rmse_val   rmse_trn    lr\n", " {e}00   {v}   {t}   1.0e-03\n"),
                   {"val:rmse": VAL, "train:rmse": TRAIN, "train:learning_rate": [0.001] * 3}),
    "hash.txt": (lines("# epoch  train_loss  val_loss\n", "{e}  {t}  {v}\n"), BOTH),
    "issue.md": (lines("> it prints\n> ```\n", "> Epoch {e}&nbsp;- loss: **{t}** - val_loss: `{v}`\n") + "> ```\n> why?\n", BOTH),
}  # fmt: skip


@pytest.mark.parametrize("name", FILES)
def test_a_file(name, tmp_path):
    text, expected = FILES[name]
    (tmp_path / name).write_text(text)
    (run,) = read_runs(tmp_path / name)
    assert {curve.name: curve.values.round(9).tolist() for curve in run.curves()} == expected


def read(tmp_path, text, name="log.csv"):
    """The curves of each run: values with their epochs."""
    (tmp_path / name).write_text(text)
    return [
        {c.name: (c.values.tolist(), c.epochs.tolist()) for c in run.curves()} for run in read_runs(tmp_path / name)
    ]


FIRST, SECOND = "0,1.0,1.1\n1,0.5,NA\n2,0.4,0.9\n", "0,2.0,2.1\n1,0.7,NA\n"
HEAD = "epoch,loss,val_loss\n"
TOLD = [
    {"train:loss": ([1.0, 0.5, 0.4], [1, 2, 3]), "val:loss": ([1.1, 0.9], [1, 3])},
    {"train:loss": ([2.0, 0.7], [1, 2]), "val:loss": ([2.1], [1])},
]


@pytest.mark.parametrize("between", ["", HEAD], ids=["as CSVLogger appends", "with its header again"])
def test_a_training_that_was_appended_is_a_run(tmp_path, between):
    assert read(tmp_path, HEAD + FIRST + between + SECOND) == TOLD


def test_a_training_that_was_resumed_is_one_run(tmp_path):
    for between in ("", HEAD):
        assert read(tmp_path, HEAD + FIRST + between + "3,0.3,0.8\n") == [
            {"train:loss": ([1.0, 0.5, 0.4, 0.3], [1, 2, 3, 4]), "val:loss": ([1.1, 0.9, 0.8], [1, 3, 4])}
        ]


def test_a_training_with_other_metrics_was_appended(tmp_path):
    assert read(tmp_path, HEAD + FIRST + "epoch,acc,loss,val_loss\n0,0.5,2.0,2.1\n1,0.6,0.7,NA\n") == [
        TOLD[0],
        {"train:accuracy": ([0.5, 0.6], [1, 2]), **TOLD[1]},
    ]


def test_rows_of_steps_below_their_epochs_number(tmp_path):
    text = "".join(json.dumps({"epoch": e, "loss": v}) + "\n" for e in (0, 1) for v in (1.0, 0.5, 0.4))
    (tmp_path / "log.jsonl").write_text(text)
    (run,) = read_runs(tmp_path / "log.jsonl")
    curve = run.curve("loss", "train")
    assert (curve.values.tolist(), curve.epochs.tolist()) == ([1.0, 0.5, 0.4] * 2, [1, 1, 1, 2, 2, 2])
    assert curve.steps.tolist() == [1, 2, 3] * 2


def test_nan_every_other_row_is_not_measured_and_any_other_is_a_value(tmp_path):
    assert read(tmp_path, HEAD + "1,1.0,nan\n2,0.9,1.2\n3,0.8,nan\n4,0.7,1.1\n") == [
        {"train:loss": ([1.0, 0.9, 0.8, 0.7], [1, 2, 3, 4]), "val:loss": ([1.2, 1.1], [2, 4])}
    ]
    for rows in ("1,1.0,1.1\n2,nan,nan\n3,inf,nan\n", "1,1.0,1.1\n2,nan,1.2\n3,0.8,1.2\n4,0.8,1.2\n"):
        (run,) = read(tmp_path, HEAD + rows)
        assert str(run["train:loss"][0][1]) == "nan"


def test_runs_of_an_export_have_their_names(tmp_path):
    path = tmp_path / "export.csv"
    path.write_text(lines("Step,a-1 - loss,b-2 - loss\n", "{e},{t},{v}\n"))
    assert [(run.name, run.curve("loss", "train").values.tolist()) for run in read_runs(path)] == [
        ("a-1", TRAIN),
        ("b-2", VAL),
    ]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("salaries.csv", "name,salary,loss\nA,10,2.5\nB,20,3.5\n"),
        ("scores.csv", "id,score\n1,0.5\n2,0.6\n"),
        ("search.json", '{"lr": [0.1, 0.2], "loss_weight": [0.5, 0.6]}'),
        ("people.json", '[{"name": "A", "age": 3}, {"name": "B", "age": 4}]'),
    ],
)
def test_no_log(name, text, tmp_path):
    (tmp_path / name).write_text(text)
    with pytest.raises(SourceError):
        read_runs(tmp_path / name)
