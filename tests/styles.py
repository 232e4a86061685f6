"""Styles of printed training logs: ``data/styles.txt`` goes in, texts with the numbers they must give go out.

A style begins with ``=== name``. Lines: ``H`` before the first epoch, ``E`` once an epoch, ``S`` for each step of an epoch,
``I`` for each iteration of a training without epochs, ``F`` at the end; ``R n``: all of it ``n`` times, a run each. ``? paste``: as a
forum shows it; ``? extra``: other values of the line may be read too; ``? silent``: need not be read, but never wrongly;
``? block``: the lines of an iteration have the step that one of them shows.
In a line ``<tl:.4f>`` is the training loss and must be found, ``<~tl:.4f>`` need not be; ``<ta%:.1f>`` is printed times 100; ``<e>``
is the epoch from 1, ``<@s*10>`` what the line shows as its step, ``<#e*10>`` as its epoch where that is not ``e``, ``<n:.2f>`` and
``<k>`` are any number.
"""

import dataclasses
import math
import random
import re
from pathlib import Path

from nbdiag.metrics import canonical
from nbdiag.run import Run

DATA = Path(__file__).parent / "data"
_SHORT = {
    "tl": "train.loss", "vl": "val.loss", "xl": "test.loss", "lr": "train.learning_rate",
    "ta": "train.accuracy", "va": "val.accuracy", "xa": "test.accuracy",
}  # fmt: skip
_FIELD = re.compile(r"<(~?)([@#]?)([^<>]*?)(%?)(?::([^<>]*?(?:[<>]\d+[^<>]*)?))?>")
_FALLS = re.compile(r"loss|perplex|mse|mae|xent|elbo|[wc]er")


@dataclasses.dataclass(frozen=True)
class Value:
    """A number as printed, with its place."""

    run: int
    split: str
    metric: str
    value: float
    percent: bool
    epoch: int | None
    step: int | None


@dataclasses.dataclass
class Style:
    """A style's lines, each with its kind, and what is asked of it."""

    name: str
    lines: list[tuple[str, str]] = dataclasses.field(default_factory=list)
    asked: set[str] = dataclasses.field(default_factory=set)


def styles() -> dict[str, Style]:
    found: dict[str, Style] = {}
    for line in (DATA / "styles.txt").read_text(encoding="utf-8").split("\n"):
        if line.startswith("=== "):
            style = found[line[4:]] = Style(line[4:])
        elif line.startswith("? "):
            style.asked.add(line[2:])
        elif re.match(r"[ESHFIR](?: |\Z)", line):
            text = line[2:].replace("\\t", "\t").replace("\\r", "\r").replace("\\x1b", "\x1b").replace("\\\\", "\\")
            style.lines.append((line[0], text))
    return found


def negatives() -> dict[str, str]:
    """Texts that show no training, by name."""
    parts = re.split(r"^=== (.*)\n", (DATA / "negatives.txt").read_text(encoding="utf-8"), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def render(
    style: Style, epochs: int = 5, steps: int = 3, iterations: int = 8, seed: int = 0
) -> tuple[str, list[Value]]:
    """A text in this style and the values it must give."""
    writer = _Writer(random.Random(f"{style.name}{seed}"))
    runs = next((int(text) for kind, text in style.lines if kind == "R"), 1)
    blocks: list[tuple[str, list[str]]] = []
    for kind, text in style.lines:
        if kind in "ESI":
            if not blocks or blocks[-1][0] != kind:
                blocks.append((kind, []))
            blocks[-1][1].append(text)
    for run in range(1, runs + 1):
        for kind, text in style.lines:
            if kind == "H":
                writer.write(text, {"r": run}, 0.0)
        if any(kind == "I" for kind, _ in blocks):
            for i in range(1, iterations + 1):
                before = len(writer.truth)
                shown = [writer.write(text, {"i": i, "r": run}, i / iterations) for text in blocks[0][1]]
                if "block" in style.asked:
                    step = next(step for step in shown if step is not None)
                    writer.truth[before:] = [dataclasses.replace(v, step=step) for v in writer.truth[before:]]
        else:
            for e in range(1, epochs + 1):
                for kind, texts in blocks:
                    for s in range(1, (steps if kind == "S" else 1) + 1):
                        place = {"e": e, "e0": e - 1, "E": epochs, "r": run, "s": s}
                        for text in texts:
                            writer.write(text, place, (e - 1 + (s / steps if kind == "S" else 1)) / epochs)
    for kind, text in style.lines:
        if kind == "F":
            writer.write(text, {}, 1.0)
    return "".join(f"{line}\n" for line in writer.lines), writer.truth


class _Writer:
    def __init__(self, chance: random.Random) -> None:
        self.chance, self.lines, self.truth = chance, [], []

    def write(self, template: str, place: dict[str, int], progress: float) -> int | None:
        """The step that the line shows."""
        shown: list[tuple[str, float, bool]] = []
        step, epoch = None, place.get("e")

        def printed(field: re.Match[str]) -> str:
            hidden, at, name, percent, form = field.groups()
            key = _SHORT.get(name, name if "." in name and name[0].isalpha() else "")
            if not key:
                return number(at, name, form, field[0])
            value = self._value(key, progress) * (100 if percent else 1)
            comma = form.endswith("f,")
            text = format(value, form.removesuffix(",") if comma else form)
            if not hidden:
                sign = -1 if template[: field.start()].endswith(" -") else 1
                shown.append((key, sign * float(text.strip().rstrip("%")), bool(percent) or text.endswith("%")))
            return text.replace(".", ",") if comma else text

        def number(at: str, name: str, form: str | None, whole: str) -> str:
            nonlocal step, epoch
            names = {**place, "n": self.chance.uniform(1, 40), "k": self.chance.randrange(10, 60)}
            if not set(re.findall(r"[A-Za-z]\w*", name)) <= set(names):
                return whole  # markup, as in an HTML break
            value = eval(name, {}, names)
            step = int(value) if at == "@" else step
            epoch = value if at == "#" else epoch
            return format(int(value) if form and form[-1] == "d" else value, form or "")

        self.lines.append(_FIELD.sub(printed, template))
        for key, value, percent in shown:
            split, _, metric = key.partition(".")
            self.truth.append(Value(place.get("r", 1), split, metric, value, percent, epoch, step))
        return step

    def _value(self, key: str, progress: float) -> float:
        if key.endswith("learning_rate"):
            return 10 ** (-3 - progress)
        if _FALLS.search(key):
            return 2.5 * math.exp(-1.5 * progress) * self.chance.uniform(0.9, 1.1) + 0.1 * ("val" in key)
        return min(0.99, (0.3 + 0.6 * progress) * self.chance.uniform(0.95, 1.0))


def differences(style: Style, runs: list[Run], truth: list[Value]) -> list[str]:
    """What the runs lack, have wrong, or have beside the truth."""
    found: dict[tuple, dict[tuple, float]] = {}
    for run in runs:
        for curve in (*run.curves("epoch"), *run.curves("step")):
            places = zip(curve.epochs, curve.steps, curve.values, strict=True)
            found.setdefault((run.number, _side(curve.split), curve.metric), {}).update(
                {(None if math.isnan(e) else e, None if math.isnan(s) else int(s)): float(v) for e, s, v in places}
            )
    wrong, right = [], set()
    for row in truth:
        key, place = (row.run, _side(row.split), canonical(row.metric)), (row.epoch, row.step)
        value = found.get(key, {}).get(place)
        if value is None:
            wrong += [] if "silent" in style.asked else [f"missing: {row}"]
        elif math.isclose(value * (100 if row.percent else 1), row.value, rel_tol=1e-9):
            right.add((key, place))
        elif not any(other != row and (other.run, _side(other.split), other.metric) == (row.run, key[1], row.metric)
                     and (other.epoch, other.step) == place for other in truth):  # fmt: skip
            wrong.append(f"wrong: {row}, read {value}")
    if "extra" not in style.asked:
        shown = {(key, place) for key, values in found.items() for place in values if key[2] != "learning_rate"}
        asked = {((r.run, _side(r.split), canonical(r.metric)), (r.epoch, r.step)) for r in truth}
        wrong += [f"not in the text: {extra}" for extra in sorted(shown - asked, key=str)]
    return wrong


def _side(split: str) -> str:
    return "train" if split == "train" else "val"
