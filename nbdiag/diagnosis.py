"""A run goes in; its findings, merged under their causes and ranked, with one headline, go out."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nbdiag.finding import Finding
from nbdiag.run import Run

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping


@dataclasses.dataclass(frozen=True, eq=False)
class Diagnosis:
    """A run with its findings, most important first.

    ``headline`` is the one fact to know, ``summary`` the sentence with the numbers that prove it. ``not_found`` names
    what was looked for and is not there, ``too_early`` what cannot be judged yet. ``failures`` are rules that broke.
    """

    run: Run
    findings: tuple[Finding, ...]
    headline: str = ""
    summary: str = ""
    not_found: tuple[str, ...] = ()
    too_early: tuple[str, ...] = ()
    failures: tuple[str, ...] = ()

    def to_html(self, path: str | Path | None = None) -> str:
        """One self-contained HTML page; written to ``path`` too when given."""
        from nbdiag.views import html

        return _written(html.page(self), path)

    def to_markdown(self) -> str:
        """Headline and findings as Markdown, without the chart."""
        from nbdiag.views import markdown

        return markdown.text(self)

    def to_json(self) -> str:
        """Run, facts and findings as JSON."""
        from nbdiag.views import json

        return json.text(self)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        from nbdiag.views import bundle

        return bundle.static(self)


def examine(
    run: Run,
    *,
    select: Collection[str] | None = None,
    ignore: Collection[str] = (),
    options: Mapping[str, Mapping[str, Any]] | None = None,
) -> Diagnosis:
    """Run the rules over ``run``; a rule that raises is named in ``failures`` and skipped."""
    raise NotImplementedError


def _written(text: str, path: str | Path | None) -> str:
    if path is not None:
        Path(path).write_text(text, encoding="utf-8")
    return text
