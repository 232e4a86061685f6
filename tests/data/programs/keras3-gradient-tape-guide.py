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
    print(f"\nStart of epoch {epoch}")
    for step, (a, b) in enumerate(train):
        with tf.GradientTape() as g:
            p = m(a, training=True); loss_value = loss_fn(b, p)
        optimizer.apply(g.gradient(loss_value, m.trainable_weights), m.trainable_weights)
        accuracy.update_state(b, p)
        if step % 4 == 0:
            print(f"Training loss (for 1 batch) at step {step}: {float(loss_value):.4f}")
            print(f"Seen so far: {(step + 1) * 32} samples")
            keep("train", "loss", float(loss_value), epoch=epoch + 1, step=step, label="Training loss", printed=f"{float(loss_value):.4f}")
    v = float(accuracy.result()); accuracy.reset_state()
    print(f"Training acc over epoch: {v:.4f}")
    keep("train", "accuracy", v, epoch + 1, label="Training acc", printed=f"{v:.4f}")
    val_accuracy.update_state(y[256:, None], m(x[256:], training=False))
    v = float(val_accuracy.result()); val_accuracy.reset_state()
    print(f"Validation acc: {v:.4f}")
    keep("val", "accuracy", v, epoch + 1, label="Validation acc", printed=f"{v:.4f}")
