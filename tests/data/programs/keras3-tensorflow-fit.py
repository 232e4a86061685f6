import os; os.environ["KERAS_BACKEND"] = "tensorflow"; os.environ["TF_CPP_MIN_LOG_LEVEL"] = "2"
import keras, numpy as np, tensorflow as tf
keras.utils.set_random_seed(0); r = np.random.default_rng(0)
x = r.normal(size=(320, 6)).astype("float32"); y = (x[:, 0] > 0).astype("float32")
m = keras.Sequential([keras.Input((6,)), keras.layers.Dense(8, "relu"), keras.layers.Dense(1, "sigmoid")])
m.compile("adam", "binary_crossentropy", metrics=["accuracy"])
keep_history(m.fit(x, y, epochs=4, batch_size=32, validation_split=0.25))
