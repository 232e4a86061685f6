"""The program of stats.stackexchange.com/a/448033 on current Keras: one wrong label among 20 validation samples."""

import keras
import numpy as np

np.random.seed(0)
x_train = np.hstack([1 / 2 + 1 / 2 * np.random.uniform(size=10), 1 / 2 - 1.5 * np.random.uniform(size=10)])[:, None]
y_train = np.array([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1])
x_test = np.hstack([1 / 2 + 1 / 2 * np.random.uniform(size=10), 1 / 2 - 1.5 * np.random.uniform(size=10)])[:, None]
y_test = np.array([0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1])

keras.utils.set_random_seed(6)
m = keras.Sequential(
    [keras.layers.Input((1,)), keras.layers.Dense(3, activation="relu"), keras.layers.Dense(1, activation="sigmoid")]
)
m.compile(optimizer=keras.optimizers.Adam(learning_rate=0.05), loss="binary_crossentropy", metrics=["accuracy"])

outputs = []
remember = keras.callbacks.LambdaCallback(
    on_epoch_end=lambda epoch, logs: outputs.append(keras.ops.convert_to_numpy(m(x_test, training=False))[:, 0])
)
history = m.fit(
    x_train, y_train, validation_data=(x_test, y_test), batch_size=20, epochs=300, verbose=0, callbacks=[remember]
)
