"""Cells that do what nobody should: they end as without us, say the same, and leave the kernel as it was."""

from __future__ import annotations

import pytest

from tests.kernel.talk import Kernel

pytestmark = pytest.mark.kernel

LOG = "for e in range(1, 6): print(f'Epoch {e}/5 - loss: {1 / e:.4f}')\n"
CELLS = {
    "ten megabytes on one line": "print(' '.join(f'loss: {i}.5' for i in range(900_000)))\n" + LOG,
    "bytes as text": "import random; random.seed(0)\n"
    "print(bytes(random.randrange(256) for _ in range(200_000)).decode('latin1'))\n" + LOG,
    "a line rewritten without end": "for i in range(50_000): print(f'\\rstep {i} loss: {1 / (i + 1):.4f}', end='')",
    "no text": "import sys; sys.stdout.write(b'abc')",
    "streams of its own": "import sys\nclass Loud:\n  def write(self, text): return kept.write(text.upper())\n"
    "  def flush(self): kept.flush()\nkept = sys.stdout\nsys.stdout = Loud()\n" + LOG + "sys.stdout = kept",
    "no stream": "import sys\nkept = sys.stdout\nsys.stdout = None\nprint('lost')\nsys.stdout = kept\n" + LOG,
    "two threads": "import threading\nlock = threading.Lock()\ndef go():\n  for e in range(1, 30):\n"
    "    with lock: sys.stdout.write(f'Epoch {e}/29 - loss: {1 / e:.4f}\\n')\nimport sys\n"
    "threads = [threading.Thread(target=go) for _ in 'ab']\nfor t in threads: t.start(); t.join()\n",
    "a fork": "import os\npid = os.fork()\nif not pid: os._exit(0)\nos.waitpid(pid, 0)\n" + LOG,
    "a pool": "import multiprocessing\nwith multiprocessing.get_context('fork').Pool(2) as pool: print(pool.map(abs, [-1, 2]))\n",
    "a pool that fails": "with multiprocessing.get_context('fork').Pool(1) as pool: pool.map(int, ['x'])",
    "values of all kinds": "for e in range(1, 9): print(f'Epoch {e}/8 - loss: {1e308 / e} - a: {-e} - b: {1j * e} - c: None - "
    "<script>: {e * 0.5} - </details>: {e} - 🔥acc: 0.{e} - ' + 'x' * 300 + f': {e}')",
    "loss that is NaN": "for e in range(1, 9): print(f'Epoch {e}/8 - loss: nan - val_loss: inf')",
    "thousands of epochs": "for e in range(1, 3001): print(f'Epoch {e}/3000 - loss: {1 / e:.6f}')",
    "an exit": "import warnings; warnings.simplefilter('ignore')\n" + LOG + "raise SystemExit(3)",
    "a cell in a cell": "get_ipython().run_cell('1/0')\n" + LOG,
}
STATE = """
import sys
def state():
    streams = [getattr(s.__dict__.get("write"), "__module__", "") for s in (sys.stdout, sys.stderr)]
    return [*streams, len(sys.meta_path), get_ipython().events.callbacks["post_run_cell"].__len__()]
"""


@pytest.mark.parametrize("name", CELLS)
def test_it_ends_as_without_us(kernel: Kernel, name: str):
    kernel.run(STATE)
    before = kernel.value("state()")
    bare = kernel.run(CELLS[name])
    watched = kernel.run(f"%%diagnose\n{CELLS[name]}")
    assert (watched.status, watched.ename, watched.evalue) == (bare.status, bare.ename, bare.evalue)
    said = watched.text().replace("nbdiag: no training was captured in this cell.\n", "")
    assert said.startswith(bare.text())
    assert "NbdiagWarning" not in watched.text("stderr")
    assert all("/nbdiag/" not in trace for trace in watched.tracebacks), watched.tracebacks
    assert kernel.value("state()") == before


def test_an_interrupt_within_a_print_shows_the_readers_frames_only(kernel: Kernel):
    """The cell does little else than print: most interrupts come there."""
    loop = "i = 0\nwhile True:\n  i += 1\n  print(f'Epoch {i} - loss: {1 / i:.6f}')\n"
    for _ in range(3):
        watched = kernel.run(f"%%diagnose -q\n{loop}", interrupt_at="Epoch 50 ")
        assert watched.ename == "KeyboardInterrupt"
        assert all("/nbdiag/" not in trace for trace in watched.tracebacks), watched.tracebacks


@pytest.mark.parametrize("line", ["%unload_ext nbdiag", "%reload_ext nbdiag"])
def test_it_may_be_unloaded_while_it_watches(kernel: Kernel, line: str):
    kernel.run(STATE)
    before = kernel.value("state()")
    watched = kernel.run(f"%%diagnose\n{LOG}{line}\n{LOG}")
    assert watched.status == "ok" and watched.text("stderr") == ""
    assert watched.text().count("Epoch 5/5") == 2
    assert kernel.run("%reload_ext nbdiag").status == "ok"
    assert kernel.value("state()") == before


@pytest.mark.frameworks
def test_a_model_deleted_in_the_cell_is_gone(kernel: Kernel):
    """Else a search over many models in one cell would hold one more of them in memory than it does without us."""
    made = kernel.run("""
import os; os.environ["KERAS_BACKEND"] = "torch"
import gc, weakref, keras, numpy as np
x, y = np.random.rand(64, 4).astype("float32"), np.arange(64) % 2
def freed():
    model = keras.Sequential([keras.layers.Dense(1, activation="sigmoid")])
    model.compile("adam", "binary_crossentropy")
    model.fit(x, y, validation_split=0.25, epochs=2, verbose=0)
    known = weakref.ref(model)
    del model
    gc.collect()
    return known() is None
""")
    assert made.status == "ok", made.tracebacks
    assert kernel.run("freed()").result == "True"
    assert kernel.run("%%diagnose\nfreed()").result == "True"


ODD = {
    "two models in turns": "a, b = made(), made()\nfor _ in range(3):\n  a.fit(x, y, epochs=2, verbose=0)\n"
    "  b.fit(x, y, epochs=2, verbose=0, validation_split=0.25)\nprint(told(a), told(b))",
    "a generator": "def batches():\n  while True:\n    i = np.random.randint(0, 64, 16)\n    yield x[i], y[i]\n"
    "a = made()\nh = a.fit(batches(), steps_per_epoch=3, epochs=3, verbose=0, validation_data=batches(), validation_steps=2)\n"
    "print(told(a), h.history)",
    "weights put back": "a = made()\nstop = keras.callbacks.EarlyStopping('val_loss', patience=1, restore_best_weights=True)\n"
    "h = a.fit(x, y, epochs=20, validation_split=0.25, verbose=0, callbacks=[stop])\nprint(told(a), h.history)",
    "copies while it trains": "class Copy(keras.callbacks.Callback):\n  def on_epoch_end(self, epoch, logs=None):\n"
    "    pickle.dumps(self.model); copy.deepcopy(self.model.optimizer.get_config()); gc.collect()\n"
    "a = made()\nh = a.fit(x, y, epochs=3, verbose=0, callbacks=[Copy()])\nprint(told(a), len(pickle.dumps(h.history)))",
    "no epoch": "a = made()\nh = a.fit(x, y, epochs=0, verbose=0)\nprint(told(a), h.history)",
}


@pytest.mark.frameworks
@pytest.mark.parametrize("name", ODD)
def test_odd_trainings_are_the_same_to_the_bit(kernel: Kernel, name: str):
    made = kernel.run("""
import os; os.environ["KERAS_BACKEND"] = "torch"
import copy, gc, hashlib, pickle, random, keras, numpy as np, torch
x, y = np.random.default_rng(0).normal(size=(64, 4)).astype("float32"), np.arange(64) % 2
def made():
    keras.utils.set_random_seed(1)
    layers = [keras.layers.Dense(8), keras.layers.BatchNormalization(), keras.layers.Dropout(0.3)]
    model = keras.Sequential([keras.Input((4,)), *layers, keras.layers.Dense(1, activation="sigmoid")])
    model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
    return model
def told(model):
    weights = hashlib.sha256(b"".join(w.tobytes() for w in model.get_weights())).hexdigest()
    return weights, random.random(), np.random.rand(), torch.rand(1).item()
""")
    assert made.status == "ok", made.tracebacks
    bare, again = kernel.run(ODD[name]), kernel.run(ODD[name])
    watched = kernel.run(f"%%diagnose -q\n{ODD[name]}")
    assert watched.status == "ok", watched.tracebacks
    assert bare.text() == again.text() != ""  # or the comparison below would prove nothing
    assert watched.text() == bare.text()
