"""Text of loops that people write themselves: lines, bars and tables go in, the values of a counter that advances go out."""
