"""One file per log format: a path or text goes in, runs come out."""
