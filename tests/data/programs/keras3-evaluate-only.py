import keras, numpy as np

keras.utils.set_random_seed(8)
x = np.random.normal(size=(600, 5)).astype("float32")
y = x[:, :1] * 2
m = keras.Sequential([keras.layers.Input((5,)), keras.layers.Dense(1)])
m.compile("sgd", "mse", metrics=["mae"])
m.summary()
for _ in range(3):
    m.evaluate(x, y)
    m.predict(x)
    m.evaluate(x, y, verbose=2)
