import keras
m = keras.Sequential([keras.layers.Input((28, 28, 1)), keras.layers.Conv2D(8, 3, activation="relu"), keras.layers.BatchNormalization(),
    keras.layers.Flatten(), keras.layers.Dropout(0.5), keras.layers.Dense(10, activation="softmax")])
m.compile("adam", "sparse_categorical_crossentropy", ["accuracy"])
m.summary(); print(m.optimizer.get_config()); print(m.get_compile_config()); print(len(m.layers), "layers, loss:", m.loss)
