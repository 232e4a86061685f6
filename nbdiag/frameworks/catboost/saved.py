"""What CatBoost writes beside a training, the dict of its ``catboost_training.json``, comes in; the run goes out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nbdiag.events import Record
from nbdiag.facts import facts_from
from nbdiag.frameworks.catboost.text import split_of
from nbdiag.metrics import canonical
from nbdiag.run import Run


def reads(data: Mapping[str, Any]) -> bool:
    """Whether this is such a dict."""
    meta, rounds = data.get("meta"), data.get("iterations")
    return isinstance(meta, Mapping) and "learn_metrics" in meta and isinstance(rounds, list)


def read(data: Mapping[str, Any]) -> list[Run]:
    """Its run. A round holds a list for each set, one value for each metric."""
    meta = data["meta"]
    run = Run(framework="catboost", facts=facts_from({"epochs": meta.get("iteration_count")}, "object"))
    sets = {name: meta.get("test_metrics", ()) for name in meta.get("test_sets", ())}
    for row in data["iterations"]:
        for name, metrics in {"learn": meta["learn_metrics"], **sets}.items():
            for metric, value in zip(metrics, row.get(name, ()), strict=False):
                shown = str(metric["name"])
                run.append(
                    Record(
                        canonical(shown), split_of(name), float(value), row["iteration"] + 1, label=f"{name} {shown}"
                    )
                )
    return [run] if len(run) else []
