"""A finding goes in, its card as HTML goes out: a row that opens to a page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import htpy as h

from nbdiag.finding import Finding
from nbdiag.views import sections, signs
from nbdiag.views.markup import prose
from nbdiag.views.numbering import Numbered, numbered, severity_of, unit_of
from nbdiag.views.numbers import places
from nbdiag.views.pictures import figure

if TYPE_CHECKING:
    from nbdiag.diagnosis import Diagnosis


def cards(diagnosis: Diagnosis) -> dict[str, h.Element]:
    """The cards by id, in the order to show."""
    entries = numbered(diagnosis)
    return {entry.id: card(entry, entries) for entry in entries}


def card(
    entry: Numbered, entries: list[Numbered], *, open: bool = False, anchor: str | None = None, level: int = 3
) -> h.Element:
    """One card. ``entries`` are all of the run, to name those it explains by their number.

    ``level`` is that of its title among the page's headings. ``anchor`` is an id inside the card: a link to it opens the card where no script runs.
    """
    severity = severity_of(entry.finding).value
    return h.details(class_=f"card sev-{severity}", data_f=entry.id, open=open)[
        row(entry, level), body(entry.finding, entries, anchor)
    ]


def row(entry: Numbered, level: int) -> h.Element:
    """The row of a closed card: number, title, place, severity, certainty."""
    f = entry.finding
    where = places(f.start, entry.stop)
    return h.summary(".row")[
        signs.number(entry.number, provisional=f.provisional),
        h.span(".title", role="heading", aria_level=str(level))[
            prose(f.title), h.span(".prov-word")[" · provisional"] if f.provisional else None
        ],
        h.span(".meta.where", data_w=f"{(entry.where or f'{entry.unit}s:').split()[0]} ")[where],
        h.span(".meta.sevw")[severity_of(f).value],
        h.span(".meta.sure", title=signs.SURE[f.certainty])[signs.bars(f.certainty), f.certainty.value],
        signs.chevron(),
    ]


def columns(diagnosis: Diagnosis) -> h.Element | None:
    """The head of the table of cards; None without cards."""
    count = len(diagnosis.findings)
    if not count:
        return None
    changing = ", may change while training runs" if diagnosis.run.status == "running" else None
    return h.div(".row.cols")[
        h.span[h.b[f"{count} finding{'s' if count > 1 else ''}"], changing],
        h.span[f"{unit_of(diagnosis.run)}s"], h.span["severity"], h.span["how sure"], h.span,
    ]  # fmt: skip


def body(f: Finding, entries: list[Numbered], anchor: str | None = None) -> h.Element:
    """An open card's page: the claim and its reasons at the left, picture, numbers and limits at the right."""
    proof = [figure(f.picture) if f.picture else None, sections.evidence(f)]
    return h.div(class_="body", id=anchor)[
        h.div(".left")[h.p(".lead")[prose(f.message)], sections.explains(f, entries)],
        h.div(".ev")[proof] if any(part is not None for part in proof) else None,
        _listed("more", sections.reasons(f, entries)),
        _listed("end", sections.limits(f)),
    ]


def _listed(kind: str, parts: list[sections.Section]) -> h.Node:
    return h.dl(class_=kind)[[[h.dt[name], h.dd[node]] for name, node in parts]] if parts else None
