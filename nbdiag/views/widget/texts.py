"""A diagnosis and its numbered findings go in, the HTML around the chart goes out."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from nbdiag.views import cards, header
from nbdiag.views.numbering import Numbered

if TYPE_CHECKING:
    from nbdiag.diagnosis import Diagnosis


@dataclasses.dataclass(frozen=True)
class Texts:
    """HTML of each part; ``cards`` by finding id, in the order to show."""

    head: str
    status: str
    summary: str
    columns: str
    cards: dict[str, str]
    foot: str


def texts(diagnosis: Diagnosis, entries: list[Numbered]) -> Texts:
    """The words of a diagnosis."""
    return Texts(
        head=str(header.head(diagnosis)),
        status=status(diagnosis),
        summary=str(header.summary(diagnosis) or ""),
        columns=str(cards.columns(diagnosis) or ""),
        cards={entry.id: str(cards.card(entry, entries)) for entry in entries},
        foot=str(header.foot(diagnosis) or ""),
    )


def status(diagnosis: Diagnosis) -> str:
    """How far the run has got."""
    return str(header.status_line(diagnosis.run))
