import torch, logging
from ignite.engine import Engine, Events
torch.manual_seed(0)
x = torch.randn(160, 5); y = x[:, :1]; net = torch.nn.Linear(5, 1); opt = torch.optim.SGD(net.parameters(), 0.05)
def step(engine, i):
    opt.zero_grad(); loss = torch.nn.functional.mse_loss(net(x[i]), y[i]); loss.backward(); opt.step(); return loss.item()
trainer = Engine(step)
@trainer.on(Events.EPOCH_COMPLETED)
def report(engine):
    with torch.no_grad(): v = torch.nn.functional.mse_loss(net(x), y).item()
    print(f"Training Results - Epoch: {engine.state.epoch}  Avg loss: {engine.state.output:.2f}")
    print(f"Validation Results - Epoch: {engine.state.epoch}  Avg loss: {v:.2f}")
    keep("train", "loss", engine.state.output, engine.state.epoch, label="Avg loss", printed=f"{engine.state.output:.2f}")
    keep("val", "loss", v, engine.state.epoch, label="Avg loss", printed=f"{v:.2f}")
trainer.run(list(torch.arange(160).split(16)), max_epochs=4)
