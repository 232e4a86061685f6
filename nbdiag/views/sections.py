"""A finding goes in, the named sections of its page go out, in the order to read them."""

from __future__ import annotations

import htpy as h

from nbdiag.finding import Finding, Table
from nbdiag.views.markup import between, clean, link, prose, sentence
from nbdiag.views.numbering import Numbered
from nbdiag.views.numbers import MINUS

Section = tuple[str, h.Node]
"""A hanging label and what stands beside it."""


def reasons(f: Finding, entries: list[Numbered], *, copy: bool = True) -> list[Section]:
    """Why, what it explains, causes, check, what to try; a part that the finding does not carry is left out."""
    parts = [
        ("Why", prose(f.why) if f.why else None),
        ("Explains", _merged(f, entries)),
        ("Causes", _causes(f)),
        ("Check", _check(f, copy)),
        ("Try", h.ul[[h.li[prose(fix)] for fix in f.fixes]] if f.fixes else None),
    ]
    return [(name, node) for name, node in parts if node is not None]


def limits(f: Finding) -> list[Section]:
    """When it would be wrong, where to read on, the rule's name."""
    parts = [
        ("Unless", prose(f.caveat) if f.caveat else None),
        ("Read", [h.div[link(r.title, r.url)] for r in f.references] if f.references else None),
        ("Rule", _rule(f) if f.rule else None),
    ]
    return [(name, node) for name, node in parts if node is not None]


def evidence(f: Finding) -> h.Node:
    """The finding's table, or its bare numbers where it has none."""
    if f.table is not None:
        return _table(f.table)
    if not f.evidence:
        return None
    rows = [h.tr[h.th(scope="row")[clean(name)], h.td[number(value)]] for name, value in f.evidence.items()]
    return h.table(".numbers")[h.tbody[rows]]


def number(value: float | str) -> str:
    """A value of the evidence, with as many digits as tell something."""
    if isinstance(value, str):
        return clean(value)
    whole = float(value).is_integer() and abs(value) < 1e15
    return (f"{value:,.0f}" if whole else f"{value:.4g}").replace("-", MINUS)


def explains(f: Finding, entries: list[Numbered]) -> h.Node:
    """``Explains 2 and 3.``: the numbers of those findings of the run that this one is the cause of."""
    numbers = [str(e.number) for e in entries if e.number is not None and e.finding in f.explains]
    if not numbers:
        return None
    *most, last = numbers
    return h.p(".small")[f"Explains {', '.join(most)} and {last}." if most else f"Explains {last}."]


def merged(f: Finding, entries: list[Numbered]) -> list[Finding]:
    """Findings that this one explains and that have no card of their own."""
    own = [e.finding for e in entries]
    return [other for other in f.explains if other not in own]


def _merged(f: Finding, entries: list[Numbered]) -> h.Node:
    others = merged(f, entries)
    return (
        h.ul[[h.li[h.b[prose(other.title)], ". ", prose(other.message, bold=False)] for other in others]]
        if others
        else None
    )


def _table(table: Table) -> h.Element:
    def line(cells: tuple[str, ...], key: bool) -> h.Node:
        first, *others = cells or ("",)
        last = len(others) - 1
        return h.tr(class_={"key": key})[
            h.th(scope="row")[prose(first)],
            [h.td(class_={"d": k == last and last > 0})[prose(cell)] for k, cell in enumerate(others)],
        ]

    head = [h.th(scope="col")[prose(cell)] if cell else h.td for cell in table.head]
    return h.table[h.thead[h.tr[head]], h.tbody[[line(r, i == table.key_row) for i, r in enumerate(table.rows)]]]


def _causes(f: Finding) -> h.Node:
    if not f.causes and not f.ruled_out:
        return None
    ranked = sorted(f.causes, key=lambda cause: cause.rank)
    items = [h.li[prose(c.text), h.span(".because")[between(c.text), prose(c.why)] if c.why else None] for c in ranked]
    out = h.p(".small")["Ruled out: ", prose(sentence(f.ruled_out))] if f.ruled_out else None
    return [h.ol[items] if items else None, out]


def _check(f: Finding, copy: bool) -> h.Node:
    if f.check is None:
        return None
    button = h.button(".copy", type="button")["Copy"] if f.check.code and copy else None
    code = (
        h.pre(tabindex="0", role="region", aria_label="Code of the check")[h.code[clean(f.check.code)]]
        if f.check.code
        else None
    )
    return [h.div(".copyline")[h.span[prose(f.check.text)], button], code]


def _rule(f: Finding) -> h.Node:
    also = dict.fromkeys(e.rule for e in f.explains if e.rule and e.rule != f.rule)
    return [h.code[clean(f.rule)], [[", " if i else ", also explains ", h.code[name]] for i, name in enumerate(also)]]
