"""PyTorch: the mathematics of a training loop comes in, its curves and facts go out, also where nothing is printed."""

from nbdiag.frameworks.torch.hook import TORCH

__all__ = ["TORCH"]
