"""The static view in a real kernel: one output above what the cell prints, rewritten in place, not too often."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.kernel.talk import Kernel

pytestmark = pytest.mark.kernel

_CELL = """
import itertools, types
from nbdiag.views import static
from tests.views import examples
half_seconds = itertools.count(0, 0.5)
static.time = types.SimpleNamespace(monotonic=lambda: next(half_seconds))
view = static.StaticView()
view.show()
print("above?")
for epochs in range(20, 40):
    view.draw([examples.overfitting(epochs)])
view.finish({finish}, "finished")
"""


@pytest.fixture(scope="module")
def kernel() -> Iterator[Kernel]:
    kernel = Kernel()
    yield kernel
    kernel.close()


def test_one_output_is_rewritten_in_place_and_ends_exact(kernel: Kernel) -> None:
    answer = kernel.run(_CELL.format(finish="[examples.overfitting(60, 'finished')]"))
    assert answer.status == "ok"
    (shown,) = answer.of("display_data")
    updates = answer.of("update_display_data")
    assert shown["data"] == {"text/plain": ""}
    assert {u["transient"]["display_id"] for u in updates} == {shown["transient"]["display_id"]}
    texts = [" ".join(u["data"]["text/plain"].split()) for u in updates]
    said = ["epoch 20 of", "epoch 24 of", "epoch 28 of", "epoch 32 of", "epoch 36 of", "60 epochs in 7 min 10 s"]
    assert [words in text for words, text in zip(said, texts, strict=True)] == [
        True
    ] * 6  # every two seconds, and the end
    assert set(updates[-1]["data"]) == {"text/plain", "text/html", "image/svg+xml"}


def test_each_run_of_a_cell_is_shown(kernel: Kernel) -> None:
    answer = kernel.run(_CELL.format(finish="[examples.healthy(), examples.seed_004()]"))
    first, second = answer.of("update_display_data")[-1], answer.of("display_data")[-1]
    assert "Healthy" in first["data"]["text/plain"] and "Do not trust" in second["data"]["text/plain"]


def test_a_cell_without_training_says_so_in_one_line(kernel: Kernel) -> None:
    answer = kernel.run(_CELL.format(finish="[]"))
    assert answer.of("update_display_data")[-1]["data"] == {"text/plain": "nbdiag: no training seen in this cell."}
