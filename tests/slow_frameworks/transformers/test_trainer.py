"""A tiny random model is trained with the real ``Trainer`` in a real kernel; what was captured is checked."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from cell import AT_ONCE, captured, kernel  # noqa: F401

MAKE = """
import inspect, torch
from transformers import BertConfig, BertForSequenceClassification, Trainer, TrainerCallback, TrainingArguments
def made(rows, seed):
    r = torch.Generator().manual_seed(seed)
    ids = torch.randint(0, 60, (rows, 8), generator=r)
    return [{"input_ids": row, "labels": (row[0] > 30).long()} for row in ids]
def trainer(**more):
    torch.manual_seed(0)
    config = BertConfig(vocab_size=60, hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16)
    when = next(n for n in inspect.signature(TrainingArguments).parameters if n in ("eval_strategy", "evaluation_strategy"))
    settings = TrainingArguments("out", num_train_epochs=3, per_device_train_batch_size=8, logging_steps=5, report_to=[],
        save_strategy="no", use_cpu=True, learning_rate=1e-3, seed=1, **{when: "epoch"})
    return Trainer(model=BertForSequenceClassification(config), args=settings, train_dataset=made(80, 0),
        eval_dataset=made(24, 1), compute_metrics=lambda p: {"accuracy": float((p[0].argmax(1) == p[1]).mean())}, **more)
"""


def test_all_that_is_logged_at_full_precision(kernel):  # noqa: F811
    (run,) = captured(kernel, "import tempfile, os; os.chdir(tempfile.mkdtemp())\n" + MAKE + "t = trainer()\nt.train()")
    log = kernel.value("[{k: v for k, v in row.items()} for row in t.state.log_history]")
    told = run["curves"]
    assert told["train:loss/epoch"] == {row["epoch"]: row["loss"] for row in log if "loss" in row}
    for metric in ("loss", "accuracy"):
        assert told[f"val:{metric}/epoch"] == {row["epoch"]: row[f"eval_{metric}"] for row in log if "eval_loss" in row}
    assert len(told["train:loss/epoch"]) == 6 and not any(name.endswith("/step") for name in told)
    facts = run["facts"]
    assert run["status"] == "finished" and run["framework"] == facts["framework"] == "transformers"
    assert (facts["n_train"], facts["n_val"], facts["epochs"], facts["batch_size"]) == ("80", "24", "3", "8")
    assert (facts["n_classes"], facts["task"]) == ("2", "classification")


def test_a_training_that_raises_and_one_after_it(kernel):  # noqa: F811
    code = (
        MAKE
        + """
class Raises(TrainerCallback):
    def on_step_end(self, args, state, control, **kwargs):
        if state.global_step == 12:
            raise ZeroDivisionError
try:
    trainer(callbacks=[Raises()]).train()
except ZeroDivisionError:
    pass
trainer().train()
trainer(callbacks=[Raises()]).train()
"""
    )
    runs = captured(kernel, code, status="error")
    assert [run["status"] for run in runs] == ["failed", "finished", "failed"]
    assert [len(run["curves"]["train:loss/epoch"]) for run in runs] == [2, 6, 2]


def test_the_same_weights_with_and_without_us(kernel):  # noqa: F811
    weights = "[v.double().sum().item() for v in t.model.state_dict().values()]"
    kernel.run(MAKE + "t = trainer()\nt.train()")
    bare = kernel.value(weights)
    captured(kernel, "t = trainer()\nt.train()")
    assert kernel.value(weights) == bare


def test_it_stops_by_its_control_and_only_where_that_is_asked(kernel):  # noqa: F811
    code = (
        AT_ONCE
        + MAKE
        + """
import time
class Slow(TrainerCallback):
    def on_epoch_end(self, args, state, control, **kwargs):
        time.sleep(0.05)
t = trainer(callbacks=[Slow()])
t.args.num_train_epochs, t.args.learning_rate, t.args.max_grad_norm, t.args.logging_nan_inf_filter = EPOCHS, 1e30, 0, False
t.train()
"""
    )
    (run,) = captured(kernel, code.replace("EPOCHS", "300"), options="--stop-on broken")
    assert run["status"] == "stopped" and 0 < kernel.value("t.state.epoch") < 300
    (run,) = captured(kernel, code.replace("EPOCHS", "10"))
    assert run["status"] == "finished" and kernel.value("t.state.epoch") == 10
