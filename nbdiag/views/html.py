"""A diagnosis goes in, one self-contained HTML page goes out: it loads nothing, and works without its script."""

from __future__ import annotations

import functools
from importlib import resources
from typing import TYPE_CHECKING

import htpy as h
from markupsafe import Markup

from nbdiag.finding import Severity
from nbdiag.views import cards, header, svg, values
from nbdiag.views.chart import draw
from nbdiag.views.markup import written
from nbdiag.views.numbering import numbered, severity_of
from nbdiag.views.shapes import Chart
from nbdiag.views.svgfile import sheet

if TYPE_CHECKING:
    from nbdiag.diagnosis import Diagnosis

_POINTS = 6000
"""Points of all lines together: with 11 bytes each the page stays far below 200 kB."""
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:"
_AROUND = """
html { color-scheme: light dark } body { margin: 0; background: #fff } @media (prefers-color-scheme: dark) { body { background: #111 } }
.nbdiag-page { max-width: 1072px; margin: 0 auto; padding: 24px } .nbdiag-page .inner { container-type: inline-size }
.nbdiag-page h2.part { font-size: 14px; line-height: 20px } .nbdiag-page .run-name { font-size: 12px; line-height: 16px; color: var(--nbdiag-ink2) }
.nbdiag-page .narrow { display: none }
@container (max-width: 719px) { .nbdiag-page .wide { display: none } .nbdiag-page .narrow { display: block } }
.nbdiag-page .values { margin-top: 16px } .nbdiag-page .values > summary { font-size: 12px; line-height: 24px; color: var(--nbdiag-ink2); cursor: pointer }
.nbdiag-page .scroll { overflow: auto; max-height: 320px } .nbdiag-page .values caption { text-align: left; font-size: 12px; color: var(--nbdiag-ink2) }
.nbdiag-page .body { scroll-margin-top: 56px }
@media print { .nbdiag-page .copy, .nbdiag-page .chev, .nbdiag-page .values { display: none } .nbdiag-page .card { break-inside: avoid } }
"""


def page(diagnosis: Diagnosis) -> str:
    """The report. Equal bytes for equal diagnoses."""
    title = header.title(diagnosis)
    document = h.html(lang="en")[
        h.head[
            h.meta(charset="utf-8"),
            h.meta(name="viewport", content="width=device-width, initial-scale=1"),
            h.meta(http_equiv="Content-Security-Policy", content=_POLICY),
            h.title[title],
            h.style[Markup(sheet() + _AROUND)],
        ],
        h.body[_main(diagnosis), h.script[Markup(_script())]],
    ]
    return written(document) + "\n"


def _main(diagnosis: Diagnosis) -> h.Element:
    lines = sum(len(c) > 0 for c in diagnosis.run.curves())
    chart = draw(diagnosis, points=max(100, min(400, _POINTS // max(lines, 1))))
    return h.main(".nbdiag.nbdiag-page")[
        h.div(".inner")[
            h.header(".head")[
                header.head(diagnosis, level=1), header.status_line(diagnosis.run), header.summary(diagnosis)
            ],
            _curves(chart) if chart.panels else None,
            _findings(diagnosis),
            _values(diagnosis),
            h.footer[header.foot(diagnosis), _ahead(diagnosis)],
        ]
    ]


def _curves(chart: Chart) -> h.Element:
    """The chart in two widths, of which the page shows the one that fits."""
    return h.section(aria_label="Learning curves")[
        h.p(".nbdiag-sr")[chart.description],
        svg.figure(chart, links=True, kind="fig wide"),
        svg.figure(chart, width=svg.NARROW, links=True, kind="fig narrow"),
    ]


def _findings(diagnosis: Diagnosis) -> h.Node:
    """The cards, the first open where it is broken or a problem."""
    entries = numbered(diagnosis)
    if not entries:
        return None
    grave = severity_of(entries[0].finding) >= Severity.PROBLEM
    return h.section(".cards", aria_label="Findings")[
        cards.columns(diagnosis),
        [
            cards.card(e, entries, open=i == 0 and grave, anchor=svg.anchor(e.id), level=2)
            for i, e in enumerate(entries)
        ],
    ]


def _values(diagnosis: Diagnosis) -> h.Node:
    table = values.table(diagnosis.run)
    if table is None:
        return None
    return h.details(".values")[
        h.summary["values"], h.div(".scroll", role="region", aria_label="Values", tabindex="0")[table]
    ]


def _ahead(diagnosis: Diagnosis) -> h.Element | None:
    """What to do to see more; a page that reloads itself would close what is being read."""
    running = diagnosis.run.status == "running"
    return h.p(".foot")["Written while the training runs: reload this page to see how it went on."] if running else None


@functools.cache
def _script() -> str:
    return resources.files("nbdiag.views").joinpath("page.js").read_text(encoding="utf-8")
