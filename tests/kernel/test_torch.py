"""PyTorch cells under ``%%diagnose`` in a real kernel: loops that print nothing, that print, that fail."""

from __future__ import annotations

import json

import pytest

pytestmark = [pytest.mark.kernel, pytest.mark.frameworks]

LOOP = """
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset, random_split

def data(n=320):
    torch.manual_seed(0)
    inputs = torch.randn(n, 8)
    return random_split(TensorDataset(inputs, (inputs.sum(1) > 0).long()), [n * 3 // 4, n // 4])

def fit(epochs=4, say=False, fail=False):
    train, val = data()
    model, criterion = nn.Linear(8, 2), nn.CrossEntropyLoss()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    for epoch in range(epochs):
        total = 0
        for x, y in DataLoader(train, 32, shuffle=True):
            optimizer.zero_grad()
            loss = criterion(model(x), y)
            (loss * torch.ones(2) if fail else loss).backward()
            optimizer.step()
            total += loss.item() * len(y)
        with torch.no_grad():
            held = [criterion(model(x), y).item() * len(y) for x, y in DataLoader(val, 64)]
        if say:
            print(f"epoch {epoch + 1}: train loss {total / len(train):.4f}, val loss {sum(held) / len(val):.4f}")
"""
ASK = """
import json, nbdiag
print(json.dumps([
    {f"{c.name}/{c.per}": len(c) for c in (*d.run.curves("epoch"), *d.run.curves("step"))} for d in nbdiag.recent()[-1:]
]))
"""


def test_a_silent_loop_with_torch_imported_inside(kernel):
    answer = kernel.run("%%diagnose --view none\n" + LOOP + "\nfit()")
    assert answer.status == "ok", answer.tracebacks
    assert answer.text() == "" and answer.text("stderr") == ""
    found = json.loads(kernel.run(ASK).text())
    expected = {"train:loss/epoch": 4, "val:loss/epoch": 4, "val:accuracy/epoch": 4, "train:loss/step": 32}
    assert [{name: curves[name] for name in expected} for curves in found] == [expected]


def test_a_loop_that_prints_is_one_run(kernel):
    answer = kernel.run("%%diagnose --view none -o found\n" + LOOP + "\nfit(say=True)")
    assert answer.status == "ok", answer.tracebacks
    assert answer.text("stderr") == ""
    assert kernel.run("print(len(found))").text() == "1\n"
    found = json.loads(kernel.run(ASK).text())
    expected = {"train:loss/epoch": 4, "val:loss/epoch": 4, "train:loss/step": 32}
    assert [{name: curves[name] for name in expected} for curves in found] == [expected]


def test_an_error_in_backward_shows_no_frame_of_ours(kernel):
    kernel.run(LOOP)
    bare = kernel.run("fit(fail=True)").tracebacks
    watched = kernel.run("%%diagnose --view none\nfit(fail=True)").tracebacks
    assert "grad can be implicitly created only for scalar outputs" in bare[0]
    assert "nbdiag/" not in watched[0]
    assert [watched[0].count(part) for part in ("torch/autograd", "File ")] == [
        bare[0].count(part) for part in ("torch/autograd", "File ")
    ]


RANKS = (
    LOOP
    + """
import os, torch.multiprocessing as mp, torch.distributed as dist

def worker(rank, ranks, folder):
    dist.init_process_group("gloo", init_method=f"file://{folder}/meeting", rank=rank, world_size=ranks)
    torch.set_num_threads(1)
    fit_parallel(rank, ranks)
    dist.destroy_process_group()

def fit_parallel(rank, ranks):
    train = data()[0]
    sampler = torch.utils.data.DistributedSampler(train, ranks, rank)
    model = nn.parallel.DistributedDataParallel(nn.Linear(8, 2))
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    for epoch in range(3):
        sampler.set_epoch(epoch)
        for x, y in DataLoader(train, 32, sampler=sampler):
            optimizer.zero_grad()
            loss = nn.functional.cross_entropy(model(x), y)
            loss.backward()
            optimizer.step()
        print(f"Epoch {epoch + 1}: rank {rank} loss: {loss.item() + 100 * rank:.4f}")
"""
)


def test_of_several_processes_the_first_is_read(kernel, tmp_path):
    run = f"\nmp.start_processes(worker, args=(2, {str(tmp_path)!r}), nprocs=2, start_method='fork')"
    answer = kernel.run("%%diagnose --view none -o found\n" + RANKS + run)
    assert answer.status == "ok", answer.tracebacks
    assert "NbdiagWarning" not in answer.text("stderr")
    assert len([line for line in answer.text().splitlines() if "rank 1" in line]) == 3  # the reader sees all of it
    ask = "import json; print(json.dumps([d.run.curve('loss', 'train').values.tolist() for d in found]))"
    (losses,) = json.loads(kernel.run(ask).text())
    assert len(losses) == 3 and max(losses) < 100
