import numpy as np, torch
from skorch import NeuralNetClassifier
torch.manual_seed(0); r = np.random.default_rng(0)
x = r.normal(size=(300, 5)).astype("float32"); y = (x[:, 0] > 0).astype("int64")
net = NeuralNetClassifier(torch.nn.Sequential(torch.nn.Linear(5, 2)), criterion=torch.nn.CrossEntropyLoss, max_epochs=5, lr=0.1)
net.fit(x, y)
for row in net.history:
    for label, split, metric in (("train_loss", "train", "loss"), ("valid_loss", "val", "loss"), ("valid_acc", "val", "accuracy")):
        keep(split, metric, row[label], row["epoch"], label=label, printed=f"{row[label]:.4f}")
