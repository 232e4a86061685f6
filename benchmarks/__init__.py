"""Measurements of nbdiag, each run by one command: ``python -m benchmarks.<name>``."""
