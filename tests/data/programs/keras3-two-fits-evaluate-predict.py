import keras, numpy as np

keras.utils.set_random_seed(2)
x = np.random.normal(size=(200, 5)).astype("float32")
y = x[:, :1] * 2


def model():
    m = keras.Sequential([keras.layers.Input((5,)), keras.layers.Dense(4), keras.layers.Dense(1)])
    m.compile("sgd", "mse", metrics=["mae"])
    return m


m = model()
keep_history(m.fit(x, y, epochs=3), run=1)
m.evaluate(x, y)
m.predict(x)
m = model()
keep_history(m.fit(x, y, epochs=4, validation_split=0.2), run=2)
print(m.evaluate(x, y, verbose=2))
