import numpy as np, torch
from skorch import NeuralNetClassifier, NeuralNetRegressor
from skorch.callbacks import EarlyStopping, EpochScoring, LRScheduler, ProgressBar
torch.manual_seed(0); r = np.random.default_rng(0)
x = r.normal(size=(300, 5)).astype("float32"); y = (x[:, 0] > 0).astype("int64")
def keep_rows(net, *names):
    for row in net.history:
        for label, split, metric in names:
            keep(split, metric, row[label], row["epoch"], label=label, printed=f"{row[label]:.4f}")
net = NeuralNetClassifier(torch.nn.Sequential(torch.nn.Linear(5, 2)), criterion=torch.nn.CrossEntropyLoss, max_epochs=5, lr=0.1, train_split=None)
net.fit(x, y)
keep_rows(net, ("train_loss", "train", "loss"))
