"""The script's door: each function takes what a caller has, passes it through the rooms, and gives the result."""

from __future__ import annotations

import copy
import sys
from collections.abc import Collection, Mapping
from typing import Any

from nbdiag import diagnosis, live, project, rules, sources
from nbdiag.config import Options, Session
from nbdiag.diagnosis import Diagnosis
from nbdiag.facts import Facts, facts_from
from nbdiag.finding import Finding
from nbdiag.rules import catalogue, selection
from nbdiag.rules.base import Rule
from nbdiag.rules.pages import Listing, Page
from nbdiag.run import Run
from nbdiag.samples import SampleLosses
from nbdiag.samples import sample_losses as checked_samples
from nbdiag.views import choice


def read_runs(source: Any, /) -> list[Run]:
    """Every run in a history object, a table, a text or a file."""
    return sources.read_runs(source)


def read(source: Any, /) -> Run:
    """The last run in ``source``."""
    return read_runs(source)[-1]


def diagnose(
    source: Any,
    /,
    *,
    facts: Facts | Mapping[str, Any] | None = None,
    sample_losses: SampleLosses | Mapping[str, Any] | Any = None,
    select: Collection[str] | None = None,
    ignore: Collection[str] | None = None,
) -> Diagnosis:
    """Read ``source`` and say what its curves show; of several runs the last, and a note says so."""
    samples = checked_samples(sample_losses)
    runs = read_runs(source)
    run = copy.copy(runs[-1])  # a caller's own run keeps its facts, its samples and its notes
    run.notes = list(run.notes)
    if len(runs) > 1:
        run.notes.append(f"{len(runs)} runs were found; this is the last. read_runs(…) gives them all.")
    if facts is not None:
        run.learn(facts if isinstance(facts, Facts) else facts_from(facts))
    if samples is not None:
        run.samples = samples
    asked = selection.settled(select, ignore or (), project.read())
    return diagnosis.examine(run, select=asked.select, ignore=asked.ignore, options=asked.options)


def watch(name: str | None = None, /, **options: Any) -> live.Watch:
    """Follow what comes until ``finish()`` or the end of the ``with`` block; inside ``%%diagnose`` feed its run."""
    cell = live.active()
    if cell is not None and cell.cell is not None:
        return live.Part(cell, name or "")
    begun = live.Watch(Options(name=name or "", **options)).start()
    shell = _shell()
    if shell is not None:
        _end_with_cell(shell, begun)
    return begun


def _end_with_cell(shell: Any, begun: live.Watch) -> None:
    def ended(result: Any) -> None:
        shell.events.unregister("post_run_cell", ended)
        begun.finish(result.error_in_exec)

    shell.events.register("post_run_cell", ended)


def configure(*, every_cell: bool, **options: Any) -> None:
    """``every_cell=True``: each cell that trains is diagnosed as under ``%%diagnose``, unedited; False takes it back.

    ``options`` are those of ``watch``. Loads the extension where it is not loaded. A cell that has its own
    ``%%diagnose`` keeps it; one without training shows nothing.
    """
    Session.every_cell = Options(quiet=True, **options) if every_cell else None
    shell = _shell()
    if shell is None or not every_cell:
        return
    shell.extension_manager.load_extension("nbdiag")
    # Here, once: else the first cell would wait for it.
    choice.choose(Session.every_cell.view if Session.every_cell else "none")
    live.prepare()


def _shell() -> Any:
    return getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()


def explain(rule: str | Finding | Rule | None = None, /) -> Page | Listing:
    """What a rule finds, why it matters, how it decides and what to try; takes its name or a finding. Without: all rules."""
    if rule is None:
        return catalogue.listing(rules.known().values())
    if isinstance(rule, Rule):
        return catalogue.page(rule)
    return catalogue.page(catalogue.named(rule.rule if isinstance(rule, Finding) else rule))


def last() -> Diagnosis | None:
    """The diagnosis of the last run watched in this process."""
    return live.recent[-1] if live.recent else None


def recent() -> list[Diagnosis]:
    """The diagnoses of the runs watched in this process, oldest first."""
    return list(live.recent)


def pasted(text: str, options: Options, cell: int | None = None) -> list[Diagnosis]:
    """Read a pasted log, show its diagnoses and give them: the body of ``%%diagnose --text``."""
    return live.Watch(options, cell=cell).replay(sources.read_runs(text, options.pattern))
