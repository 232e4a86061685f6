"""A finding goes in, its card as HTML goes out: a row that opens to a page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import htpy as h

from nbdiag.finding import Check, Finding, Table
from nbdiag.views import signs
from nbdiag.views.markup import link, prose
from nbdiag.views.numbering import Numbered, numbered, severity_of
from nbdiag.views.numbers import MINUS, places
from nbdiag.views.pictures import figure

if TYPE_CHECKING:
    from nbdiag.diagnosis import Diagnosis


def cards(diagnosis: Diagnosis) -> dict[str, h.Element]:
    """The cards by id, in the order to show."""
    entries = numbered(diagnosis)
    return {entry.id: card(entry, entries) for entry in entries}


def card(entry: Numbered, entries: list[Numbered], *, open: bool = False) -> h.Element:
    """One card. ``entries`` are all of the run, to name those it explains by their number."""
    severity = severity_of(entry.finding).value
    return h.details(f".card.sev-{severity}", id=f"card-{entry.id}", data_f=entry.id, open=open)[
        row(entry), body(entry.finding, entries)
    ]


def row(entry: Numbered) -> h.Element:
    """The row of a closed card: number, title, epochs, severity, certainty."""
    f = entry.finding
    where = places(f.start, f.stop)
    return h.summary(".row")[
        signs.number(entry.number, provisional=f.provisional),
        h.span(".title")[prose(f.title), h.span(".prov-word")[" · provisional"] if f.provisional else None],
        h.span(".meta.where", data_w="epochs " if f.start is None or "–" in where else "epoch ")[where],
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
        h.span["epochs"], h.span["severity"], h.span["how sure"], h.span,
    ]  # fmt: skip


def body(f: Finding, entries: list[Numbered]) -> h.Element:
    """An open card's page; a part that the finding does not carry is left out."""
    return h.div(".body")[
        h.div(".left")[h.p(".lead")[prose(f.message)], _explains(f, entries)],
        _evidence(f),
        h.dl(".more")[_why(f), _causes(f), _check(f.check), _fixes(f)],
        h.dl(".end")[_caveat(f), _references(f), _rule(f)],
    ]


def _evidence(f: Finding) -> h.Node:
    if f.picture is None and f.table is None and not f.evidence:
        return None
    table = _table(f.table) if f.table else _numbers(f) if f.evidence else None
    return h.div(".ev")[figure(f.picture) if f.picture else None, table]


def _table(table: Table) -> h.Element:
    def cells(i: int, cells: tuple[str, ...]) -> h.Node:
        first, *others = cells or ("",)
        last = len(others) - 1
        return h.tr(class_={"key": i == table.key_row})[
            h.th(scope="row")[prose(first)],
            [h.td(class_={"d": k == last and last > 0})[prose(cell)] for k, cell in enumerate(others)],
        ]

    head = [h.th(scope="col")[prose(cell)] if cell else h.td for cell in table.head]
    return h.table[h.thead[h.tr[head]], h.tbody[[cells(i, r) for i, r in enumerate(table.rows)]]]


def _numbers(f: Finding) -> h.Element:
    rows = [
        h.tr[h.th(scope="row")[name], h.td[value if isinstance(value, str) else _value(value)]]
        for name, value in f.evidence.items()
    ]
    return h.table(".numbers")[h.tbody[rows]]


def _value(value: float) -> str:
    return f"{value:,.0f}" if float(value).is_integer() and abs(value) < 1e15 else f"{value:.4g}".replace("-", MINUS)


def _explains(f: Finding, entries: list[Numbered]) -> h.Node:
    numbers = [e.number for e in entries if e.number is not None and e.finding in f.explains]
    if not numbers:
        return None
    *most, last = [str(n) for n in numbers]
    return h.p(".small")[f"Explains {', '.join(most)} and {last}." if most else f"Explains {last}."]


def _part(name: str, *content: h.Node) -> h.Node:
    return [h.dt[name], h.dd[content]]


def _why(f: Finding) -> h.Node:
    return _part("Why", prose(f.why)) if f.why else None


def _causes(f: Finding) -> h.Node:
    if not f.causes and not f.ruled_out:
        return None
    ranked = sorted(f.causes, key=lambda cause: cause.rank)
    items = [h.li[prose(c.text), h.span(".because")[" ", prose(c.why)] if c.why else None] for c in ranked]
    out = h.p(".small")["Ruled out: ", prose(" ".join(f.ruled_out))] if f.ruled_out else None
    return _part("Causes", h.ol[items] if items else None, out)


def _check(check: Check | None) -> h.Node:
    if check is None:
        return None
    copy = h.button(".copy", type="button")["Copy"] if check.code else None
    code = h.pre(tabindex="0")[h.code[check.code]] if check.code else None
    return _part("Check", h.div(".copyline")[h.span[prose(check.text)], copy], code)


def _fixes(f: Finding) -> h.Node:
    return _part("Try", h.ul[[h.li[prose(fix)] for fix in f.fixes]]) if f.fixes else None


def _caveat(f: Finding) -> h.Node:
    return _part("Unless", prose(f.caveat)) if f.caveat else None


def _references(f: Finding) -> h.Node:
    return _part("Read", [h.div[link(r.title, r.url)] for r in f.references]) if f.references else None


def _rule(f: Finding) -> h.Node:
    also = dict.fromkeys(e.rule for e in f.explains if e.rule and e.rule != f.rule)
    if not f.rule:
        return None
    others = [[", " if i else ", also explains ", h.code[name]] for i, name in enumerate(also)]
    return _part("Rule", h.code[f.rule], others)
