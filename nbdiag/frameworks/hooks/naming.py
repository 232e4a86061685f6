"""The code under way comes in, what it calls the training that begins goes out: ``fold=2, lr=0.1``, ``trial 3``.

Of trainings in a loop, the loop's variables tell them apart; of a search or a cross-validation, its own numbers.
"""

from __future__ import annotations

import ast
import functools
import inspect
import linecache
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from types import FrameType
from typing import Any

from nbdiag.frameworks.hooks.folds import fold_of

_LONGEST = 24
"""Characters of a value that is shown: longer ones tell nobody anything in a list of runs."""
_OURS = 3
"""References to a frame's dict of which nobody else knows: the frame's, a variable's, the argument's that counts them."""
_COUNTERS = re.compile(r"_|e|ep|epochs?|steps?|it|iters?|iterations?|rounds?", re.IGNORECASE)
"""Variables of a loop that is one training itself, in parts."""


def run_name() -> str:
    """What the training that begins now is called, from the outermost loop inwards; empty where nothing tells."""
    parts: list[str] = []
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        found = _searched(frame)
        if not found and frame.f_globals.get("__name__") == "__main__":
            found = ", ".join(_loops(frame))
        if found:
            parts.insert(0, found)
        frame = frame.f_back
    return ", ".join(dict.fromkeys(parts))


def _searched(frame: FrameType) -> str:
    """What a library that trains several times says of this training."""
    known = _SEARCHES.get((str(frame.f_globals.get("__name__")).partition(".")[0], frame.f_code.co_name))
    return known(frame.f_locals) if known is not None else ""


def _tuner(known: Mapping[str, Any]) -> str:
    trial = known["trial"]
    chosen = {
        name: value for name, value in trial.hyperparameters.values.items() if "/" not in name
    }  # its own have one
    return ", ".join((f"trial {trial.trial_id}", *_shown(chosen)))


def _study(known: Mapping[str, Any]) -> str:
    return f"trial {known['trial'].number}"


_SEARCHES: dict[tuple[str, str], Callable[[Mapping[str, Any]], str]] = {
    ("sklearn", "_fit_and_score"): fold_of,
    ("keras_tuner", "run_trial"): _tuner,
    ("optuna", "_run_trial"): _study,
}


def _loops(frame: FrameType) -> Iterator[str]:
    """The variables of the loops around the line that is under way."""
    code = frame.f_code
    for start, end, names in _targets(code.co_filename, tuple(linecache.getlines(code.co_filename, frame.f_globals))):
        if code.co_firstlineno <= start <= frame.f_lineno <= end:
            yield from _shown(_values(frame, [name for name in names if not _COUNTERS.fullmatch(name)]))


def _values(frame: FrameType, names: list[str]) -> dict[str, Any]:
    """The frame's own variables of these names; nothing else of it is kept alive.

    Until Python 3.12 a function's frame keeps the dict it gives here, and with it a model that the reader deletes. It
    is the dict of ``locals()`` too: where the reader holds that, it is left as it is.
    """
    known = frame.f_locals
    found = {name: known.get(name) for name in names}
    is_copy = sys.version_info < (3, 13) and frame.f_code.co_flags & inspect.CO_OPTIMIZED
    if is_copy and sys.getrefcount(known) <= _OURS:
        known.clear()
    return found


def _shown(values: Mapping[str, Any]) -> Iterator[str]:
    for name, value in values.items():
        if isinstance(value, (bool, int, float, str)) and len(shown := _short(value)) <= _LONGEST:
            yield f"{name}={shown}"


def _short(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value).strip()


@functools.lru_cache(maxsize=16)
def _targets(filename: str, lines: tuple[str, ...]) -> list[tuple[int, int, list[str]]]:
    """First line, last line and variables of each loop of a source, outer loops first."""
    try:
        tree = ast.parse("".join(lines))
    except SyntaxError:  # a notebook's magics are in it
        return []
    found = []
    for node in ast.walk(tree):
        if isinstance(node, (ast.For, ast.AsyncFor)):
            targets = [node.target]
        elif isinstance(node, (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)):
            targets = [generator.target for generator in node.generators]
        else:
            continue
        names = [name.id for target in targets for name in ast.walk(target) if isinstance(name, ast.Name)]
        found.append((node.lineno, node.end_lineno or node.lineno, names))
    return found
