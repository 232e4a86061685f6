"""What watching costs: the same cells bare and under ``%%diagnose``, interleaved in one real kernel; ratios go out.

``python -m benchmarks.overhead [--rounds N] [--backend torch|jax] [--cases WORD] [--markdown FILE]``. Each round runs every case bare, watched, and bare
again, in an order that rotates: the ratio bare against bare beside the other says how much of it is noise. ``cell`` is
what the reader waits for, from request to reply, our begin and end included; ``body`` is the training alone; ``CPU`` is
the kernel's processor time for the cell, all threads: on a busy machine the only one of the three that says much.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from tests.kernel.talk import Answer, Kernel

SETUP = """
import keras, numpy as np, time, torch, xgboost
from tqdm.auto import tqdm
torch.set_num_threads(1)
generator = np.random.default_rng(0)
x = generator.normal(size=(3000, 20)).astype("float32")
y = (x[:, :3].sum(axis=1) + generator.normal(size=3000) > 0).astype("float32")
marks = []
get_ipython().events.register("pre_run_cell", lambda info: marks.append(time.process_time()))
def model():
    keras.utils.set_random_seed(0)
    layers = [keras.layers.Dense(64, activation="relu"), keras.layers.Dense(64, activation="relu")]
    built = keras.Sequential([keras.Input((20,)), *layers, keras.layers.Dense(1, activation="sigmoid")])
    built.compile("adam", "binary_crossentropy", metrics=["accuracy"])
    return built
inputs, targets = torch.from_numpy(x), torch.from_numpy(y).long()
def pieces():
    torch.manual_seed(0)
    net = torch.nn.Sequential(torch.nn.Linear(20, 64), torch.nn.ReLU(), torch.nn.Linear(64, 2))
    data = torch.utils.data.TensorDataset(inputs, targets)
    loader = torch.utils.data.DataLoader(data, batch_size=32, shuffle=True, drop_last=True)
    return net, torch.optim.SGD(net.parameters(), lr=0.01), loader
rows = generator.normal(size=(20000, 30)).astype("float32")
wanted = rows[:, 0] * rows[:, 1] + generator.normal(size=20000)
train, held = (xgboost.DMatrix(rows[a:b], wanted[a:b]) for a, b in ((0, 15000), (15000, 20000)))
"""
FIT = """
began = time.perf_counter()
history = model().fit(x, y, validation_split=0.2, epochs=50, verbose={verbose})
took = time.perf_counter() - began
"""
LOOP = """
began = time.perf_counter()
w = np.zeros(20)
for step in range(1, 2001):
    batch = generator.integers(0, 3000, 256)
    for _ in range(20):
        error = x[batch] @ w - y[batch]
        w -= 0.0005 * (x[batch].T @ error) / 256
    print(f"step {step} loss: {float((error ** 2).mean()):.4f}")
took = time.perf_counter() - began
"""
TORCH = """
began = time.perf_counter()
net, optimizer, loader = pieces()
for epoch in range(54):
    {bar}
    for inputs_, targets_ in batches:
        optimizer.zero_grad()
        loss = torch.nn.functional.cross_entropy(net(inputs_), targets_)
        loss.backward()
        optimizer.step()
        {shown}
took = time.perf_counter() - began
"""
BOOST = """
began = time.perf_counter()
xgboost.train({{"max_depth": 4, "nthread": 1}}, train, 500, [(train, "train"), (held, "eval")], verbose_eval={verbose})
took = time.perf_counter() - began
"""
CASES = {
    "Keras fit, 50 epochs, verbose=0": FIT.format(verbose=0),
    "Keras fit, 50 epochs, verbose=1": FIT.format(verbose=1),
    "loop, 2000 steps, each printed": LOOP,
    "PyTorch, 5000 steps, silent": TORCH.format(bar="batches = loader", shown="pass"),
    "PyTorch, 5000 steps, tqdm": TORCH.format(
        bar='batches = tqdm(loader, desc=f"epoch {epoch + 1}")', shown="batches.set_postfix(loss=loss.item())"
    ),
    "XGBoost, 500 rounds": BOOST.format(verbose=False),
    "XGBoost, 500 rounds, printed": BOOST.format(verbose=True),
}
Times = dict[tuple[str, str], list[tuple[float, float, float]]]
WAYS = {"bare": "# bare", "watched": "%%diagnose", "bare again": "# bare again"}


PAGE = """# What watching costs

Printed by `{command}` on {machine}: the same cells run bare, under `%%diagnose` and bare once more, in
turns, in one kernel; median ratios over {rounds} rounds. *Training* is the time from the training's first line to its
last, *cell* what the reader waits for: with the chart's making and the picture kept in the notebook, which cost the
same for a cell of two seconds and for one of two hours. *Bare again* says how much of a ratio is noise of the machine.

| training | bare, seconds | training, watched | bare again | cell, watched | bare again |
| --- | --- | --- | --- | --- | --- |
{rows}

The cells are short, some with steps of less than half a millisecond, so that anything can be seen at all: a training
with longer steps pays the same microseconds for each of them. What reading, judging and drawing take beside it is held
to 1 % of the training's time (`nbdiag/pace.py`).
"""


def main() -> None:
    """Measure and print one line for each case."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--backend", default="jax", choices=("torch", "jax"))
    parser.add_argument("--cases", default="", help="only cases whose name holds this")
    parser.add_argument("--markdown", type=Path, help="write the table here too, as a page")
    asked = parser.parse_args()
    cases = {name: code for name, code in CASES.items() if asked.cases in name}
    times = measure(cases, asked.rounds, asked.backend)
    print(f"median of {asked.rounds} rounds on Keras' {asked.backend} backend; ratios to bare")
    print(f"{'':34}{'':8}{'watched':>24}{'bare again':>24}")
    print(f"{'case':34}{'bare s':>8}" + f"{'cell':>8}{'body':>8}{'CPU':>8}" * 2)
    for name, bare, ratios in lines(times, cases):
        print(f"{name:34}{bare:8.2f}" + "".join(f"{r:8.3f}" for r in ratios))
    if asked.markdown:
        asked.markdown.write_text(page(list(lines(times, cases)), asked))


def lines(times: Times, cases: dict[str, str]) -> Iterator[tuple[str, float, list[float]]]:
    """Each case with its bare seconds and the ratios of cell, body and CPU: watched, then bare again."""
    for name in cases:
        bare = statistics.median(took[0] for took in times[name, "bare"])
        yield name, bare, [ratio(times, name, way, which) for way in ("watched", "bare again") for which in range(3)]


def page(found: list[tuple[str, float, list[float]]], asked: argparse.Namespace) -> str:
    """The table for a reader."""
    command = f"python -m benchmarks.overhead --rounds {asked.rounds} --markdown {asked.markdown}"
    machine = (
        f"a virtual machine with {os.cpu_count()} cores, Python {platform.python_version()}, Keras on {asked.backend}"
    )
    rows = "\n".join(
        f"| {name} | {bare:.2f} | {r[1]:.3f} | {r[4]:.3f} | {r[0]:.3f} | {r[3]:.3f} |" for name, bare, r in found
    )
    return PAGE.format(command=command, machine=machine, rounds=asked.rounds, rows=rows)


def measure(cases: dict[str, str], rounds: int, backend: str) -> Times:
    """Seconds of (cell, body, CPU) for each case and way. The first round warms up and is left out."""
    times: Times = defaultdict(list)
    kernel = Kernel(KERAS_BACKEND=backend)
    try:
        for code in ("%load_ext nbdiag", SETUP):
            assert kernel.run(code).status == "ok"
        for turn in range(rounds + 1):
            for name, body in cases.items():
                ways = list(WAYS)
                for way in ways[turn % 3 :] + ways[: turn % 3]:
                    answer = kernel.run(f"{WAYS[way]}\n{body}", timeout=600)
                    assert answer.status == "ok", answer.tracebacks
                    took, cpu = kernel.value("[took, marks[-1] - marks[-2]]")
                    if turn:
                        times[name, way].append((seconds(answer), took, cpu))
    finally:
        kernel.close()
    return times


def seconds(answer: Answer) -> float:
    """From when the kernel began with the cell to its reply, by the kernel's own clock."""
    began = datetime.fromisoformat(answer.started)
    return (answer.ended - began).total_seconds()


def ratio(times: Times, name: str, way: str, which: int) -> float:
    """Median over the rounds of this way's time to the same round's bare time: both of them, for the watched one."""
    bare, again = times[name, "bare"], times[name, "bare again"]
    rounds = zip(times[name, way], bare, again if way == "watched" else bare, strict=True)
    return statistics.median(timed[which] / statistics.mean((a[which], b[which])) for timed, a, b in rounds)


if __name__ == "__main__":
    main()
