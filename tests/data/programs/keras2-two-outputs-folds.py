import os; os.environ["TF_CPP_MIN_LOG_LEVEL"] = "2"
import keras, numpy as np
keras.utils.set_random_seed(0); r = np.random.default_rng(0)
x = r.normal(size=(320, 6)).astype("float32"); y = {"price": x[:, 1], "click": (x[:, 0] > 0).astype("float32")}
for fold in (1, 2, 3):
    print(f"Fold {fold}")
    inputs = keras.Input((6,))
    outputs = [keras.layers.Dense(1, name="price")(inputs), keras.layers.Dense(1, "sigmoid", name="click")(inputs)]
    m = keras.Model(inputs, outputs)
    m.compile("sgd", {"price": "mse", "click": "binary_crossentropy"}, metrics={"price": "mae", "click": "accuracy"})
    keep_history(m.fit(x, y, epochs=1 if fold == 3 else 3, validation_split=0.25 if fold > 1 else 0), run=fold)
    m.evaluate(x[:64], {name: values[:64] for name, values in y.items()})
