"""A PyTorch loop on an accelerator, bare and followed: synchronisations, memory, values and times of both go out.

Run with ``python benchmarks/torch_gpu.py`` in the project's folder on a machine with CUDA. Ends with an error when the
hook adds a synchronisation, lets memory grow, changes a bit of the training or tells a wrong value.
"""

from __future__ import annotations

import contextlib
import math
import statistics
import sys
import time
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

import torch
from torch import nn

from nbdiag.events import Record, Steps, Traced, Trouble
from nbdiag.frameworks.torch.hook import hook

DEVICE = "cuda"
SYNCHRONISING = ("cudaStreamSynchronize", "cudaDeviceSynchronize", "cudaEventSynchronize", "Memcpy DtoH")


class Loop:
    """A network fed by a shuffling loader over data on the device; ``steps`` trains, ``losses`` are its own record."""

    def __init__(self, width: int = 1024) -> None:
        torch.manual_seed(0)
        n, batch = 12_800, 128
        inputs = torch.randn(n, 64, device=DEVICE)
        targets = (inputs @ torch.randn(64, 10, device=DEVICE)).argmax(1)
        data = torch.utils.data.TensorDataset(inputs, targets)
        # Whole batches by index: no copy from the host, so the bare loop itself never waits.
        chosen = torch.utils.data.BatchSampler(torch.utils.data.RandomSampler(data), batch, False)
        self.loader = torch.utils.data.DataLoader(_Batches(data), batch_size=None, sampler=chosen)
        self.val = torch.utils.data.DataLoader(_Batches(data), batch_size=None, sampler=[list(range(256))])
        layers = [
            nn.Linear(64, width),
            nn.ReLU(),
            nn.Dropout(0.1),
            nn.Linear(width, width),
            nn.ReLU(),
            nn.Linear(width, 10),
        ]
        self.model = nn.Sequential(*layers).to(DEVICE)
        self.optimizer = torch.optim.AdamW(self.model.parameters(), lr=1e-3)
        self.criterion = nn.CrossEntropyLoss()
        self.losses = torch.zeros(20_000, device=DEVICE)
        self.done = 0

    def steps(self, count: int) -> None:
        left = count
        while left > 0:
            for x, y in self.loader:
                self.optimizer.zero_grad()
                with torch.autocast(DEVICE, dtype=torch.bfloat16):
                    loss = self.criterion(self.model(x), y)
                loss.backward()
                self.optimizer.step()
                self.losses[self.done] = loss.detach()
                self.done, left = self.done + 1, left - 1
                if not left:
                    break
            self.model.eval()
            with torch.no_grad():
                for x, y in self.val:
                    self.criterion(self.model(x), y)
            self.model.train()


class _Batches(torch.utils.data.Dataset):  # type: ignore[type-arg]
    def __init__(self, data: Any) -> None:
        self.data = data

    def __len__(self) -> int:
        return len(self.data)

    def __getitem__(self, indices: list[int]) -> Any:
        at = torch.tensor(indices).pin_memory().to(DEVICE, non_blocking=True)
        return tuple(part.index_select(0, at) for part in self.data.tensors)


def followed(events: list[Any]) -> AbstractContextManager[Any]:
    return hook(events.append)


def no_synchronisation() -> None:
    """PyTorch raises at every call that waits for the device."""
    events: list[Any] = []
    for around in (contextlib.nullcontext(), followed(events)):
        loop = Loop()
        loop.steps(50)
        torch.cuda.synchronize()
        with around:
            torch.cuda.set_sync_debug_mode("error")
            try:
                loop.steps(2000)
            finally:
                torch.cuda.set_sync_debug_mode("default")
    check("no call that waits, 2000 steps", not troubles(events), troubles(events))
    bare, hooked = calls(contextlib.nullcontext()), calls(followed([]))
    print(f"  calls in 500 steps, bare {bare}, followed {hooked}")
    grown = [name for name in SYNCHRONISING[:3] if hooked[name] > bare[name] + 2]  # 2: the profiler's own end
    check("no synchronisation added", not grown, grown)
    check("values come in bunches", hooked["Memcpy DtoH"] - bare["Memcpy DtoH"] <= 60, hooked)


def calls(around: AbstractContextManager[Any]) -> dict[str, int]:
    loop = Loop()
    loop.steps(50)
    activities = [torch.profiler.ProfilerActivity.CPU, torch.profiler.ProfilerActivity.CUDA]
    with around, torch.profiler.profile(activities=activities) as profile:
        loop.steps(500)
    counted = {event.key: event.count for event in profile.key_averages()}
    return {name: sum(n for key, n in counted.items() if key.startswith(name)) for name in SYNCHRONISING}


def flat_memory_and_right_values() -> None:
    """10 000 steps; the loop's own record of its losses is what must have been told."""
    events: list[Any] = []
    loop = Loop()
    with followed(events):
        loop.steps(1000)
        torch.cuda.synchronize()
        early = torch.cuda.memory_allocated()
        loop.steps(9000)
        torch.cuda.synchronize()
        late = torch.cuda.memory_allocated()
    told = [e for traced in events if isinstance(traced, Traced) for e in traced.events]
    steps = [e for e in told if isinstance(e, Steps) and e.metric == "loss"]
    values = {step: value for e in steps for step, value in zip(e.steps, e.values, strict=True)}
    own = loop.losses[: loop.done].tolist()
    wrong = [step for step, value in values.items() if value != own[step - 1]]
    check("memory flat", late <= early, (early, late))
    check("nothing failed", not troubles(events), troubles(events))
    check("every value right", not wrong and len(values) == 10_000, (len(values), wrong[:5]))
    vals = [e for e in told if isinstance(e, Record) and e.split in ("val", "eval") and e.step is None]
    norms = [e.value for e in told if isinstance(e, Record) and e.metric == "gradient_norm"]
    check("gradient norms are told", bool(norms) and all(0 < norm < math.inf for norm in norms), norms[:5])
    print(
        f"  {len(values)} steps, {len(vals)} evaluation values, {len(norms)} norms, device memory {early} then {late} bytes"
    )


def same_bits() -> None:
    """The same seed, with and without the hook."""
    states = []
    for around in (contextlib.nullcontext(), followed([])):
        torch.cuda.manual_seed_all(3)
        torch.manual_seed(3)
        loop = Loop(256)
        with around:
            loop.steps(500)
        states.append([p.detach().cpu() for p in loop.model.parameters()] + [torch.cuda.get_rng_state()])
    check("bit-identical", all(torch.equal(a, b) for a, b in zip(*states, strict=True)), "weights or generator differ")


def times(steps: int = 1500, rounds: int = 7) -> None:
    """Interleaved; bare against bare beside it."""
    ratios: dict[str, list[float]] = {"bare / bare": [], "hook / bare": []}
    for _ in range(rounds):
        bare, hooked, again = (
            timed(a, steps) for a in (contextlib.nullcontext(), followed([]), contextlib.nullcontext())
        )
        ratios["bare / bare"].append(again / bare)
        ratios["hook / bare"].append(2 * hooked / (bare + again))
    print(f"  step of {bare / steps * 1e6:.0f} µs")
    for name, values in ratios.items():
        print(f"  {name}: median {statistics.median(values):.3f}, from {min(values):.3f} to {max(values):.3f}")


def timed(around: AbstractContextManager[Any], steps: int) -> float:
    loop = Loop()
    loop.steps(100)
    torch.cuda.synchronize()
    with around:
        began = time.perf_counter()
        loop.steps(steps)
        torch.cuda.synchronize()
        return time.perf_counter() - began


def troubles(events: list[Any]) -> list[str]:
    return [repr(e.error) for e in events if isinstance(e, Trouble)]


def check(what: str, good: bool, otherwise: Any) -> None:
    print(f"{'ok  ' if good else 'FAIL'} {what}" + ("" if good else f": {otherwise}"), flush=True)
    if not good:
        failed.append(what)


failed: list[str] = []


if __name__ == "__main__":
    print(f"torch {torch.__version__}, {torch.cuda.get_device_name()}", flush=True)
    for part in (no_synchronisation, flat_memory_and_right_values, same_bits, times):
        try:
            part()
        except Exception as error:
            check(part.__name__, False, repr(error))
    sys.exit(f"failed: {', '.join(failed)}" if failed else 0)
