import os; os.environ["KERAS_BACKEND"] = "tensorflow"; os.environ["TF_CPP_MIN_LOG_LEVEL"] = "2"
import keras, numpy as np, tensorflow as tf
keras.utils.set_random_seed(0); r = np.random.default_rng(0)
x = r.normal(size=(320, 6)).astype("float32"); y = (x[:, 0] > 0).astype("float32")
m = keras.Sequential([keras.Input((6,)), keras.layers.Dense(8, "relu"), keras.layers.Dense(1, "sigmoid")])
m.compile("adam", "binary_crossentropy", metrics=["accuracy"])
train = tf.data.Dataset.from_tensor_slices((x[:256], y[:256, None])).shuffle(256, seed=0).batch(32)
loss_fn, optimizer = keras.losses.BinaryCrossentropy(), keras.optimizers.Adam(0.01)
accuracy, val_accuracy = keras.metrics.BinaryAccuracy(), keras.metrics.BinaryAccuracy()
for epoch in range(3):
    print(f"\nepoch {epoch + 1}/3")
    bar = keras.utils.Progbar(8, stateful_metrics=["accuracy"])
    losses = []
    for step, (a, b) in enumerate(train):
        with tf.GradientTape() as g:
            p = m(a, training=True); loss_value = loss_fn(b, p)
        optimizer.apply(g.gradient(loss_value, m.trainable_weights), m.trainable_weights)
        accuracy.update_state(b, p); losses.append(float(loss_value)); acc = float(accuracy.result())
        bar.update(step + 1, values=[("loss", losses[-1]), ("accuracy", acc)])
    accuracy.reset_state()
    mean = bar._values["loss"][0] / bar._values["loss"][1]  # weighted as it shows it
    keep("train", "loss", mean, epoch + 1, label="loss", printed=f"{mean:.4f}"); keep("train", "accuracy", acc, epoch + 1, label="accuracy", printed=f"{acc:.4f}")
