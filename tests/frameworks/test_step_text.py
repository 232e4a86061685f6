"""Text that counts steps: TensorFlow's own programs and Darknet."""

import pytest

from nbdiag.collect import collect

DETECTION = """INFO:tensorflow:Step {s} per-step time 0.{s}s
I0715 12:00:01.123456 140123 model_lib_v2.py:705] Step {s} per-step time 0.{s}s
INFO:tensorflow:{{'Loss/classification_loss': 0.{s}1,
 'Loss/total_loss': 0.{s}3,
 'learning_rate': 0.0319}}
"""


def test_a_dict_of_several_lines_belongs_to_its_step():
    (run,) = collect("".join(DETECTION.format(s=s) for s in (100, 200, 300)))
    assert run.framework == "tensorflow"
    total = run.curve("loss_total_loss", "train", "step")
    assert (total.steps.tolist(), total.values.tolist()) == ([100, 200, 300], [0.1003, 0.2003, 0.3003])


@pytest.mark.parametrize(
    ("values", "metric"),
    [
        ([0.5, 0.5, 0.7, 0.8], "score"),
        ([0.5, 0.4, 0.6, 0.7], "score"),
        ([0.5, 0.4, 0.3], "loss"),
        ([0.5, 0.6, 0.7], "loss"),
        ([0.5], "loss"),
    ],
)
def test_the_best_round_tells_whether_more_is_better(values, metric):
    """CatBoost names no metric: an accuracy that rises is no loss."""
    best = max if metric == "score" else min
    lines = [
        f"{i}:\tlearn: {value}\ttest: {value}\tbest: {best(values[: i + 1])} (0)\ttotal: 4ms\tremaining: 2ms\n"
        for i, value in enumerate(values)
    ]
    runs = collect("".join(lines * 2))
    assert [run.curve(metric, "val").values.tolist() for run in runs] == [values, values]
    assert [run.metrics for run in runs] == [[metric], [metric]]


def test_an_evaluation_between_its_steps():
    told = "accuracy = 0.6{i}, accuracy_baseline = 0.52, average_loss = 0.7, label/mean = 0.48, loss = 0.5{i}"
    text = "".join(
        f"INFO:tensorflow:loss = 0.{s}, step = {s} (0.3 sec)\nINFO:tensorflow:Saving dict for global step {s}: "
        + told.format(i=s // 100)
        + "\n"
        for s in (100, 200)
    )
    (run,) = collect(text)
    assert {(c.metric, c.split): c.values.tolist() for c in run.curves("step")} == {
        ("loss", "train"): [0.1, 0.2],
        ("accuracy", "eval"): [0.61, 0.62],
        ("loss", "eval"): [0.51, 0.52],
    }


def test_an_evaluation_alone_is_no_training():
    assert collect("INFO:tensorflow:Saving dict for global step 900: accuracy = 0.9, loss = 0.3\n") == []


def test_steps_that_fall_back_are_another_run():
    lines = [f"INFO:tensorflow:loss = 0.{s}, step = {s} (0.3 sec)\n" for s in (100, 200, 300)]
    first, second = collect("".join(lines * 2))
    assert first.curve("loss", "train", "step").values.tolist() == second.curve("loss", "train", "step").values.tolist()
