"""Darknet's text, as a notebook's ``!./darknet detector train`` shows it: lines go in, steps go out."""

from __future__ import annotations

import re

from nbdiag.capture.pairs import NUMBER, without_prefix
from nbdiag.frameworks.base import Framework
from nbdiag.frameworks.steps import Step, StepReader

_STEP = re.compile(
    rf"\s{{0,8}}(\d{{1,9}}): {NUMBER}, ({NUMBER}) avg(?: loss)?, {NUMBER} rate, {NUMBER} seconds, \d{{1,12}} images"
)


def parse(text: str) -> Step | None:
    """`` 957: 0.660, 0.689 avg loss, 0.000839 rate, 3.31 seconds, 61248 images``: of the batch, and the running mean."""
    found = _STEP.match(without_prefix(text)) if " images" in text else None
    return Step(int(found[1]), [("avg loss", "train", "loss", found[2])]) if found else None


DARKNET = Framework("darknet", reader=lambda: StepReader("darknet", parse))
