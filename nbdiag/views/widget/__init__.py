"""A chart and its findings go in, live bqplot figures and cards come out."""
