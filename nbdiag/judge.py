"""The runs of a watched block come in again and again, as far as they got; one diagnosis for each goes out."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from nbdiag import diagnosis, project
from nbdiag.config import Options
from nbdiag.diagnosis import Diagnosis
from nbdiag.errors import ConfigError
from nbdiag.facts import facts_from
from nbdiag.faults import Faults, describe
from nbdiag.project import Project
from nbdiag.rules import selection
from nbdiag.run import Run


class Judge:
    """Judges the runs of one block; what is broken in a rule is said, and the others go on.

    Raises ``UnknownRule`` for a name that the caller gives. What is wrong in the project's file is said and left out:
    it is no reason to keep a training from running.
    """

    def __init__(self, options: Options, cell: int | None, faults: Faults, previous: Sequence[Diagnosis] = ()) -> None:
        self._options, self._cell, self._faults = options, cell, faults
        # One before is enough: with theirs, each would hold all that its cell ever gave.
        self._previous = [dataclasses.replace(before, previous=None) for before in previous]
        self._asked = selection.settled(options.select, options.ignore, Project())
        self._judged: list[Diagnosis] = []
        try:
            self._asked = selection.settled(options.select, options.ignore, project.read())
        except ConfigError as error:
            faults.note("reading [tool.nbdiag]", str(error))

    def known(self, runs: Sequence[Run]) -> list[Diagnosis] | None:
        """The last judgements, whose runs have gone on since; None where a run was never judged."""
        return self._judged if [d.run for d in self._judged] == list(runs) else None

    def judge(self, runs: Sequence[Run]) -> list[Diagnosis]:
        """One diagnosis for each run. A run that another has followed changes no more: it is judged once."""
        kept = self._judged[: max(0, min(len(self._judged), len(runs)) - 1)]
        for number, run in enumerate(runs[len(kept) :], len(kept) + 1):
            run.number, run.cell = number, self._cell
            run.name = self._options.name or run.name
            if self._options.facts:
                run.learn(facts_from(self._options.facts))
            before = self._previous[number - 1] if number <= len(self._previous) else None
            kept.append(dataclasses.replace(self._examine(run), previous=before))
        self._judged = kept
        return list(kept)

    def _examine(self, run: Run) -> Diagnosis:
        try:
            asked = self._asked
            found = diagnosis.examine(run, select=asked.select, ignore=asked.ignore, options=asked.options)
        except Exception as error:
            self._faults.note("the diagnosis", describe(error))
            return Diagnosis(run, ())
        for failure in found.failures:
            name, _, why = failure.partition(": ")
            self._faults.note(f"the {name}" if name.startswith("plugin ") else f"the rule {name}", why)
        return found
