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
from tqdm import tqdm
bar = tqdm(initial=0, leave=False, total=len(train), desc=f"ITERATION - loss: {0:.2f}")
@trainer.on(Events.ITERATION_COMPLETED(every=4))
def log_training_loss(engine):
    bar.desc = f"ITERATION - loss: {engine.state.output:.2f}"
    bar.update(4)
for name, data in (("Training", train), ("Validation", val)):
    @trainer.on(Events.EPOCH_COMPLETED)
    def log_results(engine, name=name, data=data):
        bar.refresh()
        a, n, split = told(engine, name, data)
        tqdm.write(f"{name} Results - Epoch: {engine.state.epoch} Avg accuracy: {a:.2f} Avg loss: {n:.2f}")
        keep(split, "accuracy", a, engine.state.epoch, label="Avg accuracy", printed=f"{a:.2f}"); keep(split, "loss", n, engine.state.epoch, label="Avg loss", printed=f"{n:.2f}")
        if split == "val": bar.n = bar.last_print_n = 0
trainer.run(train, max_epochs=3)
bar.close()
