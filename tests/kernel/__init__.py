"""Tests in real kernels: each cell is executed over the wire, as a notebook does it."""
