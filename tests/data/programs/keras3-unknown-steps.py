import keras, numpy as np

keras.utils.set_random_seed(3)
import torch


class Stream(torch.utils.data.IterableDataset):
    def __iter__(self):
        for _ in range(144):
            x = torch.randn(5)
            yield x, x[:1] * 2


m = keras.Sequential([keras.layers.Input((5,)), keras.layers.Dense(4), keras.layers.Dense(1)])
m.compile("sgd", "mse", metrics=["mae"])
keep_history(m.fit(torch.utils.data.DataLoader(Stream(), batch_size=16), epochs=3))
