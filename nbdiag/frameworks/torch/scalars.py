"""Tensors with one value come in, numbers go out: at once from the CPU, from an accelerator without waiting for it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any

SLOTS = 1024
"""Values in one device buffer: 8 kB, and at 1000 steps a second a second of training between two fetches."""


class Slot:
    """The place of a value still on the device; ``value`` is None until it has been fetched."""

    __slots__ = ("value",)

    def __init__(self) -> None:
        self.value: float | None = None


class Scalars:
    """Reads scalars. On CUDA and XPU ``read`` copies within the device and ``fetch`` never waits."""

    def __init__(self) -> None:
        self._buffers: dict[Any, _Buffer] = {}

    def read(self, tensor: Any, divisor: Any = None) -> float | Slot | None:
        """The value of ``tensor`` (over ``divisor``), or its slot; None where it cannot be read without harm."""
        if tensor.is_cpu:
            # detach() would cost twice what item() does, and item() does not warn of a gradient as float() does.
            value: float = tensor.item()
            return value if divisor is None else value / divisor.item()
        if not self.readable(tensor):
            return None
        tensor = tensor.detach()
        return self._buffers[tensor.device].put(tensor if divisor is None else tensor / divisor)

    def readable(self, tensor: Any) -> bool:
        """Whether something may be done with ``tensor`` on its device now."""
        if tensor.is_cpu:
            return True
        if tensor.device.type not in ("cuda", "xpu", "mps"):
            return False
        buffer = self._buffers.get(tensor.device)
        if buffer is None:
            buffer = self._buffers[tensor.device] = _Buffer(tensor.device)
        return not buffer.capturing()  # what is captured would run again with each replay

    def fetch(self, wait: bool = False) -> None:
        """Fill the slots whose values have arrived; with ``wait`` all of them."""
        for buffer in self._buffers.values():
            buffer.fetch(wait)


class _Buffer:
    """Two preallocated halves on one device, filled and fetched in turns."""

    def __init__(self, device: Any) -> None:
        import torch

        self.module = getattr(torch, device.type)
        with torch.inference_mode(False):  # what is made inside that mode may not be written to outside it
            self.filling, self.flying = _Half(device), _Half(device)
        self.capturing = getattr(self.module, "is_current_stream_capturing", bool)
        self.current_stream: Callable[[Any], Any] = getattr(self.module, "current_stream", lambda device: None)
        self.device = device

    def put(self, tensor: Any) -> Slot | None:
        if len(self.filling.slots) == SLOTS:
            self.fetch()
            if len(self.filling.slots) == SLOTS:  # the device is that far behind: rather no value than a pause
                return None
        half, stream = self.filling, self.current_stream(self.device)
        if half.stream is not None and half.stream != stream:
            stream.wait_stream(half.stream)
        half.stream = stream
        half.device[len(half.slots)].copy_(tensor.reshape(()))
        slot = Slot()
        half.slots.append(slot)
        return slot

    def fetch(self, wait: bool = False) -> None:
        if self.flying.land(wait) and self.filling.slots and not self.capturing():
            self.filling.take_off(self.module)
            self.filling, self.flying = self.flying, self.filling
            if wait:
                self.flying.land(wait)


class _Half:
    """Room for values on the device and, pinned, on the host."""

    def __init__(self, device: Any) -> None:
        import torch

        self.events = device.type != "mps"  # no pinned memory there, and an early read gives garbage: wait for the copy
        dtype = torch.float64 if self.events else torch.float32
        self.device = torch.zeros(SLOTS, dtype=dtype, device=device)
        self.host = torch.zeros(SLOTS, dtype=dtype, device="cpu", pin_memory=self.events)
        self.slots: list[Slot] = []
        self.stream: Any = None
        self.event: Any = None

    def take_off(self, module: Any) -> None:
        n = len(self.slots)
        with module.stream(self.stream) if self.events else contextlib.nullcontext():
            self.host[:n].copy_(self.device[:n], non_blocking=self.events)
            if self.events:
                self.event = module.Event()
                self.event.record()

    def land(self, wait: bool) -> bool:
        """Whether nothing is under way any more."""
        if self.event is not None:
            if wait:
                self.event.synchronize()
            elif not self.event.query():
                return False
        for slot, value in zip(self.slots, self.host[: len(self.slots)].tolist(), strict=True):
            slot.value = value
        self.slots, self.event, self.stream = [], None, None
        return True
