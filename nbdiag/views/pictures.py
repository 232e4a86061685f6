"""A picture of a finding goes in, a small inline SVG with title and caption goes out."""

from __future__ import annotations

import htpy as h

from nbdiag.finding import BandPicture, BoundsPicture, Picture, SamplesPicture
from nbdiag.views import picture_samples, picture_series
from nbdiag.views.markup import prose
from nbdiag.views.picture_samples import samples
from nbdiag.views.picture_series import band, bounds


def figure(picture: Picture) -> h.Element:
    """The picture with its title above and its caption below."""
    return h.figure[
        h.div(".figtitle")[prose(picture.title)],
        drawing(picture),
        h.figcaption[prose(picture.caption)] if picture.caption else None,
    ]


def size(picture: Picture) -> tuple[int, int]:
    """Width and height of the picture's SVG, in px."""
    samples_only = isinstance(picture, SamplesPicture)
    return picture_samples.WIDTH, picture_samples.HEIGHT if samples_only else picture_series.HEIGHT


def drawing(picture: Picture) -> h.Element:
    """The picture's SVG, 352 px wide."""
    match picture:
        case SamplesPicture():
            return samples(picture)
        case BoundsPicture():
            return bounds(picture)
        case BandPicture():
            return band(picture)
