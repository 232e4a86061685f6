"""A printed PyTorch loop trains bit by bit the same with and without us."""

from __future__ import annotations

import pytest

from tests.kernel.talk import Kernel

pytestmark = [pytest.mark.kernel, pytest.mark.frameworks]

LOOP = """
import hashlib, random
import numpy as np, torch
from torch import nn
random.seed(0); np.random.seed(0); torch.manual_seed(0)
x = torch.randn(256, 10); y = (x[:, :2].sum(1) > 0).long()
data = torch.utils.data.TensorDataset(x[:200], y[:200])
loader = torch.utils.data.DataLoader(data, batch_size=32, shuffle=True)
model = nn.Sequential(nn.Linear(10, 32), nn.BatchNorm1d(32), nn.ReLU(), nn.Dropout(0.3), nn.Linear(32, 2))
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
loss_of = nn.CrossEntropyLoss()
for epoch in range(12):
    model.train()
    total = 0.0
    for inputs, labels in loader:
        optimizer.zero_grad()
        loss = loss_of(model(inputs + 0.1 * np.random.rand()), labels)
        loss.backward()
        optimizer.step()
        total += loss.item() * len(labels)
    model.eval()
    with torch.no_grad():
        val = loss_of(model(x[200:]), y[200:]).item()
        accuracy = (model(x[200:]).argmax(1) == y[200:]).float().mean().item()
    print(f"Epoch {epoch + 1}/12 - loss: {total / 200:.4f} - val_loss: {val:.4f} - val_accuracy: {100 * accuracy:.1f}%")
state = hashlib.sha256()
for tensor in model.state_dict().values():
    state.update(tensor.numpy().tobytes())
print(state.hexdigest(), optimizer.state_dict()["state"][0]["exp_avg"].sum().item())
print(random.random(), np.random.rand(), torch.rand(1).item())
"""


def test_weights_generators_and_text_are_the_same(kernel: Kernel):
    bare = kernel.run(LOOP)
    watched = kernel.run(f"%%diagnose -o found\n{LOOP}")
    again = kernel.run(LOOP)
    assert bare.status == watched.status == "ok", watched.tracebacks
    assert bare.text() == again.text()  # or the comparison below would prove nothing
    assert watched.text() == bare.text()
    assert watched.text("stderr") == ""
    assert kernel.value("len(found[0].run.curve('loss', 'val', 'epoch'))") == 12
