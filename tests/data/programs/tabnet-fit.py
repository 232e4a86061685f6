import warnings; warnings.filterwarnings("ignore")
import numpy as np
from pytorch_tabnet.tab_model import TabNetClassifier
r = np.random.default_rng(0); x = r.normal(size=(256, 6)).astype("float32"); y = (x[:, 0] > 0).astype(int)
model = TabNetClassifier(verbose=1, seed=0)
model.fit(x[:192], y[:192], eval_set=[(x[192:], y[192:])], eval_name=["val"], eval_metric=["accuracy"], max_epochs=4, batch_size=64, virtual_batch_size=32)
for e in range(4):
    keep("train", "loss", model.history["loss"][e], e + 1, printed=f"{model.history['loss'][e]:.5f}")
    keep("val", "accuracy", model.history["val_accuracy"][e], e + 1, label="val_accuracy", printed=f"{model.history['val_accuracy'][e]:.5f}")
