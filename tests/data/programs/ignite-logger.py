import torch, logging, sys
from ignite.engine import Engine, Events, create_supervised_evaluator, create_supervised_trainer
from ignite.metrics import Accuracy, Loss, RunningAverage
from torch.utils.data import DataLoader, TensorDataset
torch.manual_seed(0)
x = torch.randn(200, 4); y = (x[:, 0] > 0).long()
train, val = (DataLoader(TensorDataset(x[a:b], y[a:b]), 20) for a, b in ((0, 160), (160, 200)))
net, loss = torch.nn.Linear(4, 2), torch.nn.CrossEntropyLoss()
trainer = create_supervised_trainer(net, torch.optim.SGD(net.parameters(), lr=0.1), loss)
evaluators = {name: create_supervised_evaluator(net, {"accuracy": Accuracy(), "nll": Loss(loss)}) for name in ("Training", "Validation")}
def told(engine, name, data):
    evaluators[name].run(data); m = evaluators[name].state.metrics; split = "train" if name == "Training" else "val"
    return m["accuracy"], m["nll"], split
logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(levelname)s: %(message)s")
log = logging.getLogger("mnist")
@trainer.on(Events.EPOCH_COMPLETED)
def log_results(engine):
    for name, data in (("Training", train), ("Validation", val)):
        a, n, split = told(engine, name, data)
        log.info(f"Epoch[{engine.state.epoch}] {name} metrics - accuracy: {a:.4f} loss: {n:.4f}")
        keep(split, "accuracy", a, engine.state.epoch, label="accuracy", printed=f"{a:.4f}"); keep(split, "loss", n, engine.state.epoch, label="loss", printed=f"{n:.4f}")
trainer.run(train, max_epochs=3)
