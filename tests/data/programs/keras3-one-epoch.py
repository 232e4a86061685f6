import keras, numpy as np

keras.utils.set_random_seed(7)
x = np.random.normal(size=(200, 5)).astype("float32")
y = x[:, :1] * 2
m = keras.Sequential([keras.layers.Input((5,)), keras.layers.Dense(1)])
m.compile("sgd", "mse", metrics=["mae"])
keep_history(m.fit(x, y, epochs=1, validation_split=0.25))
