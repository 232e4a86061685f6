"""Lines that scikit-learn's estimators print with ``verbose`` go in, events go out."""

from __future__ import annotations

import re
from collections.abc import Iterable

from nbdiag.capture.lines import Line
from nbdiag.capture.pairs import NUMBER, number
from nbdiag.events import Event, Record
from nbdiag.frameworks.rounds import INDENT, Round, RoundForm, RoundReader

_MLP = re.compile(rf"{INDENT}Iteration (\d{{1,7}}), loss = ({NUMBER})\s*\Z")
_MLP_SCORE = re.compile(rf"{INDENT}Validation score: ({NUMBER})\s*\Z")
_SGD = re.compile(rf"{INDENT}-- Epoch (\d{{1,7}})\s*\Z")
_SGD_LOSS = re.compile(
    rf"{INDENT}Norm: {NUMBER}, NNZs: \d{{1,9}}, Bias: {NUMBER}, T: \d{{1,12}}, Avg\. loss: ({NUMBER})(?:, Objective: {NUMBER})?\s*\Z"
)
_BOOSTING = re.compile(r"\s*Iter\s+Train Loss\s+(OOB Improve\s+)?(?:OOB Loss\s+)?Remaining Time\s*\Z")
_BOOSTING_ROW = re.compile(
    rf"\s{{1,24}}(\d{{1,7}})\s{{1,20}}({NUMBER})\s{{1,20}}(?:({NUMBER})\s{{1,20}}){{0,2}}{NUMBER}[smh]\s*\Z"
)
_HISTOGRAM = re.compile(rf"{INDENT}\[(\d{{1,6}})/(\d{{1,6}})\] \d{{1,6}} trees?, .{{0,200}}?in {NUMBER}s\s*\Z")
_HISTOGRAM_VALUE = re.compile(rf"(train|val) (loss|score): ({NUMBER})")
_SOLVER = re.compile(
    rf"{INDENT}(?:Epoch \d{{1,7}} reached after |iteration: \d{{1,7}} of max_iter: |\[t-SNE\] |Iteration \d{{1,7}}(?:, inertia |\t time lapse ))"
)  # NMF, LDA, t-SNE, k-means and Gaussian mixtures: they fit something, but nothing that is trained by epochs
_FORM = RoundForm("Iteration ", ", loss = ", "")
_MAYBE = re.compile(
    rf"{INDENT}(?:Iteration \d|Validation score|-- Epoch|Norm: |\[[\dt]|Epoch \d|iteration: )|\s{{1,24}}(?:\d|Iter)"
)


class SklearnReader:
    """Reads the verbose text of ``MLP*``, ``SGD*``, ``GradientBoosting*`` and ``HistGradientBoosting*``."""

    group = 1

    def __init__(self) -> None:
        self._reader = RoundReader("sklearn", self._parse, _FORM)
        self._round: int | None = None
        self._table = False

    def read(self, line: Line) -> Iterable[Event] | None:
        """Events of this line; ``None`` where it is none of scikit-learn's."""
        text = line.text
        if not line.final or not _MAYBE.match(text):
            return None
        if _SOLVER.match(text):
            return ()
        if _BOOSTING.match(text):
            self._table = True
            return ()
        if (score := _MLP_SCORE.match(text)) and self._round:
            return [self._record("score", "val", score[1], line.time)]
        if begun := _SGD.match(text):
            self._round = int(begun[1])
            return ()
        return self._reader.read(line)

    def leaves(self, text: str) -> bool:
        """Whether lines such as this one are none of scikit-learn's."""
        if not _MAYBE.match(text):
            return True
        alone = _BOOSTING.match(text) or _MLP_SCORE.match(text) or _SGD.match(text)
        return not alone and self._reader.leaves(text)

    def ahead(self, text: str, start: int, stop: int) -> int:
        """Until where an ``MLP*``'s iterations follow that are as the one before but for their numbers."""
        return self._reader.ahead(text, start, stop)

    def at_once(self, text: str, start: int, end: int) -> Iterable[Event] | None:
        """Events of these iterations; ``None`` where one is no later than the one before it."""
        return self._reader.at_once(text, start, end)

    def close(self) -> Iterable[Event]:
        """Nothing is held back."""
        return ()

    def _record(self, metric: str, split: str, token: str, time: float | None) -> Record:
        value, rounding = number(token)
        return Record(metric, split, value, self._round, None, f"validation {metric}", "", rounding, time)

    def _parse(self, text: str) -> Round | None:
        if found := _MLP.match(text):
            self._round = int(found[1])
            return Round(self._round, [("loss", "train", "loss", found[2])])
        if self._round is not None and (found := _SGD_LOSS.match(text)):
            return Round(self._round, [("Avg. loss", "train", "loss", found[1])])
        if self._table and (found := _BOOSTING_ROW.match(text)):
            return Round(int(found[1]), [("Train Loss", "train", "loss", found[2])])
        if found := _HISTOGRAM.match(text):
            values = [
                (f"{split} {metric}", split, metric, token)
                for split, metric, token in _HISTOGRAM_VALUE.findall(found[0])
            ]
            return Round(int(found[1]), values, int(found[2])) if values else None
        return None
