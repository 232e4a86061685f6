import warnings; warnings.filterwarnings("ignore")
import torch
from fastai.basics import *
from fastai.callback.schedule import *
from fastai.callback.progress import *
torch.manual_seed(0)
x = torch.randn(200, 4); y = (x[:, 0] > 0).long()
pairs = list(zip(x, y))
dls = DataLoaders(DataLoader(pairs[:160], bs=16, shuffle=True), DataLoader(pairs[160:], bs=16))
l = Learner(dls, nn.Linear(4, 2), loss_func=nn.CrossEntropyLoss(), metrics=accuracy, lr=0.1)
l.fit_one_cycle(4)
for e, row in enumerate(l.recorder.values):
    for (label, split, metric), value in zip((("train_loss", "train", "loss"), ("valid_loss", "val", "loss"), *(("accuracy", "val", "accuracy"),)), row):
        keep(split, metric, float(value), e + 1, label=label, printed=f"{float(value):.6f}")
