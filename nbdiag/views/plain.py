"""A diagnosis goes in, HTML that any notebook shows goes out: no style sheet, no script, no inline SVG.

JupyterLab's sanitizer (4.6, ``@jupyterlab/apputils``) drops ``<style>`` and ``<svg>`` of an output that is not
trusted, but keeps ``<details>``, ``<dl>``, ``<table>``, classes, and images in data URIs; so does nbconvert.
"""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

import htpy as h

from nbdiag.finding import Picture
from nbdiag.views import header, markup, pictures, sections
from nbdiag.views.markup import prose
from nbdiag.views.numbering import Numbered, numbered, severity_of
from nbdiag.views.shapes import Chart
from nbdiag.views.svgfile import alone

if TYPE_CHECKING:
    from nbdiag.diagnosis import Diagnosis

WIDTH = 840
"""Wide enough for the chart, narrow enough that GitHub's page and a narrow notebook hardly shrink it."""


def page(diagnosis: Diagnosis, chart: Chart, drawn: str) -> h.Element:
    """Headline, chart (``drawn``, an SVG file) as an image, cards that open, and what was not found."""
    entries = numbered(diagnosis)
    return h.div(".nbdiag-static")[
        h.p[h.b[prose(header.headline(diagnosis))], f" · {header.status(diagnosis.run)}"],
        h.p[prose(diagnosis.summary)] if diagnosis.summary else None,
        h.img(src=data_uri(drawn), alt=chart.description, width=WIDTH, style="max-width: 100%"),
        [_card(entry, entries) for entry in entries],
        [h.p[h.small[h.b[name], " ", prose(text), "."]] for name, text in header.notes(diagnosis)],
    ]


def data_uri(drawn: str) -> str:
    """An SVG file as an address."""
    return "data:image/svg+xml;base64," + base64.b64encode(drawn.encode()).decode("ascii")


def _card(entry: Numbered, entries: list[Numbered]) -> h.Element:
    f = entry.finding
    number = f"{entry.number}. " if entry.number is not None else "✓ "
    where = f" · {span}" if (span := entry.where) else ""
    words = f" · {severity_of(f).value} · {f.certainty.value}{where}{' · provisional' if f.provisional else ''}"
    picture = h.p[h.b[prose(f.picture.title)], h.br, _image(f.picture, severity_of(f).value)] if f.picture else None
    return h.details[
        h.summary[h.b[number, prose(f.title)], words],
        h.p[prose(f.message)],
        sections.explains(f, entries),
        picture,
        sections.evidence(f),
        h.dl[
            [
                [h.dt[name], h.dd[node]]
                for name, node in [*sections.reasons(f, entries, copy=False), *sections.limits(f)]
            ]
        ],
    ]


def _image(picture: Picture, severity: str) -> h.VoidElement:
    drawn = pictures.drawing(picture)
    name = markup.plain(picture.title)
    width, height = pictures.size(picture)
    return h.img(src=data_uri(alone(drawn, width, height, name=name, severity=severity)), alt=name, width=width)
