import logging, warnings; warnings.filterwarnings("ignore")
import lightning as L, torch
from lightning.pytorch.callbacks import RichProgressBar, TQDMProgressBar
from torch.utils.data import DataLoader, TensorDataset
torch.manual_seed(0)
x = torch.randn(240, 5); y = x[:, :1] + 0.1 * torch.randn(240, 1)
class Model(L.LightningModule):
    def __init__(self):
        super().__init__(); self.net = torch.nn.Linear(5, 1)
    def training_step(self, batch, i):
        loss = torch.nn.functional.mse_loss(self.net(batch[0]), batch[1])
        self.log("train_loss", loss, prog_bar=True, on_step=False, on_epoch=True); return loss
    def validation_step(self, batch, i):
        self.log("val_loss", torch.nn.functional.mse_loss(self.net(batch[0]), batch[1]), prog_bar=True)
    def configure_optimizers(self): return torch.optim.SGD(self.parameters(), 0.05)
class Keep(L.Callback):
    def on_train_epoch_end(self, trainer, module):
        for split in ("train", "val"):
            keep(split, "loss", trainer.callback_metrics[f"{split}_loss"], trainer.current_epoch + 1, label=f"{split}_loss", printed=f"{float(trainer.callback_metrics[f'{split}_loss']):.17g}")
t = L.Trainer(max_epochs=3, accelerator="cpu", logger=L.pytorch.loggers.CSVLogger("logs"), log_every_n_steps=5, enable_checkpointing=False, enable_progress_bar=False, callbacks=[Keep()])
t.fit(Model(), DataLoader(TensorDataset(x[:160], y[:160]), 16), DataLoader(TensorDataset(x[160:], y[160:]), 16))
import shutil; shutil.copy(f"{t.logger.log_dir}/metrics.csv", "raw.csv")
