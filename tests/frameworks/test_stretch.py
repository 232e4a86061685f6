"""Many lines of one form, read at once, give what they give one by one."""

import tracemalloc

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from nbdiag.capture.rows import Rows
from nbdiag.collect import Collector

STYLES = {
    "step": "step {i}: loss {v:.4f}, lr 1.00e-04",
    "cifar": "[{e}, {i:5d}] loss: {v:.3f}",
    "tutorial": "Epoch [{e}/{n}], Step [{s}/50], Loss: {v:.4f}",
    "keras-like": "Epoch {e}/{n} - loss: {v:.4f} - val_acc: {p:.2f}",
    "percent": "epoch {e} step {s} train_loss={v:.3g} acc={p:.1f}%",
    "unsigned percent": "epoch: {i}, loss: {v:.6f}, accuracy: {p}",
    "accuracy": "iter {i} | loss {v:.2e} | acc {a:.3f} | val acc {b:.3f}",
    "logging": "2024-01-02 12:00:{s:02d},{s:03d} - INFO - train - epoch={e} step={i} loss={v:.4f}",
    "rank": "[rank0]: step {i} loss {v:.3f}",
    "second rank": "[rank1]: step {i} loss {v:.3f}",
    "json": '{{"epoch": {e}, "step": {s}, "train_loss": {v!r}, "lr": 0.0001}}',
    "words of the log": "Train epoch {e} [{s}/50] loss {v:.4f} in 3.4s",
    "evaluation": "Validation: [{s}/50] loss {v:.4f}",
    "imagenet": "Epoch: [{e}][{s}/50]\tTime {v:.3f} ( 1.386)\tLoss {v:.4e} (6.9733e+00)\tAcc@5 {p:.2f} ({p:.2f})",
    "xgboost": "[{i}]\ttrain-rmse:{v:.5f}\teval-rmse:{v:.5f}",
    "xgboost, folds": "[{i}]\ttrain-logloss:{v:.5f}+{a:.5f}\ttest-logloss:{v!r}+{b:.5f}",
    "lightgbm": "[{i}]\ttraining's l2: {v:.6g}\tvalid_0's l2: {b:.6g}",
    "catboost": "{i}:\tlearn: {v:.7f}\ttest: {b:.7f}\tbest: {b:.7f} ({i})\ttotal: {s}.5ms\tremaining: 1m {s}s",
    "perceptron": "Iteration {i}, loss = {v:.8f}",
    "keras": "Epoch {i}/{far}\n100/100 - {s}s - {e}ms/step - accuracy: {a:.4f} - loss: {v:.4f} - val_loss: {b:.4e}",
    "keras, old": "Epoch {i}/{far}\n - {s}s - loss: {v:.4f} - acc: {a:.4f}",
    "keras, pasted": "Epoch {i}/{far}\n100/100 ━━━━━━━━━━ {s}s {e}ms/step - loss: {v:.4f}",
    "keras, bars": "Epoch {i}/{far}\n640/640 [=====] - {s}s {e}ms/step - loss: {v:.4f}",
    "row": "{e}  {v:.3f}  {v:.3f}",
    "wide row": "{i:<8} {v:<11.6g} {a:>11.6f}",
    "ruled row": "| {i:>5}/{far} | {v:.4f} | 00:{s:02d} |",
    "percent row": "| {i:>5} | {v:.4f} | {a:.1f}% |",
    "ruled row, no sign": "| {i:>5} | {v:8.4f} | {p:.2f} |",
    "comma": "{i},{v!r},{b!r}",
    "signed": "step {i:,} loss {m:.3f}",
    "number": "{i}",
    "as they come": "epoch {i} loss {v!r} kl {m!r} grad_norm {t!r} x {m!r}",
    "as they come, in a dict": "{{'epoch': {i}, 'train_loss': {v!r}, 'val_loss': {u}, 'kl': {m!r}, 'best': {t!r}, 'lr': 1e-05}}",
    "as they come, alone": "{m!r} {v!r} [{u}, {t!r}] ({m!r}, {s})",
    "files": "file_{i}.png x={m!r} box=({s}, {e}) conf {v:.3f} in {a:.1f}ms",
    "layers": "layer{e}.weight-{s} grad {t!r} loss_{s}={v:.3f} f{e}: {a:.3f}",
    "top": "epoch {i} top{e} {a:.3f} acc@{e}: {a:.3f} run{s} loss: {v:.4f} val_{e}_loss: {b:.4f}",
    "custom": "step {i} - loss={u} - score={m!r} - d(x): {t!r} - reward {u}",
    "download": "file {i} of 900, {s} bytes",
    "explicit": "step {i}: train loss {v:.3f}, val loss {v:.3f}",
}
HEADERS = {
    "wide row": "epoch  train_loss  accuracy\n",
    "ruled row": "| epoch | train_loss | time |\n",
    "ruled row, no sign": "| epoch | train_loss | val_acc |\n",
    "comma": "epoch,train_loss,val_loss\n",
}
ODD = [*(header.strip() for header in HEADERS.values()), "", "Validation", "Epoch 2/9", "epoch  train_loss  valid_loss", "Fold 2", "hello 3", "best loss 0.3 at epoch 7", "val loss: 0.5",
       "accuracy: 0.5", "step nan loss nan", "100%|##| 9/9 [00:01<00:00, 9.12it/s, loss=0.5]", "Best iteration is:", "loss 0.75", "epoch 4", "loss: 0.5 acc: 0.25",
       "10/10 - 0s - 3ms/step - loss: 0.5", "epoch 3 loss: 0.25 acc: 45.0",
       "| epoch | loss | acc |", "epoch train_loss val_loss", "epoch,loss,val_loss", "step train_loss val_loss", "Restoring model weights from the end of the best epoch: 3.",
       "Epoch 3/20000", "Train on 100 samples, validate on 10 samples", "100/100 [=====] - 1s 2s/step - loss: 0.5 - val_loss: 0.25"]  # fmt: skip


def rows(style, first, count, stride, epoch, percents):
    for k in range(count):
        i, v = first + k * stride, 3.0 / (1 + k)
        yield STYLES[style].format(
            i=i,
            s=i % 50,
            e=epoch + i // 50,
            n=epoch + 40,
            v=v,
            m=1 - v,
            p=99 * v if percents else v / 9,
            a=v / 9,
            b=v / 8,
            far=20_000,
            t=10.0 ** (k % 5 - 7),
            u=("0.5", "-0.25", "3", "1e-06", "nan", "2.5e+03", "-inf", "0.125", "12.75")[k * k % 9],
        )


segment = st.builds(
    rows,
    st.sampled_from(sorted(STYLES)),
    st.integers(0, 12_000),
    st.integers(1, 40),
    st.sampled_from([0, 1, 1, 1, 10, 50]),
    st.integers(0, 3),
    st.booleans(),
)
odd = st.lists(st.sampled_from(ODD), max_size=2)
texts = st.lists(st.tuples(segment, odd), min_size=1, max_size=4).map(
    lambda parts: [line for lines, between in parts for line in (*lines, *between)]
)
changes = st.lists(
    st.tuples(st.integers(0, 999), st.integers(0, 60), st.sampled_from("0123456789 .,-/e:x")), max_size=4
)


def read(chunks):
    collector = Collector()
    for chunk in chunks:
        collector.chunk("stdout", chunk, 1.0)
    collector.close()
    return [
        (run.name, run.framework, run.status, run.reached, repr(run.facts), [
            (c.metric, c.split, c.per, c.label, c.unit, *(repr(part.tolist()) for part in (c.values, c.epochs, c.steps, c.times, c.rounding)))
            for c in (*run.curves("epoch"), *run.curves("step"))
        ])
        for run in collector.runs
    ]  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(texts, changes, st.lists(st.integers(0, 10_000), max_size=3))
@example([*rows("step", 0, 40, 1, 1, False), *rows("step", 40, 9, 1, 1, False)], [], [])
def test_at_once_is_as_one_by_one(lines, changes, cuts):
    for line, at, character in changes:
        changed = lines[line % len(lines)]
        lines[line % len(lines)] = changed[:at] + character + changed[at + 1 :]
    text = "".join(f"{line}\n" for line in lines)
    places = sorted(cut % (len(text) + 1) for cut in cuts)
    chunks = [text[a:b] for a, b in zip([0, *places], [*places, len(text)], strict=True)]
    one_by_one = read(text.splitlines(keepends=True))
    assert read([text]) == one_by_one
    assert read(chunks) == one_by_one


@pytest.mark.parametrize(
    "style",
    sorted(
        {*STYLES}
        - {
            "as they come, alone",
            "files",
            "layers",
            "top",
            "custom",
            "keras, bars",
            "percent row",
            "rank",
            "second rank",
            "evaluation",
            "signed",
            "number",
            "download",
            "row",
        }
    ),
)
def test_most_lines_of_a_style_are_read_at_once(style, monkeypatch):
    told = []
    columns = Rows.columns
    monkeypatch.setattr(Rows, "columns", lambda *lines: told.append(columns(*lines)) or told[-1])
    read([HEADERS.get(style, "") + "".join(f"{line}\n" for line in rows(style, 1000, 400, 1, 1, False))])
    assert sum(len(shown[0]) for shown in told if shown) > 300


@pytest.mark.timeout(60)
@pytest.mark.parametrize("unit", ["1 ", "loss 0.5 ", "1 2 3 loss: 0.5, ", "- loss: 1 ", "1e", "a1.b2:c3 = 4, ", "0.1"])
def test_long_lines_of_one_form_do_not_explode(unit):
    for length in (4000, 19_000):
        filling = (unit * length)[:length]
        read([f"epoch {i} loss 0.{i} {filling.replace('1', str(i % 9 + 1))}\n" for i in range(12)])
        read(["".join(f"epoch {i} loss 0.{i} {filling}{'' if i % 5 else 'x'}\n" for i in range(30))])
    for style in ("xgboost", "catboost", "keras", "wide row", "ruled row"):
        told = [line + ("" if i % 10 else filling) for i, line in enumerate(rows(style, 1, 30, 1, 1, False))]
        read([HEADERS.get(style, "") + "".join(f"{line}\n" for line in told)])


def test_a_hundred_thousand_steps_keep_no_more_than_their_values():
    collector = Collector()
    tracemalloc.start()
    for start in range(0, 100_000, 500):
        collector.chunk("stdout", "".join(f"{line}\n" for line in rows("accuracy", start, 500, 1, 1, False)), 1.0)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    collector.close()
    assert [len(c) for c in collector.runs[0].curves()] == [100_000] * 3
    assert peak < 60_000_000
