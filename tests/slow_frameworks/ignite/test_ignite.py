"""A small model is trained with the real Ignite in a real kernel; what was captured of printed and silent trainings is checked."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from cell import AT_ONCE, captured, kernel  # noqa: F401

MAKE = """
import time, torch
from torch.utils.data import DataLoader, TensorDataset
from ignite.engine import Engine, Events, create_supervised_evaluator, create_supervised_trainer
from ignite.metrics import Accuracy, Loss
told = []
trained, measured = [], []
def run(say=False, own=False, output=lambda loss: loss.item(), epochs=4, raises=None, lr=0.1, slow=0.0):
    for kept in (told, trained, measured):
        kept.clear()
    torch.manual_seed(0)
    x = torch.randn(200, 4)
    y = (x[:, 0] > 0).long()
    train, val = (DataLoader(TensorDataset(x[a:b], y[a:b]), 20) for a, b in ((0, 160), (160, 200)))
    model, loss = torch.nn.Linear(4, 2), torch.nn.CrossEntropyLoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    def step(engine, batch):
        optimizer.zero_grad()
        value = loss(model(batch[0]), batch[1])
        value.backward()
        optimizer.step()
        if engine.state.epoch == raises:
            raise ZeroDivisionError
        return output(value)
    trainer = Engine(step) if own else create_supervised_trainer(model, optimizer, loss)
    evaluator = create_supervised_evaluator(model, {"accuracy": Accuracy(), "loss": Loss(loss)})
    @trainer.on(Events.ITERATION_COMPLETED)
    def keep(engine):
        trained.append(float(engine.state.output) if not isinstance(engine.state.output, (dict, type(None))) else None)
    @trainer.on(Events.EPOCH_COMPLETED)
    def report(engine):
        time.sleep(slow)
        evaluator.run(val)
        m = evaluator.state.metrics
        told.append(m["loss"])
        measured.append(m["accuracy"])
        if say:
            print(f"Validation Results - Epoch[{engine.state.epoch}] Avg accuracy: {m['accuracy']:.3f} Avg loss: {m['loss']:.4f}")
    before = len(trainer._event_handlers[Events.ITERATION_COMPLETED])
    try:
        trainer.run(train, max_epochs=epochs)
    finally:
        assert len(trainer._event_handlers[Events.ITERATION_COMPLETED]) == before, "ours are gone"
    return model
"""


def test_all_that_its_engines_know_at_full_precision_printed_or_not(kernel):  # noqa: F811
    for options in ("", "say=True", "own=True", "own=True, output=lambda loss: {'loss': loss, 'y': 1}"):
        (run,) = captured(kernel, MAKE + f"run({options})")
        steps = list(run["curves"].get("train:loss/step", {}).values())
        known = kernel.value("trained")
        if "'loss'" not in options:
            assert steps == known
            means = [sum(known[i : i + 8]) / 8 for i in range(0, 32, 8)]
            assert list(run["curves"]["train:loss/epoch"].values()) == means
        assert list(run["curves"]["train:loss/epoch"]) == [1.0, 2.0, 3.0, 4.0]
        assert run["curves"]["val:loss/epoch"] == dict(zip([1.0, 2.0, 3.0, 4.0], kernel.value("told"), strict=True))
        assert list(run["curves"]["val:accuracy/epoch"].values()) == kernel.value("measured")
        facts = run["facts"]
        assert run["status"] == "finished" and run["framework"] == "ignite"
        assert (facts["n_train"], facts["epochs"], facts["batch_size"]) == ("160", "4", "20")
        assert (facts["optimizer"], facts["learning_rate"]) == ("SGD", "0.1")
        assert facts["loss"].lower().replace("_", "").startswith("crossentropy")


def test_a_function_that_gives_no_loss_is_completed_by_what_is_beneath(kernel):  # noqa: F811
    (run,) = captured(kernel, MAKE + "run(own=True, output=lambda loss: None)")
    assert len(run["curves"]["val:loss/epoch"]) == 4 and len(run["curves"]["train:loss/step"]) == 32


def test_one_that_raises_and_one_after_it(kernel):  # noqa: F811
    code = MAKE + "try:\n    run(own=True, raises=3)\nexcept ZeroDivisionError:\n    pass\nrun()"
    runs = captured(kernel, code)
    assert [run["status"] for run in runs] == ["failed", "finished"]
    assert [len(run["curves"]["val:loss/epoch"]) for run in runs] == [2, 4]


def test_it_is_terminated_and_only_where_that_is_asked(kernel):  # noqa: F811
    code = AT_ONCE + MAKE + "run(epochs=EPOCHS, lr=float('nan'), slow=0.05)"
    (run,) = captured(kernel, code.replace("EPOCHS", "500"), options="--stop-on broken")
    assert run["status"] == "stopped" and len(run["curves"]["val:loss/epoch"]) < 500
    (run,) = captured(kernel, code.replace("EPOCHS", "12"))
    assert run["status"] == "finished" and len(run["curves"]["val:loss/epoch"]) == 12


def test_the_same_weights_with_and_without_us(kernel):  # noqa: F811
    kernel.run(MAKE + "model = run()")
    bare = kernel.value("model.weight.tolist()")
    for options in ("", "--stop-on broken"):
        captured(kernel, "model = run()", options=options)
        assert kernel.value("model.weight.tolist()") == bare
