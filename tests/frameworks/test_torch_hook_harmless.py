"""With the PyTorch hook a training gives the same bits, the same errors and the same compilations as without it."""

from __future__ import annotations

import contextlib
import inspect
import pickle
import random
import subprocess
import sys
import threading
import traceback
import weakref

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F
from torch.optim import optimizer as optimizers

from nbdiag.frameworks.torch.hook import hook
from tests.frameworks import torch_loops as loops

pytestmark = pytest.mark.frameworks


def plain(model, loader, optimizer):
    for x, y in loader:
        optimizer.zero_grad()
        F.cross_entropy(model(x), y).backward()
        optimizer.step()


def mixed(model, loader, optimizer):
    scaler = torch.amp.GradScaler("cpu")
    for x, y in loader:
        optimizer.zero_grad()
        with torch.autocast("cpu", dtype=torch.bfloat16):
            loss = F.cross_entropy(model(x), y)
        scaler.scale(loss).backward()
        scaler.unscale_(optimizer)
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        scaler.step(optimizer)
        scaler.update()


def accumulated(model, loader, optimizer):
    for i, (x, y) in enumerate(loader):
        loss = F.cross_entropy(model(x), y)
        loss /= 4
        loss.backward()
        if i % 4 == 3:
            optimizer.step()
            optimizer.zero_grad()


def compiled(model, loader, optimizer):
    torch._dynamo.reset()
    plain(torch.compile(model, fullgraph=True, backend="aot_eager"), loader, optimizer)


def compiled_step(model, loader, optimizer):
    torch._dynamo.reset()

    @torch.compile(fullgraph=True, backend="aot_eager")
    def loss_of(x, y):
        return F.cross_entropy(model(x), y)

    for x, y in loader:
        optimizer.zero_grad()
        loss_of(x, y).backward()
        optimizer.step()


def result(step, around, **options):
    """Everything a training leaves: weights, optimizer state, generators."""
    torch.manual_seed(1)
    random.seed(1)
    np.random.seed(1)
    with around:
        train_loader, val_loader = loops.loaders(**options)
        model = loops.network()
        optimizer = torch.optim.AdamW(model.parameters(), 0.01)
        scores = []
        for _ in range(2):
            step(model, train_loader, optimizer)
            scores.append(loops.evaluate(model, val_loader, F.cross_entropy))
    tensors = [*model.state_dict().values(), torch.get_rng_state()]
    for state in optimizer.state_dict()["state"].values():
        tensors.extend(value for _, value in sorted(state.items()))
    return [t.numpy().tobytes() for t in tensors], scores, random.getstate(), repr(np.random.get_state())


@pytest.mark.parametrize("step", [plain, mixed, accumulated, compiled, compiled_step])
def test_bit_identical(step):
    events = []
    bare = result(step, contextlib.nullcontext())
    assert result(step, hook(events.append)) == bare
    assert len(events) > 1


def test_bit_identical_with_workers():
    options = {"num_workers": 1, "persistent_workers": True}
    assert result(plain, hook([].append), **options) == result(plain, contextlib.nullcontext(), **options)


class Failing(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x.sum()

    @staticmethod
    def backward(ctx, grad):
        raise ZeroDivisionError("in backward")


class Data(torch.utils.data.Dataset):
    def __len__(self):
        return 4

    def __getitem__(self, index):
        raise KeyError(index)


class Sampler(torch.utils.data.Sampler):
    def __iter__(self):
        raise OSError("no index")

    def __len__(self):
        return 4


class Optimizer(torch.optim.SGD):
    def step(self, closure=None):
        raise FloatingPointError("in step")


def failures():
    x = torch.ones(3, requires_grad=True)
    model, targets = nn.Linear(3, 2), torch.tensor([0, 1, 0])
    return {
        "not a scalar": lambda: (x * 2).backward(),
        "by its function": lambda: torch.autograd.backward([x * 2]),
        "twice": lambda: [loss.backward() for loss in [x.pow(2).sum()] * 2],
        "in backward": lambda: Failing.apply(x).backward(),
        "in a loss function": lambda: F.cross_entropy(model(torch.ones(2, 3)), targets),
        "in a loss module": lambda: nn.MSELoss()(torch.ones(3), None),
        "in the data": lambda: list(torch.utils.data.DataLoader(Data())),
        "in the sampler": lambda: list(torch.utils.data.DataLoader(Data(), sampler=Sampler(None))),
        "in a scaler": lambda: torch.amp.GradScaler("cpu").scale(3),
        "in an optimizer": lambda: Optimizer(model.parameters(), 0.1).step(),
    }


@pytest.mark.parametrize("name", failures())
def test_no_frame_of_ours_in_a_traceback(name):
    def seen(around):
        with around:
            try:
                failures()[name]()
            except Exception:
                lines = traceback.format_exc().splitlines()
        return [line for line in lines if "0x" not in line]

    assert seen(hook([].append)) == seen(contextlib.nullcontext())


def test_every_patch_is_undone_and_looks_like_what_it_stands_for():
    def state():
        owners = (
            torch,
            torch._C._nn,
            torch.autograd,
            torch.amp.GradScaler,
            torch.utils.data.DataLoader,
            torch.Tensor,
            F,
        )
        hooks = optimizers._global_optimizer_post_hooks
        return [dict(vars(owner)) for owner in owners], dict(hooks)

    before = state()
    signatures = [inspect.signature(f) for f in (F.cross_entropy, torch.autograd.backward)]
    with hook([].append):
        assert [inspect.signature(f) for f in (F.cross_entropy, torch.autograd.backward)] == signatures
        assert pickle.loads(pickle.dumps(torch.autograd.backward)) is torch.autograd.backward
        assert pickle.loads(pickle.dumps(F.cross_entropy)) is F.cross_entropy
        assert pickle.dumps(nn.CrossEntropyLoss())
        assert pickle.dumps(torch.utils.data.DataLoader([1, 2, 3]))
        with hook([].append):
            torch.ones(1, requires_grad=True).sum().backward()
    for then, now in zip(before[0], state()[0], strict=True):  # torch loads parts of itself at first use
        assert {name for name in then if now.get(name) is not then[name]} == set()
    assert state()[1] == before[1]


def test_scripting_works():
    with hook([].append):

        @torch.jit.script
        def smooth(x, y):
            return torch.nn.functional.cross_entropy(x, y) + torch.nn.functional.mse_loss(x, x + 1.0)

        assert smooth(torch.zeros(2, 3), torch.tensor([0, 1])).item() == pytest.approx(np.log(3) + 1)
    criterion = torch.jit.script(nn.HuberLoss())
    assert criterion(torch.zeros(2), torch.zeros(2)).item() == 0


def test_a_jit_trace_holds_only_the_readers_own():
    def traced(around):
        with around:
            model = loops.network().eval()
            loader = loops.loaders()[1]
            plain(model, loops.loaders()[0], torch.optim.SGD(model.parameters(), 0.1))
            for _ in loader:
                function = torch.jit.trace(
                    lambda a, b: F.cross_entropy(a, b) * 2, (torch.zeros(2, 3), torch.tensor([0, 1]))
                )
            return str(function.graph.param_node()), [node.kind() for node in function.graph.nodes()]

    assert traced(hook([].append)) == traced(contextlib.nullcontext())


def test_function_transforms_work():
    def loss(weights, x, y):
        return F.mse_loss(x @ weights, y)

    x, y, weights = torch.ones(4, 2, 3), torch.ones(4, 2), torch.zeros(3)
    wanted = torch.func.vmap(torch.func.grad(loss), (None, 0, 0))(weights, x, y)
    events = []
    with hook(events.append):
        assert torch.equal(torch.func.vmap(torch.func.grad(loss), (None, 0, 0))(weights, x, y), wanted)
    assert events == []


def compilations(around):
    """How often each of several compiled pieces was compiled in two watched blocks, having been compiled before."""
    torch._dynamo.reset()
    count = []

    def backend(graph, example):
        count.append(graph)
        return graph.forward

    model, criterion = loops.network().eval(), nn.CrossEntropyLoss()
    optimizer = torch.optim.SGD(model.parameters(), 0.1)

    @torch.compile(backend=backend, fullgraph=True)
    def by_module(x, y):
        return criterion(model(x), y)

    @torch.compile(backend=backend, fullgraph=True)
    def by_function(x, y):
        return F.mse_loss(model(x), F.one_hot(y, 3).float())

    @torch.compile(backend=backend)
    def whole_step(x, y):
        optimizer.zero_grad()
        loss = F.cross_entropy(model(x), y)
        loss.backward()
        optimizer.step()
        return loss.detach()

    x, y = torch.ones(6, 8), torch.tensor([0, 1, 2, 0, 1, 2])
    counts = []
    for block in (contextlib.nullcontext, around, around, contextlib.nullcontext):
        with block():
            for _ in range(3):
                for piece in (by_module, by_function, whole_step):
                    loss = piece(x, y)
                    if loss.requires_grad:
                        loss.backward()
        counts.append(len(count))
    return counts


def test_no_recompilation():
    assert compilations(lambda: hook([].append)) == compilations(contextlib.nullcontext)


def test_compiled_inside_is_as_compiled_outside():
    def inside(around):
        torch._dynamo.reset()
        count = []

        def backend(graph, example):
            count.append(graph)
            return graph.forward

        model = loops.network()
        optimizer = torch.optim.SGD(model.parameters(), 0.1)

        @torch.compile(backend=backend)
        def step(x, y):
            loss = F.cross_entropy(model(x), y)
            loss.backward()
            optimizer.step()
            optimizer.zero_grad()
            return loss.detach()

        values = []
        with around:
            torch.manual_seed(0)
            for x, y in loops.loaders()[0]:
                values.append(step(x, y).item())
        return len(count), len(values)

    assert inside(hook([].append)) == inside(contextlib.nullcontext())


@pytest.mark.parametrize("scaled", [False, True])
def test_quick_steps_are_soon_left_alone(scaled, monkeypatch):
    """Where nobody validates and steps are quick, the loss functions are torch's own again after some steps."""
    from nbdiag.frameworks.torch import evaluation

    monkeypatch.setattr(evaluation, "SLOW", 1e9)  # however slow this machine is
    original, seen = torch._C._nn.cross_entropy_loss, []
    model = loops.network()
    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    scaler = torch.amp.GradScaler("cpu", enabled=scaled)
    with hook([].append):
        for _ in range(200):
            seen.append(torch._C._nn.cross_entropy_loss is original)
            scaler.scale(F.cross_entropy(model(torch.ones(4, 8)), torch.tensor([0, 1, 2, 0]))).backward()
            scaler.step(optimizer)
            scaler.update()
            optimizer.zero_grad()
    assert not any(seen[:20]) and sum(seen[40:]) > 80


def test_no_tensor_is_kept():
    weights = torch.zeros(100_000, requires_grad=True)
    optimizer = torch.optim.SGD([weights], 0.1)

    def step():
        loss = F.mse_loss(weights, torch.ones_like(weights))
        loss.backward()
        optimizer.step()
        return weakref.ref(loss), weakref.ref(loss.grad_fn.next_functions[0][0].variable)

    with hook(lambda event: None):
        for _ in range(50):
            loss, variable = step()
            assert loss() is None
            assert variable() is weights


def test_a_training_in_another_thread_changes_nothing():
    def train():
        plain(loops.network(), loops.loaders()[0], torch.optim.SGD([torch.zeros(1, requires_grad=True)], 0.1))

    def both():
        thread = threading.Thread(target=train)
        model = loops.network()
        thread_started = False
        optimizer = torch.optim.SGD(model.parameters(), 0.1)
        for x, y in loops.loaders()[0]:
            F.cross_entropy(model(x), y).backward()
            optimizer.step()
            if not thread_started:
                thread_started = True
                thread.start()
                thread.join()

    (run,) = loops.runs(both)
    assert len(run.curve("loss", "train", "step")) == 8


def test_our_own_failure_is_told_once_and_the_training_goes_on(monkeypatch):
    from nbdiag.events import Trouble
    from nbdiag.frameworks.torch import training

    def fail(*args):
        raise RuntimeError("ours")

    monkeypatch.setattr(training.Training, "settle", fail)
    events = []
    with hook(events.append):
        plain(loops.network(), loops.loaders()[0], torch.optim.SGD([torch.zeros(1, requires_grad=True)], 0.1))
    assert [type(event) for event in events].count(Trouble) == 1


def test_torch_imported_inside_and_not_at_all():
    code = """
import sys
from nbdiag.frameworks.torch.hook import hook
with hook(lambda event: None):
    pass
assert "torch" not in sys.modules
events = []
with hook(events.append):
    import torch
    from torch.nn.functional import mse_loss
    weights = torch.zeros(3, requires_grad=True)
    optimizer = torch.optim.SGD([weights], 0.1)
    for _ in range(3):
        mse_loss(weights, torch.ones(3)).backward()
        optimizer.step()
print(sum(len(getattr(e, "steps", None) or ()) for traced in events for e in traced.events if hasattr(e, "values")))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert int(done.stdout) == 3
