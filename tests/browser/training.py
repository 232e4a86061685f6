"""A real Keras training under ``%%diagnose``, watched by a reader who clicks while it runs."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

from tests.browser.reader import LONG, Reader
from tests.browser.server import Server

_DATA = """
import time, pathlib
import numpy as np, keras
keras.utils.set_random_seed(0)
rng = np.random.default_rng(0)
x = rng.normal(size=(400, 20)).astype("float32")
y = (x[:, 0] + 2 * rng.normal(size=400) > 0).astype("float32")
model = keras.Sequential([keras.layers.Input((20,)), keras.layers.Dense(128, "relu"),
                          keras.layers.Dense(128, "relu"), keras.layers.Dense(1, "sigmoid")])
model.compile(keras.optimizers.Adam(1e-3), "binary_crossentropy", metrics=["accuracy"])
slowly = keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: time.sleep(0.15))
"""
_FIT = """%%diagnose
history = model.fit(x[:200], y[:200], epochs=60, batch_size=16, verbose=2, callbacks=[slowly],
                    validation_data=(x[200:], y[200:]))
while not pathlib.Path("GO").exists():  # the cell goes on until the reader has read
    time.sleep(0.05)
"""
_TELL = """
import dataclasses, json, nbdiag
print("FINDINGS", json.dumps([dataclasses.asdict(f) for f in nbdiag.last().findings], default=str))
"""
FIT = 2
"""The cell that trains."""


@dataclasses.dataclass
class Trained:
    """What the reader saw, and what was found."""

    file: Path
    prompt_at_click: str
    epochs_at_click: str
    card_at_click: dict[str, Any]
    card_before_end: dict[str, Any]
    prompt_before_end: str
    card_at_end: dict[str, Any]
    findings: list[dict[str, Any]]
    complaints: list[str]


def train(server: Server, reader: Reader) -> Trained:
    """Run the training, click the first pin while it runs, read the card, let the cell end, save."""
    file = server.write("training.ipynb", ["%load_ext nbdiag", _DATA, _FIT, _TELL])
    page = reader.page
    reader.open(server.address(file.name))
    reader.command("notebook:run-all-cells")
    reader.wait_for_prompt(FIT, busy=True)
    reader.wait_for_chart()
    reader.click_pin()
    at_click = reader.card()
    prompt_at_click, epochs_at_click = reader.prompts()[FIT], page.inner_text(".nbdiag .status")
    reader.picture(f"running-{server.app}")
    page.wait_for_function(
        "document.querySelector('.nbdiag .status').textContent.startsWith('60 epochs')", timeout=LONG
    )
    reader.wait_until_still(quiet=10_000)  # a training that has ended is judged a second later
    before_end, prompt_before_end = reader.card(), reader.prompts()[FIT]
    (file.parent / "GO").touch()
    page.wait_for_function("document.body.innerText.includes('FINDINGS [')", timeout=LONG)
    told = page.locator(".jp-OutputArea-output", has_text="FINDINGS [").inner_text()
    at_end = reader.card()
    reader.picture(f"finished-{server.app}")
    reader.save()
    trained = Trained(
        file, prompt_at_click, epochs_at_click, at_click, before_end, prompt_before_end, at_end,
        json.loads(told.partition("FINDINGS ")[2]), list(reader.complaints),
    )  # fmt: skip
    (file.parent / "GO").unlink()
    server.end_kernels()
    return trained
