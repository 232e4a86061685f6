"""Hand-written loops' text: the styles people copy from tutorials, and what is no training at all."""

import pytest

from nbdiag.collect import collect

TRANSFER_LEARNING = """Epoch 0/24
----------
train Loss: 0.5812 Acc: 0.6967
val Loss: 0.2103 Acc: 0.9281

Epoch 1/24
----------
train Loss: 0.4812 Acc: 0.7967
val Loss: 0.2003 Acc: 0.9381

Training complete in 1m 5s
Best val Acc: 0.954248
"""
QUICKSTART = """Epoch 1
-------------------------------
loss: 2.301  [   64/60000]
loss: 2.291  [ 6464/60000]
Test Error: 
 Accuracy: 41.2%, Avg loss: 2.150123 

Epoch 2
-------------------------------
loss: 2.101  [   64/60000]
loss: 2.191  [ 6464/60000]
Test Error: 
 Accuracy: 51.2%, Avg loss: 1.850123 

Done!
"""  # noqa: W291 - as the tutorial prints it
MNIST = """Train Epoch: 1 [0/60000 (0%)]\tLoss: 2.305400
Train Epoch: 1 [640/60000 (1%)]\tLoss: 1.305400

Test set: Average loss: 0.0471, Accuracy: 9850/10000 (98%)

Train Epoch: 2 [0/60000 (0%)]\tLoss: 0.305400

Test set: Average loss: 0.0371, Accuracy: 9860/10000 (99%)
"""
IMAGENET = """Epoch: [0][   0/5005]\tTime 12.386 (12.386)\tData 10.1 (10.1)\tLoss 6.9833e+00 (6.9833e+00)\tAcc@1   0.00 (  0.00)\tAcc@5   0.39 (  0.39)
Epoch: [0][  10/5005]\tTime  0.386 ( 1.386)\tData  0.1 ( 1.1)\tLoss 6.9533e+00 (6.9733e+00)\tAcc@1   2.00 (  0.10)\tAcc@5   0.39 (  0.49)
Test: [  0/196]\tTime  3.2 (3.2)\tLoss 6.1e+00 (6.1e+00)\tAcc@1  3.91 (3.91)\tAcc@5  12.1 ( 12.1)
 *   Acc@1 4.512 Acc@5 13.220
Epoch: [1][   0/5005]\tTime 12.386 (12.386)\tData 10.1 (10.1)\tLoss 5.9833e+00 (5.9833e+00)\tAcc@1   5.00 (  5.00)\tAcc@5   9.39 (  9.39)
Test: [  0/196]\tTime  3.2 (3.2)\tLoss 5.1e+00 (5.1e+00)\tAcc@1  5.91 (5.91)\tAcc@5  15.1 ( 15.1)
 *   Acc@1 9.512 Acc@5 23.220
"""
NANOGPT = """step 0: train loss 10.9, val loss 10.8
iter 0: loss 10.95, time 40000.12ms, mfu -100.00%
iter 10: loss 9.5, time 120.12ms, mfu 1.00%
step 250: train loss 3.9, val loss 3.8
iter 250: loss 3.95, time 40.12ms, mfu 12.00%
"""
LANGUAGE_MODEL = """| epoch   1 |   200/ 2983 batches | lr 20.00 | ms/batch 12.34 | loss  7.63 | ppl  2063.12
| epoch   1 |   400/ 2983 batches | lr 20.00 | ms/batch 12.34 | loss  6.63 | ppl   763.12
-----------------------------------------------------------------------------------------
| end of epoch   1 | time: 35.2s | valid loss  5.53 | valid ppl   252.11
-----------------------------------------------------------------------------------------
| epoch   2 |   200/ 2983 batches | lr 20.00 | ms/batch 12.34 | loss  5.63 | ppl   263.12
| end of epoch   2 | time: 35.2s | valid loss  5.13 | valid ppl   172.11
=========================================================================================
| End of training | test loss  4.97 | test ppl   144.22
"""
SENTIMENT = """Epoch: 01 | Epoch Time: 0m 5s
\tTrain Loss: 0.649 | Train Acc: 62.14%
\t Val. Loss: 0.612 |  Val. Acc: 67.77%
Epoch: 02 | Epoch Time: 0m 5s
\tTrain Loss: 0.549 | Train Acc: 72.14%
\t Val. Loss: 0.512 |  Val. Acc: 77.77%
Test Loss: 0.334 | Test Acc: 85.28%
"""
LOGGED = """2024-01-02 12:00:00,123 - INFO - trainer - epoch=3 train_loss=0.51 val_acc=93.1% lr=1e-4 time=12.3s
2024-01-02 12:01:00,123 - INFO - trainer - epoch=4 train_loss=0.41 val_acc=94.1% lr=1e-4 time=12.3s
"""
RANKS = "".join(f"[rank{r}]: Epoch {e} loss: 0.{e}{r}\n" for e in (1, 2) for r in (0, 1))
BATCH_BARS = "".join(
    f"\r{50 * i:3d}%|{'#' * i}| {i}/2 [00:0{i}<00:01,  1.1it/s, loss=0.{e}{i}]" + ("\n" if i == 2 else "")
    for e in (1, 2, 3) for i in (0, 1, 2)
)  # fmt: skip
LEFT_BARS = "".join(
    f"\rEpoch {e}:  {p:3d}%|{'#' * (p // 10)}| {p}/100 [00:01<00:01, 9.1it/s, loss=0.{e}{p // 10}]" for e in (1, 2, 3) for p in (0, 50, 99)
) + "\r" + " " * 60 + "\rdone\n"  # fmt: skip

STYLES = {
    "transfer learning": (TRANSFER_LEARNING, {"train:loss": [0.5812, 0.4812], "train:accuracy": [0.6967, 0.7967], "val:loss": [0.2103, 0.2003], "val:accuracy": [0.9281, 0.9381]}),
    "quickstart": (QUICKSTART, {"test:accuracy": [0.412, 0.512], "test:loss": [2.150123, 1.850123], "train:loss": [2.301, 2.291, 2.101, 2.191]}),
    "mnist": (MNIST, {"train:loss": [2.3054, 1.3054, 0.3054], "test:loss": [0.0471, 0.0371], "test:accuracy": [0.985, 0.986]}),
    "nanogpt": (NANOGPT, {"train:loss": [10.9, 3.9], "val:loss": [10.8, 3.8]}),
    "language model": (LANGUAGE_MODEL, {"train:loss": [7.63, 6.63, 5.63], "train:perplexity": [2063.12, 763.12, 263.12], "train:learning_rate": [20, 20, 20], "val:loss": [5.53, 5.13], "val:perplexity": [252.11, 172.11]}),
    "sentiment": (SENTIMENT, {"train:loss": [0.649, 0.549], "train:accuracy": [0.6214, 0.7214], "val:loss": [0.612, 0.512], "val:accuracy": [0.6777, 0.7777]}),
    "logging": (LOGGED, {"train:loss": [0.51, 0.41], "val:accuracy": [0.931, 0.941], "train:learning_rate": [1e-4, 1e-4]}),
    "ranks": (RANKS, {"train:loss": [0.10, 0.20]}),
    "cifar": ("[1,  2000] loss: 2.173\n[1,  4000] loss: 1.873\n[2,  2000] loss: 1.673\nFinished Training\nAccuracy of the network: 55 %\n", {"train:loss": [2.173, 1.873, 1.673]}),
    "gan": ("[0/5][0/1583]\tLoss_D: 1.7410\tLoss_G: 4.7761\tD(x): 0.5343\tD(G(z)): 0.5771 / 0.0136\n[0/5][50/1583]\tLoss_D: 1.1410\tLoss_G: 3.7761\tD(x): 0.5343\tD(G(z)): 0.5771 / 0.0136\n", {"train:loss_d": [1.741, 1.141], "train:loss_g": [4.7761, 3.7761]}),
    "from scratch": ("Cost after iteration 0: 0.693049735659989\nCost after iteration 100: 0.6464320953428849\n", {"train:loss": [0.693049735659989, 0.6464320953428849]}),
    "tensors": ("Epoch 1 Loss: tensor(0.4321, grad_fn=<NllLossBackward0>) Acc: tensor(0.9)\nEpoch 2 Loss: tensor(nan) Acc: tensor(0.1)\n", {"train:loss": [0.4321, float("nan")], "train:accuracy": [0.9, 0.1]}),
    "comma": ("epoch 1, loss 0.033212\nepoch 2, loss 0.000112\n", {"train:loss": [0.033212, 0.000112]}),
    "header and lines": ("=== Epoch 1 ===\ntrain loss 0.3\nval acc 0.5\n=== Epoch 2 ===\ntrain loss 0.2\nval acc 0.6\n", {"train:loss": [0.3, 0.2], "val:accuracy": [0.5, 0.6]}),
    "sections": ("Epoch 1\nTraining:\n  loss: 0.3\nValidation:\n  loss: 0.5\nEpoch 2\nTraining:\n  loss: 0.2\nValidation:\n  loss: 0.4\n", {"train:loss": [0.3, 0.2], "val:loss": [0.5, 0.4]}),
    "accuracy after validation": ("Epoch 1, Train Loss: 0.5, Val Loss: 0.4, Accuracy: 0.9\nEpoch 2, Train Loss: 0.4, Val Loss: 0.3, Accuracy: 0.92\n", {"train:loss": [0.5, 0.4], "val:loss": [0.4, 0.3], "val:accuracy": [0.9, 0.92]}),
    "keras order": ("Epoch 1: loss: 0.5, val_loss: 0.4, acc: 0.9, val_acc: 0.8\nEpoch 2: loss: 0.4, val_loss: 0.3, acc: 0.92, val_acc: 0.82\n", {"train:loss": [0.5, 0.4], "val:loss": [0.4, 0.3], "train:accuracy": [0.9, 0.92], "val:accuracy": [0.8, 0.82]}),
    "percent without a sign": ("Epoch 1: loss 0.9, acc 0.9\nEpoch 2: loss 0.5, acc 45.3\nEpoch 3: loss 0.4, acc 55.3\n", {"train:loss": [0.9, 0.5, 0.4], "train:accuracy": [0.009, 0.453, 0.553]}),
    "json lines": ('{"epoch": 1, "loss": 1.5, "my_metric": 0.2, "time": 3.2, "n_samples": 500}\n{"epoch": 2, "loss": 1.4, "my_metric": 0.3, "time": 3.2, "n_samples": 500}\n', {"train:loss": [1.5, 1.4], "train:my_metric": [0.2, 0.3]}),
    "thousands": ("Epoch 1/3 | loss 1,234.5 | val_loss 2,345.67\nEpoch 2/3 | loss 934.5 | val_loss 1,345.67\n", {"train:loss": [1234.5, 934.5], "val:loss": [2345.67, 1345.67]}),
    "bracketed epochs": ("[ 1/20] train_loss=0.5 val_loss=0.6\n[ 2/20] train_loss=0.4 val_loss=0.5\n", {"train:loss": [0.5, 0.4], "val:loss": [0.6, 0.5]}),
    "episodes": ("Episode 5  reward: 1.50  loss: 5.8\nEpisode 10  reward: 0.25  loss: -2.1\n", {"train:reward": [1.5, 0.25], "train:loss": [5.8, -2.1]}),
    "dash": ("Epoch 3/10 - loss: 0.4\nEpoch 4/10 - loss: 0.3\n", {"train:loss": [0.4, 0.3]}),
    "bars without a number": (BATCH_BARS, {"train:loss": [0.12, 0.22, 0.32]}),
    "bars that go away": (LEFT_BARS, {"train:loss": [0.19, 0.29]}),
}  # fmt: skip


@pytest.mark.parametrize("style", STYLES)
def test_a_style(style):
    text, expected = STYLES[style]
    (run,) = collect(text)
    found = {curve.name: curve.values.tolist() for curve in run.curves()}
    assert {n: [str(round(v, 9)) for v in vs] for n, vs in found.items()} == {
        n: [str(round(float(v), 9)) for v in vs] for n, vs in expected.items()
    }
    assert run.facts.loss_is == "unknown"


def test_epochs_from_zero_are_counted_from_one():
    (run,) = collect(TRANSFER_LEARNING)
    assert run.curve("loss", "val").epochs.tolist() == [1, 2]
    (run,) = collect("Epoch 3/10 - loss: 0.4\nEpoch 4/10 - loss: 0.3\n")
    assert run.curve("loss", "train").epochs.tolist() == [3, 4]
    assert run.facts.epochs == 10


def test_the_last_of_epochs_from_zero_tells_how_many_were_planned():
    (run,) = collect("".join(f"Epoch {e}/2 loss 0.{9 - e}\n" for e in range(3)))
    assert (run.last_epoch, run.facts.epochs) == (3, 3)


def test_steps_are_shown_as_they_are():
    (run,) = collect(QUICKSTART)
    steps = run.curve("loss", "train", "step")
    assert (steps.steps.tolist(), steps.epochs.tolist()) == ([64, 6464, 64, 6464], [1, 1, 2, 2])


def test_imagenet():
    (run,) = collect(IMAGENET)
    found = {(c.name, c.per): c.values.tolist() for c in (*run.curves("epoch"), *run.curves("step"))}
    assert found["test:accuracy", "epoch"] == [pytest.approx(0.04512), pytest.approx(0.09512)]
    assert found["train:accuracy", "step"] == [0.0, 0.02, 0.05]
    assert found["train:loss", "step"] == [6.9833, 6.9533, 5.9833]
    assert ("test:loss", "step") not in found


def test_folds_have_their_names():
    text = "".join(f"Fold {f}/2\nEpoch 1/2 loss=0.{f}5\nEpoch 2/2 loss=0.{f}4\n" for f in (1, 2))
    assert [(run.number, run.name, len(run)) for run in collect(text)] == [(1, "Fold 1/2", 2), (2, "Fold 2/2", 2)]


def test_rounding_of_percent_is_in_fractions():
    (run,) = collect(LOGGED)
    assert run.curve("accuracy", "val").rounding.tolist() == [0.0005, 0.0005]
    assert run.curve("accuracy", "val").unit == "%"


NO_TRAINING = [
    "epochs: 10, lr: 0.01, loss: mse\nEpochs = 20\nepoch 10\nLearning rate: 0.01\nbatch size: 32\n",
    "Best epoch: 7, best val loss: 0.3\nLoss: 0.4\nAccuracy: 0.95\nEarly stopping at epoch 12 with loss: 0.3\n",
    "Loaded checkpoint from epoch 5 (loss: 0.3)\nLoaded checkpoint from epoch 6 (loss: 0.2)\n",
    "Epoch 1: loss 0.5\n",
    "[CV 1/5] END C=1, gamma=0.1;, score=0.933 total time=   0.1s\n[CV 2/5] END C=1, gamma=0.1;, score=0.943 total time=   0.1s\n",
    "Round 1: score 5\nRound 2: score 7\nLevel 3, score: 900\n",
    "step 1 of 3: loading data\nstep 2 of 3: 0.5 s\nstep 3: 12 rows\n",
    "Iteration 0, inertia 123.4\nIteration 1, inertia 103.4\nConverged at iteration 2\n",
    "Initialization 0\nIteration 10\t time lapse 0.1s\t ll change 0.3\nIteration 20\t time lapse 0.1s\t ll change 0.1\n",
    "              precision    recall  f1-score   support\n\n           0       0.93      0.95      0.94       100\n           1       0.95      0.93      0.94       100\n\n    accuracy                           0.94       200\n   macro avg       0.94      0.94      0.94       200\n",
    "Downloading data: 100%|##########| 9.91M/9.91M [00:01<00:00, 9.1MB/s]\nDownloading data: 100%|##########| 1.2M/1.2M [00:01<00:00, 9.1MB/s]\n",
    "Collecting torch\n  Downloading torch-2.0.0-cp311-none-any.whl (619.9 MB)\n     ━━━━━━━━━━━━━━━━━━━━ 619.9/619.9 MB 2.1 MB/s eta 0:00:00\nSuccessfully installed torch-2.0.0\n",
    "Epoch 1 took 3.2s\nEpoch 2 took 3.1s\n",
    "Layer (type)  Output Shape  Param #\nLinear-1  [-1, 10]  110\nTotal params: 110\nTrainable params: 110\nInput size (MB): 0.00\n",
    "loss: 0.5\nloss: 0.4\nloss: 0.3\n",
    "fold 1 accuracy: 0.9\nfold 2 accuracy: 0.92\nmean accuracy: 0.91\n",
    "0 0.5\n1 0.4\n2 0.3\n",
    "Model A: accuracy = 0.9\nModel B: accuracy = 0.8\n",
    "CPU times: user 1.2 s, sys: 0.1 s, total: 1.3 s\nWall time: 1.4 s\n12.3 ms ± 0.2 ms per loop (mean ± std. dev. of 7 runs, 100 loops each)\n",
    "0:00:01 epoch 1970-01-01 error: 0\nTue Jan  2 12:00:00 2024 errors: 3\n",
    "Step 1: precision check\nStep 2: recall the data\n",
    "processing file 3/10 - error: 0\nprocessing file 4/10 - error: 1\n",
    "iteration 5 f(x) = 0.3\niteration 6 f(x) = 0.2\nOptimization terminated successfully.\n         Current function value: 0.000000\n         Iterations: 85\n",
    "100%|##########| 15/15 [00:00<00:00, 98.1it/s, file=3]\n100%|##########| 15/15 [00:00<00:00, 98.1it/s, file=4]\n",
]  # fmt: skip


@pytest.mark.parametrize("text", NO_TRAINING)
def test_no_training(text):
    assert collect(text) == []


def test_a_bar_that_still_shows_the_last_epochs_values():
    """Lightning validates every second epoch here: its bar goes on to show the old value."""
    text = "".join(
        f"\rEpoch {e}:   0%|          | 0/10 [00:00<?, ?it/s, train_loss=0.{9 - e}0, val_loss=0.{old}]"
        f"\rEpoch {e}: 100%|##########| 10/10 [00:00<00:00, 9.1it/s, train_loss=0.{8 - e}0, val_loss=0.{new}]\n"
        for e, old, new in ((1, 0, 7), (2, 7, 7), (3, 7, 5))
    )
    (run,) = collect(text)
    assert run.curve("loss", "train").epochs.tolist() == [1, 2, 3]
    assert (run.curve("loss", "val").epochs.tolist(), run.curve("loss", "val").values.tolist()) == ([1, 3], [0.7, 0.5])


def test_prints_between_refreshes_do_not_end_a_bar():
    text = "".join(
        f"\rEpoch {e}:  {p:3d}%|{'#' * (p // 10)}| {p}/100 [00:01<00:01, 9.1it/s, loss=0.{e}{p // 10}]\nhello\n"
        for e in (1, 2)
        for p in (0, 50, 100)
    )
    (run,) = collect(text)
    assert run.curve("loss", "train").epochs.tolist() == [1, 2]
    assert run.curve("loss", "train").values.tolist() == [0.110, 0.210]
