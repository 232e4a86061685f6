import keras, numpy as np

keras.utils.set_random_seed(4)
x = np.random.normal(size=(200, 5)).astype("float32")
y = x[:, :1] * 2
m = keras.Sequential([keras.layers.Input((5,)), keras.layers.Dense(1)])
m.compile("sgd", "mse")
keep_history(m.fit(x, y, epochs=8, initial_epoch=3, validation_split=0.2, validation_freq=2, verbose=2), val_every=2)
