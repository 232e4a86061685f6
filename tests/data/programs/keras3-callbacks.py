import keras, numpy as np

keras.utils.set_random_seed(1)
x = np.random.normal(size=(200, 5)).astype("float32")
y = (x[:, 0] + np.random.normal(size=200) > 0).astype("float32")
m = keras.Sequential([keras.layers.Input((5,)), keras.layers.Dense(16, "relu"), keras.layers.Dense(1, "sigmoid")])
m.compile(keras.optimizers.Adam(0.05), "binary_crossentropy", metrics=["accuracy"])
h = m.fit(
    x,
    y,
    validation_split=0.3,
    epochs=12,
    callbacks=[
        keras.callbacks.ModelCheckpoint("best.keras", save_best_only=True, verbose=1),
        keras.callbacks.ReduceLROnPlateau(patience=1, verbose=1),
        keras.callbacks.EarlyStopping(patience=4, verbose=1, restore_best_weights=True),
    ],
)
keep_history(h)
