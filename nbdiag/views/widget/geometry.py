"""Sizes of the drawing in pixels; panels' heights and labels' places come with the Chart."""

from __future__ import annotations

LEFT, RIGHT = 44, 152  # room for tick labels, and for names with values at the ends of lines, in a wide font
LANE = 22  # height of one lane of the rail: a pin of radius 8 with air
RESERVED_LANES = 2  # kept free from the start, so that the first findings move nothing
TITLE = 36  # above a panel's data: air, and its name; below it nothing, so that the x axis touches the last one
AXIS = 34  # the x axis with its numbers
