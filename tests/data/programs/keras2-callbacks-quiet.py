import os; os.environ["TF_CPP_MIN_LOG_LEVEL"] = "2"
import keras, numpy as np
from keras.callbacks import EarlyStopping, ModelCheckpoint, ReduceLROnPlateau
keras.utils.set_random_seed(0); r = np.random.default_rng(0)
x = r.normal(size=(320, 6)).astype("float32"); y = (x[:, 0] > 0).astype("float32")
m = keras.Sequential([keras.layers.Dense(8, "relu"), keras.layers.Dense(1, "sigmoid")])
m.compile("adam", "binary_crossentropy", metrics=["accuracy", keras.metrics.AUC(name="auc")])
told = [ModelCheckpoint("m.h5", save_best_only=True, verbose=1), ReduceLROnPlateau(patience=1, min_delta=0.05, verbose=1),
        EarlyStopping(patience=3, min_delta=0.05, restore_best_weights=True, verbose=1)]
h = m.fit(x, y, epochs=8, batch_size=32, validation_split=0.25, verbose=2, callbacks=told)
h.history["learning_rate"] = h.history.pop("lr")
keep_history(h)
