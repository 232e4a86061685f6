"""A small module is trained with the real Lightning ``Trainer`` in a real kernel; what was captured is checked."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from cell import AT_ONCE, captured, kernel  # noqa: F401

MAKE = """
import warnings, logging, torch
try:
    import lightning
except ImportError:
    import pytorch_lightning as lightning
from torch.utils.data import DataLoader, TensorDataset
warnings.simplefilter("ignore")
for name in ("lightning.pytorch", "pytorch_lightning"):
    logging.getLogger(name).setLevel(logging.ERROR)
told = {"train": [], "val": []}
class Module(lightning.LightningModule):
    def __init__(self, raises=None):
        super().__init__()
        self.net, self.raises = torch.nn.Linear(4, 2), raises
    def step(self, batch):
        return torch.nn.functional.cross_entropy(self.net(batch[0]), batch[1])
    def training_step(self, batch, i):
        loss = self.step(batch)
        self.log("train_loss", loss, on_step=True, on_epoch=True, prog_bar=True)
        if self.current_epoch == self.raises:
            raise ZeroDivisionError
        return loss
    def validation_step(self, batch, i):
        self.log("val_loss", self.step(batch), prog_bar=True)
    def on_train_epoch_end(self):
        for split in told:
            if f"{split}_loss" in self.trainer.callback_metrics:
                told[split].append(self.trainer.callback_metrics[f"{split}_loss"].item())
    def configure_optimizers(self):
        return torch.optim.SGD(self.parameters(), lr=0.1)
def loader(n, seed, **more):
    x = torch.randn(n, 4, generator=torch.Generator().manual_seed(seed))
    return DataLoader(TensorDataset(x, (x[:, 0] > 0).long()), 16, **more)
def trained(raises=None, epochs=4, **more):
    lightning.seed_everything(0)
    for values in told.values():
        values.clear()
    module = Module(raises)
    lightning.Trainer(max_epochs=epochs, logger=False, enable_checkpointing=False, accelerator="cpu",
        enable_model_summary=False, **more).fit(module, loader(160, 0, shuffle=True), loader(48, 1))
    return module
"""


def test_all_that_is_logged_at_full_precision(kernel):  # noqa: F811
    (run,) = captured(kernel, MAKE + "module = trained()")
    bare = kernel.value("told")
    assert list(run["curves"]["train:loss/epoch"]) == list(run["curves"]["val:loss/epoch"]) == [1.0, 2.0, 3.0, 4.0]
    assert list(run["curves"]["val:loss/epoch"].values()) == bare["val"]
    facts = run["facts"]
    assert run["status"] == "finished" and run["framework"] == "lightning"
    assert (facts["n_train"], facts["n_val"], facts["epochs"], facts["batch_size"]) == ("160", "48", "4", "16")
    assert (facts["optimizer"], facts["learning_rate"]) == ("SGD", "0.1")


def test_epochs_without_validation_have_no_value_of_it(kernel):  # noqa: F811
    (run,) = captured(kernel, MAKE + "trained(check_val_every_n_epoch=2, enable_progress_bar=False)")
    assert list(run["curves"]["val:loss/epoch"]) == [2.0, 4.0] and len(run["curves"]["train:loss/epoch"]) == 4


def test_a_training_that_raises(kernel):  # noqa: F811
    (run,) = captured(kernel, MAKE + "trained(raises=2)", status="error")
    assert run["status"] == "failed" and len(run["curves"]["train:loss/epoch"]) == 2


def test_the_same_weights_with_and_without_us(kernel):  # noqa: F811
    kernel.run(MAKE + "module = trained()")
    bare = kernel.value("module.net.weight.tolist()")
    captured(kernel, "module = trained()")
    assert kernel.value("module.net.weight.tolist()") == bare


def test_it_stops_by_should_stop_and_only_where_that_is_asked(kernel):  # noqa: F811
    code = (
        AT_ONCE
        + MAKE
        + """
import time
class Slow(lightning.Callback):
    def on_train_epoch_end(self, trainer, module):
        time.sleep(0.05)
class Bursts(Module):
    def step(self, batch):
        return super().step(batch) * (float("nan") if self.current_epoch > 2 else 1.0)
Module = Bursts
"""
    )
    code += "module = trained(epochs=EPOCHS, callbacks=[Slow()], enable_progress_bar=False)"
    (run,) = captured(kernel, code.replace("EPOCHS", "500"), options="--stop-on broken")
    assert run["status"] == "stopped" and 0 < kernel.value("module.trainer.current_epoch") < 500
    (run,) = captured(kernel, code.replace("EPOCHS", "20"))
    assert run["status"] == "finished" and kernel.value("module.trainer.current_epoch") == 20
