"""Real small trainings, healthy or with one fault put in on purpose; what nbdiag says of them is scored."""
