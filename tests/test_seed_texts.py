"""The questions nbdiag exists for: their logs go in as pasted, and what an expert would say must come out."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from nbdiag import read_runs
from nbdiag.diagnosis import Diagnosis, examine
from nbdiag.facts import Facts
from nbdiag.finding import BoundsPicture, Certainty, Finding, SamplesPicture, Severity
from nbdiag.run import Run
from nbdiag.samples import sample_losses

SEEDS = Path(__file__).parent / "data" / "seeds"


def pasted(name: str, **known: object) -> Diagnosis:
    runs = read_runs((SEEDS / name).read_text())
    assert len(runs) == 1
    runs[0].learn(Facts(**known))
    found = examine(runs[0])
    assert found.failures == ()
    return found


def every(found: Diagnosis) -> dict[str, Finding]:
    return {f.rule: f for top in found.findings for f in (top, *top.explains)}


CONVNET_FACTS = [{}, {"loss": "binary_crossentropy"}, {"loss": "binary_crossentropy", "n_classes": 2, "n_val": 128}]


@pytest.mark.parametrize("known", CONVNET_FACTS, ids=["log alone", "with the loss", "with all"])
class TestConvnet:
    def test_evaluation_mode_comes_first_and_explains_the_rest(self, known: dict[str, object]) -> None:
        found = pasted("convnet.txt", **known)
        first = found.findings[0]
        assert first.rule == "train-eval-mode-mismatch"
        assert first.certainty is Certainty.LIKELY
        assert "at least 12.1" in first.message and "at most 2.4" in first.message
        assert {"saturated-outputs", "prediction-flips-class"} <= {f.rule for f in first.explains}
        assert [c.text for c in first.causes[:2]] == ["BatchNorm averages still cold", "An epoch is only 11 steps"]
        assert "55 steps" in first.causes[0].why and "352 samples" in first.causes[1].why
        assert "90 %" in first.why and "58 %" in first.why
        assert isinstance(first.picture, BoundsPicture) and first.picture.limit == pytest.approx(16.118)

    def test_it_says_why_it_is_neither_nan_nor_plain_overfitting(self, known: dict[str, object]) -> None:
        found = pasted("convnet.txt", **known)
        first = found.findings[0]
        assert any("overfitting" in words for words in first.ruled_out)
        assert any("NaN" in words and "20 values" in words for words in first.ruled_out)
        assert any("NaN" in words for words in found.not_found)
        assert not {"overfitting", "non-finite", "divergence"} & set(every(found))

    def test_all_wrong_samples_are_at_the_limit_in_epoch_3(self, known: dict[str, object]) -> None:
        saturated = every(pasted("convnet.txt", **known))["saturated-outputs"]
        assert (saturated.start, saturated.stop) == (3, 3)
        assert "all 19 wrong samples" in saturated.title and "16.12" in saturated.title
        assert "1.639" in saturated.message  # what a training mistake costs at most in that epoch
        assert saturated.certainty is (Certainty.STRONG if known else Certainty.LIKELY)

    def test_one_class_is_predicted_then_the_other(self, known: dict[str, object]) -> None:
        flips = every(pasted("convnet.txt", **known))["prediction-flips-class"]
        assert (flips.start, flips.stop) == (1, 2)
        assert "94 + 34 = 128" in flips.title
        assert flips.certainty is Certainty.LIKELY  # one pair may add up by chance

    def test_the_validation_set_has_128_samples(self, known: dict[str, object]) -> None:
        small = every(pasted("convnet.txt", **known))["small-validation-set"]
        assert small.evidence["samples"] == 128 and small.severity is Severity.NOTE
        if "n_val" not in known:
            assert "128 samples (or a multiple of it)" in small.message
            assert "94, 34, 109, 93 and 112 of 128" in small.message and "7e-07" in small.message


class TestQuality:
    @pytest.mark.parametrize("known", [{}, {"loss": "binary_crossentropy"}], ids=["log alone", "with the loss"])
    def test_weights_are_likely_and_the_mismatch_is_certain(self, known: dict[str, object]) -> None:
        found = pasted("quality.txt", **known)
        first = found.findings[0]
        assert first.rule == "train-loss-weighted" and first.certainty is Certainty.LIKELY
        assert "0.1811" in first.message and "likely" in first.message and "certain" in first.message
        mismatch = next(f for f in first.explains if f.rule == "loss-metric-mismatch")
        assert mismatch.certainty is Certainty.EXACT and mismatch.severity is Severity.PROBLEM
        assert any("cuts logits" in words for words in mismatch.ruled_out)
        assert "0.6788" in mismatch.message and "4.3194 at 0.0168 is possible" in mismatch.message

    def test_one_cause_for_all_four_puzzles(self) -> None:
        found = pasted("quality.txt", loss="binary_crossentropy")
        alarms = [f for f in found.findings if f.severity in (Severity.BROKEN, Severity.PROBLEM)]
        assert [f.rule for f in alarms] == ["train-loss-weighted"]
        why = alarms[0].why
        assert any("30,405 validation samples" in words for words in alarms[0].ruled_out)
        assert "starts low" in why and "rare class" in why and "hardly moves" in why and "jumps" in why

    def test_known_weights_are_a_note(self) -> None:
        found = pasted("quality.txt", loss="binary_crossentropy", class_weight=True)
        weighted = every(found)["train-loss-weighted"]
        assert weighted.severity is Severity.NOTE
        assert "loss-metric-mismatch" not in every(found)

    def test_without_weights_the_mismatch_stands_alone(self) -> None:
        found = every(pasted("quality.txt", loss="binary_crossentropy", class_weight=False))
        assert "train-loss-weighted" not in found
        assert found["loss-metric-mismatch"].certainty is Certainty.EXACT
        assert not any("weighted" in c.text for c in found["loss-metric-mismatch"].causes)


@pytest.fixture(scope="module")
def outlier(tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    """What the program of the answer gives: its history, and the outputs on the validation data after each epoch."""
    kept = tmp_path_factory.mktemp("outlier") / "kept.json"
    code = (
        f"import json, runpy; g = runpy.run_path({str(SEEDS / 'outlier.py')!r}); "
        f"json.dump({{'history': g['history'].history, 'outputs': [o.tolist() for o in g['outputs']], "
        f"'labels': g['y_test'].tolist()}}, open({str(kept)!r}, 'w'))"
    )
    env = {**os.environ, "KERAS_BACKEND": "torch", "OMP_NUM_THREADS": "1"}
    subprocess.run([sys.executable, "-c", code], check=True, env=env)
    return json.loads(kept.read_text())


@pytest.mark.frameworks
class TestOutlier:
    def run(self, kept: dict[str, object], measured: bool) -> Run:
        run = read_runs(kept["history"])[-1]
        run.learn(Facts(loss="binary_crossentropy", n_classes=2, n_val=20, framework="keras"))
        if measured:
            labels = np.array(kept["labels"])
            outputs = np.array(kept["outputs"])
            losses = -np.log(np.where(labels == 1, outputs, 1 - outputs))
            best = int(np.argmin(kept["history"]["val_loss"]))
            run.samples = sample_losses(
                {
                    "last": losses[-1],
                    "best": losses[best],
                    "labels": labels,
                    "predicted": (outputs[-1] > 0.5).astype(int),
                    "probabilities": outputs[-1],
                    "best_epoch": best + 1,
                    "last_epoch": len(outputs),
                }
            )
        return run

    def test_the_premise_loss_and_accuracy_rise(self, outlier: dict[str, object]) -> None:
        history = outlier["history"]
        best = int(np.argmin(history["val_loss"]))
        assert history["val_loss"][-1] > 1.5 * history["val_loss"][best]
        assert history["val_accuracy"][-1] > history["val_accuracy"][0]

    def test_the_card_names_the_one_sample(self, outlier: dict[str, object]) -> None:
        found = examine(self.run(outlier, measured=True))
        first = found.findings[0]
        assert first.rule == "loss-hijacked-by-outliers" and found.failures == ()
        assert "Sample 3 alone" in first.message and "label 1, predicted 0, confidence 1" in first.message
        assert "Without it" in first.message
        assert any("broad overfitting" in words for words in first.ruled_out)
        assert isinstance(first.picture, SamplesPicture) and first.picture.marked == (3,)
        assert len(first.picture.losses) == 20
        assert "temperature" in first.message and "too sure" in first.message
        assert "[3]" in first.check.code
        alarms = [f for f in found.findings if f.severity in (Severity.BROKEN, Severity.PROBLEM)]
        assert alarms == [first]

    def test_without_sample_losses_it_is_not_claimed(self, outlier: dict[str, object]) -> None:
        assert "loss-hijacked-by-outliers" not in every(examine(self.run(outlier, measured=False)))

    def test_live_on_torch_it_is_named_without_asking(self, tmp_path: Path) -> None:
        kept = tmp_path / "kept.json"
        code = (
            f"import json, runpy, nbdiag\n"
            f"with nbdiag.watch(view='none') as watched:\n    runpy.run_path({str(SEEDS / 'outlier.py')!r})\n"
            f"first = watched.diagnoses[-1].findings[0]\n"
            f"json.dump([first.rule, first.message], open({str(kept)!r}, 'w'))"
        )
        env = {**os.environ, "KERAS_BACKEND": "torch", "OMP_NUM_THREADS": "1"}
        subprocess.run([sys.executable, "-c", code], check=True, env=env)
        rule, message = json.loads(kept.read_text())
        assert rule == "loss-hijacked-by-outliers"
        assert "Sample 3 alone" in message and "Without it" in message
