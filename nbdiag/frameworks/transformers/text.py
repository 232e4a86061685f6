"""The dicts that Hugging Face's ``Trainer`` prints, its states and ``trainer_state.json`` go in, events and runs go out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from nbdiag.capture.lines import Line
from nbdiag.capture.pairs import NUMBER, number
from nbdiag.events import Begin, Event, Learned, Reached, Record
from nbdiag.facts import facts_from
from nbdiag.metrics import canonical
from nbdiag.run import Run

_DICT = re.compile(
    r"\{'(?:loss|eval_[\w./\-]{1,80}|train_runtime|train_loss)': [^{}]{1,4000}'epoch': '?[\d.]{1,20}'?(?:, 'step': \d{1,9})?\}"
)
_ITEM = re.compile(rf"'([\w./\-]{{1,80}})': '?({NUMBER})'?(?=[,}}])")
_ASIDE = re.compile(
    r".*(?:runtime|_per_second|_flos|num_input_tokens_seen|num_tokens)\Z|model_preparation_time\Z|total_flos\Z|step\Z|epoch\Z"
)


class TrainerReader:
    """Reads ``{'loss': 0.68, 'grad_norm': 3.2, 'learning_rate': 4.5e-05, 'epoch': 0.5}`` and the ``eval_`` dicts."""

    def __init__(self) -> None:
        self._last: float | None = None

    def read(self, line: Line) -> Iterable[Event] | None:
        """Events of this line; ``None`` where it is none of the Trainer's."""
        if "'epoch': " not in line.text or not (found := _DICT.search(line.text)):
            return None
        items = dict(_ITEM.findall(found[0]))
        if "train_runtime" in items:
            self._last = None  # the summary at the end: its loss is the mean over the whole run
            return ()
        if "epoch" not in items or not ("learning_rate" in items or any(name.startswith("eval_") for name in items)):
            return None
        return list(self._events(items, line.time))

    def leaves(self, text: str) -> bool:
        """Whether lines such as this one are none of the Trainer's."""
        return "'epoch': " not in text or not _DICT.search(text)

    def close(self) -> Iterable[Event]:
        """Nothing is held back."""
        return ()

    def _events(self, items: dict[str, str], time: float | None) -> Iterator[Event]:
        epoch = float(items["epoch"])
        if self._last is None or epoch < self._last:
            yield Begin("transformers")
            yield Learned(facts_from({"framework": "transformers", "loss_is": "unknown"}, "log"))
        self._last = epoch
        for label, token in items.items():
            value, rounding = number(token)
            if (place := named(label)) is not None:
                yield Record(*place, value, epoch, None, label, "", rounding, time)
        yield Reached(epoch)


def named(label: str) -> tuple[str, str] | None:
    """Metric and split of a logged name; evaluation during training is on the validation data."""
    if _ASIDE.match(label):
        return None
    if label.startswith("eval_"):
        return canonical(label[5:]), "val"
    return canonical(label), "train"


def reads(source: Any) -> bool:
    """A ``Trainer`` that has trained, its ``TrainerState``, or the dict of a ``trainer_state.json``."""
    return bool(_history(source))


def _history(source: Any) -> list[Any] | None:
    if isinstance(source, Mapping):
        found = source.get("log_history")
    else:
        found = getattr(getattr(source, "state", source), "log_history", None)
    return found if isinstance(found, list) and all(isinstance(row, Mapping) for row in found) else None


def read(source: Any) -> list[Run]:
    """The run of a state: its places are the fractional epochs."""
    state = source if isinstance(source, Mapping) else vars(getattr(source, "state", source))
    known = {"framework": "transformers", "loss_is": "unknown", "batch_size": state.get("train_batch_size")}
    if isinstance(planned := state.get("num_train_epochs"), (int, float)):
        known["epochs"] = int(planned)
    run = Run(framework="transformers", facts=facts_from(known, "object"))
    for row in _history(source) or ():
        if "epoch" not in row or "train_runtime" in row:
            continue
        for label, value in row.items():
            place = named(str(label))
            if place is not None and (found := _number(value)) is not None:
                run.append(Record(*place, found, float(row["epoch"]), label=str(label)))
    return [run] if len(run) else []


def _number(value: Any) -> float | None:
    """A logged value; a state may keep it as the text that was printed."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        return float(value)
    except ValueError:
        return None
