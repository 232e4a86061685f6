"""A small model is trained with the real Ignite in a real kernel; what was captured of printed and silent trainings is checked."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from cell import captured, kernel  # noqa: F401

MAKE = """
import torch
from torch.utils.data import DataLoader, TensorDataset
from ignite.engine import Events, create_supervised_evaluator, create_supervised_trainer
from ignite.metrics import Accuracy, Loss
told = []
def run(say):
    torch.manual_seed(0)
    x = torch.randn(200, 4)
    y = (x[:, 0] > 0).long()
    train, val = (DataLoader(TensorDataset(x[a:b], y[a:b]), 20) for a, b in ((0, 160), (160, 200)))
    model, loss = torch.nn.Linear(4, 2), torch.nn.CrossEntropyLoss()
    trainer = create_supervised_trainer(model, torch.optim.SGD(model.parameters(), lr=0.1), loss)
    evaluator = create_supervised_evaluator(model, {"accuracy": Accuracy(), "loss": Loss(loss)})
    @trainer.on(Events.EPOCH_COMPLETED)
    def report(engine):
        evaluator.run(val)
        m = evaluator.state.metrics
        told.append(m["loss"])
        if say:
            print(f"Validation Results - Epoch[{engine.state.epoch}] Avg accuracy: {m['accuracy']:.3f} Avg loss: {m['loss']:.4f}")
    trainer.run(train, max_epochs=4)
"""


def test_printed_results_and_the_losses_beneath_are_one_run(kernel):  # noqa: F811
    (run,) = captured(kernel, MAKE + "run(True)")
    assert list(run["curves"]["val:loss/epoch"]) == [1.0, 2.0, 3.0, 4.0]
    assert list(run["curves"]["val:loss/epoch"].values()) == [round(v, 4) for v in kernel.value("told")]
    assert len(run["curves"]["val:accuracy/epoch"]) == 4 and len(run["curves"]["train:loss/step"]) == 32


def test_a_silent_training_is_seen_by_its_mathematics(kernel):  # noqa: F811
    (run,) = captured(kernel, MAKE + "run(False)")
    # Ignite asks for its data before it trains, so the first pass is not known to be one.
    assert {2.0, 3.0, 4.0} <= set(run["curves"]["train:loss/epoch"]) <= {1.0, 2.0, 3.0, 4.0}
    assert len(run["curves"]["train:loss/step"]) == 32
