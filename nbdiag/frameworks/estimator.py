"""Text of TensorFlow's own training programs, Estimators and object detection: lines go in, steps go out."""

from __future__ import annotations

import re

from nbdiag.capture.pairs import NUMBER, without_prefix
from nbdiag.frameworks.base import Framework
from nbdiag.frameworks.steps import Step, StepReader
from nbdiag.metrics import canonical

_TRAINED = re.compile(rf"loss = ({NUMBER}), (?:global_)?step = (\d{{1,9}})(?: \({NUMBER} sec\))?\s*\Z")
_EVALUATED = re.compile(r"Saving dict for global step (\d{1,9}): ")
_MEASURED = re.compile(rf"([A-Za-z][\w/@.\- ]{{0,80}}) = ({NUMBER})(?=,|\s*\Z)")
_NO_MEASURE = re.compile(r"global_step\Z|learning_rate\Z|.*baseline|.*/(?:.*_)?mean\Z|labels?/|prediction/")
_SIGNS = "step = ", "global step ", "per-step"
_COUNTED = re.compile(rf"Step (\d{{1,9}}) per-step time {NUMBER}s\s*\Z")
_ITEM = re.compile(rf"\{{?\s{{0,4}}'(Loss/[\w/]{{1,60}}|learning_rate)': ({NUMBER})[,}}]\s*\Z")


class _Parser:
    """Remembers the step that a dict's lines belong to."""

    def __init__(self) -> None:
        self._step: int | None = None

    def __call__(self, text: str) -> Step | None:
        """``loss = 0.41, step = 101 (0.3 sec)``, ``Saving dict for global step 101: accuracy = 0.9, loss = 0.4``."""
        if not any(sign in text for sign in _SIGNS) and (self._step is None or "'" not in text):
            return None
        rest = without_prefix(text)
        if found := _TRAINED.match(rest):
            return Step(int(found[2]), [("loss", "train", "loss", found[1])])
        if found := _EVALUATED.match(rest):
            measured = [pair for pair in _MEASURED.findall(rest, found.end()) if not _NO_MEASURE.match(pair[0])]
            return Step(int(found[1]), [(name, "eval", canonical(name), token) for name, token in measured])
        if found := _COUNTED.match(rest):
            self._step = int(found[1])
            return Step(self._step, [])
        if self._step is not None and (found := _ITEM.match(rest)):
            return Step(self._step, [(found[1], "train", canonical(found[1]), found[2])])
        return None


ESTIMATOR = Framework("tensorflow", reader=lambda: StepReader("tensorflow", _Parser()))
