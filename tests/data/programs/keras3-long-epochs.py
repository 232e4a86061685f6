import keras, numpy as np, time

keras.utils.set_random_seed(6)
x = np.random.normal(size=(640, 5)).astype("float32")
y = x[:, :1] * 2
m = keras.Sequential([keras.layers.Input((5,)), keras.layers.Dense(1)])
m.compile("sgd", "mse", metrics=["mae"])


class Slow(keras.callbacks.Callback):
    def on_train_batch_end(self, batch, logs=None):
        time.sleep(0.03)


keep_history(m.fit(x, y, epochs=2, validation_split=0.25, batch_size=12, callbacks=[Slow()]))
