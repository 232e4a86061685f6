import numpy as np, torch
from skorch import NeuralNetClassifier, NeuralNetRegressor
from skorch.callbacks import EarlyStopping, EpochScoring, LRScheduler, ProgressBar
torch.manual_seed(0); r = np.random.default_rng(0)
x = r.normal(size=(300, 5)).astype("float32"); y = (x[:, 0] > 0).astype("int64")
def keep_rows(net, *names):
    for row in net.history[:-1]:  # the last is not printed
        for label, split, metric in names:
            keep(split, metric, row[label], row["epoch"], label=label, printed=f"{row[label]:.4f}")
net = NeuralNetClassifier(torch.nn.Sequential(torch.nn.Linear(5, 2)), criterion=torch.nn.CrossEntropyLoss, max_epochs=40, lr=2.0,
    callbacks=[EarlyStopping(patience=3), LRScheduler("StepLR", step_size=2)])
net.fit(x, y)
keep_rows(net, ("train_loss", "train", "loss"), ("valid_loss", "val", "loss"), ("valid_acc", "val", "accuracy"))
for row in net.history[:-1]: keep("train", "learning_rate", row["event_lr"], row["epoch"], label="lr", printed=f"{row['event_lr']:.4f}")
