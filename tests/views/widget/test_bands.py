"""What a small set leaves open is drawn round the accuracy it was measured on, and round nothing else."""

from __future__ import annotations

import dataclasses

import numpy as np

from nbdiag.diagnosis import Diagnosis
from nbdiag.finding import BandPicture, Finding
from nbdiag.views.chart import draw
from nbdiag.views.widget.bands import band
from tests.views import examples

PICTURE = BandPicture("accuracy", ((1, 0.4, 0.5, 0.6), (20, 0.5, 0.6, 0.7)), percent=True)
FOUND = Finding("t", "m", rule="r", curves=("val:loss",), picture=PICTURE)


def test_the_band_lies_round_validation_accuracy() -> None:
    run = examples.run_of(loss=np.ones(20), val_loss=np.ones(20), accuracy=np.ones(20), val_accuracy=np.full(20, 0.6))
    chart = draw(Diagnosis(run, (FOUND,)))
    assert band(FOUND, chart) == {"curve": "val:accuracy", "points": [[1, 0.4, 0.6], [20, 0.5, 0.7]]}
    assert band(dataclasses.replace(FOUND, picture=None), chart) is None
    assert band(dataclasses.replace(FOUND, picture=dataclasses.replace(PICTURE, forecast_from=9.0)), chart) is None


def test_without_that_curve_there_is_no_band() -> None:
    chart = draw(Diagnosis(examples.run_of(loss=np.ones(20), val_loss=np.ones(20), accuracy=np.ones(20)), (FOUND,)))
    assert band(FOUND, chart) is None
