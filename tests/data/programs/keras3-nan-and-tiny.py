import keras, numpy as np

keras.utils.set_random_seed(5)
x = np.random.normal(size=(100, 5)).astype("float32")
y = x[:, :1] * 0.01
m = keras.Sequential([keras.layers.Input((5,)), keras.layers.Dense(1, kernel_initializer="zeros")])
m.compile(keras.optimizers.SGD(0.1), "mse", metrics=["mae"])
keep_history(m.fit(x, y, epochs=3), run=1)
m.compile(keras.optimizers.SGD(1e4), "mse")
keep_history(m.fit(x, y * 1e4, epochs=4, validation_split=0.2), run=2)
