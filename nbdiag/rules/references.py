"""Where the rules' knowledge comes from: each source once, for the findings that rest on it."""

from __future__ import annotations

from nbdiag.finding import Reference

GOOGLE_CURVES = Reference(
    "Google, Interpreting loss curves",
    "https://developers.google.com/machine-learning/crash-course/overfitting/interpreting-loss-curves",
)
TUNING_PLAYBOOK = Reference("Deep Learning Tuning Playbook", "https://github.com/google-research/tuning_playbook")
PRECHELT = Reference("Prechelt, Early Stopping – But When?", "https://doi.org/10.1007/978-3-642-35289-8_5")
OVERFIT_GUARD = Reference("Li et al. 2024, Overfitting detection", "https://doi.org/10.1109/ACCESS.2024.3402543")
DOUBLE_DESCENT = Reference("Nakkiran et al. 2019, Deep double descent", "https://arxiv.org/abs/1912.02292")
GROKKING = Reference("Power et al. 2022, Grokking", "https://arxiv.org/abs/2201.02177")
CALIBRATION = Reference("Guo et al. 2017, On calibration of modern neural networks", "https://arxiv.org/abs/1706.04599")
LOSS_UP_ACCURACY_UP = Reference(
    "How can loss and accuracy both rise?", "https://stats.stackexchange.com/questions/282160"
)
OUTLIERS = Reference("A loss hijacked by a few outliers", "https://stats.stackexchange.com/a/448033")
FLUCTUATING_ACCURACY = Reference(
    "Why validation accuracy fluctuates", "https://stats.stackexchange.com/questions/255105"
)
BOTH_UP = Reference(
    "How to interpret increase in both loss and accuracy", "https://stackoverflow.com/questions/40910857"
)
CS231N = Reference("CS231n, Learning and evaluation", "https://cs231n.github.io/neural-networks-3/")
KARPATHY = Reference("Karpathy, A recipe for training neural networks", "https://karpathy.github.io/2019/04/25/recipe/")
CATAPULT = Reference("Lewkowycz et al. 2020, The large learning rate phase", "https://arxiv.org/abs/2003.02218")
KERAS_STOPPING = Reference("Keras, EarlyStopping", "https://keras.io/api/callbacks/early_stopping/")
KERAS_PLATEAU = Reference("Keras, ReduceLROnPlateau", "https://keras.io/api/callbacks/reduce_lr_on_plateau/")
KERAS_FAQ = Reference(
    "Keras, Why is my training loss much higher than my testing loss?",
    "https://keras.io/getting_started/faq/#why-is-my-training-loss-much-higher-than-my-testing-loss",
)
WARM_RESTARTS = Reference("Loshchilov and Hutter 2016, SGDR", "https://arxiv.org/abs/1608.03983")
NOISY_LABELS = Reference("Zhang et al. 2016, Rethinking generalization", "https://arxiv.org/abs/1611.03530")
EARLY_LEARNING = Reference("Liu et al. 2020, Early-learning regularization", "https://arxiv.org/abs/2007.00151")
SADDLES = Reference("Saxe et al. 2013, Exact solutions of deep linear networks", "https://arxiv.org/abs/1312.6120")
GLOROT = Reference("Glorot and Bengio 2010", "https://proceedings.mlr.press/v9/glorot10a.html")
CLIPPING = Reference("Pascanu et al. 2012, Training recurrent networks", "https://arxiv.org/abs/1211.5063")
LOSS_AND_ACCURACY = Reference("The relation of loss and accuracy", "https://datascience.stackexchange.com/q/42599")
WEIGHTED_GAP = Reference("Large gap between training and validation loss", "https://stats.stackexchange.com/q/444546")
WILD_ACCURACY = Reference("Why both accuracies fluctuate wildly", "https://stats.stackexchange.com/q/317699")
BATCHNORM = Reference("Ioffe and Szegedy 2015, Batch normalization", "https://arxiv.org/abs/1502.03167")
KERAS_BATCHNORM = Reference(
    "Keras, BatchNormalization, momentum", "https://keras.io/api/layers/normalization_layers/batch_normalization/"
)
KERAS_LOSSES = Reference("Keras, Probabilistic losses", "https://keras.io/api/losses/probabilistic_losses/")
KERAS_FIT = Reference(
    "Keras, fit: class_weight, shuffle, steps_per_epoch", "https://keras.io/api/models/model_training_apis/"
)
KERAS_ACCURACY = Reference("Keras, Accuracy metrics", "https://keras.io/api/metrics/accuracy_metrics/")
TORCH_CE = Reference(
    "PyTorch, CrossEntropyLoss takes logits",
    "https://docs.pytorch.org/docs/stable/generated/torch.nn.CrossEntropyLoss.html",
)
TORCH_BCE = Reference(
    "PyTorch, BCELoss clamps at −100", "https://docs.pytorch.org/docs/stable/generated/torch.nn.BCELoss.html"
)
TORCH_DATALOADER = Reference("PyTorch, DataLoader", "https://docs.pytorch.org/docs/stable/data.html")
AMP = Reference("PyTorch, Automatic mixed precision", "https://docs.pytorch.org/docs/stable/amp.html")
LABEL_SMOOTHING = Reference(
    "Szegedy et al. 2016, Rethinking the Inception architecture", "https://arxiv.org/abs/1512.00567"
)
DEEPDIAGNOSIS = Reference("Wardat et al. 2022, DeepDiagnosis", "https://arxiv.org/abs/2112.08598")
LEAKAGE = Reference("Kapoor and Narayanan 2023, Leakage", "https://arxiv.org/abs/2207.07048")
IMBALANCE = Reference(
    "Google, Imbalanced data sets",
    "https://developers.google.com/machine-learning/crash-course/overfitting/imbalanced-datasets",
)
NORMALISE = Reference(
    "Google, Normalization of numerical data",
    "https://developers.google.com/machine-learning/crash-course/numerical-data/normalization",
)
DROPOUT = Reference("Srivastava et al. 2014, Dropout", "https://jmlr.org/papers/v15/srivastava14a.html")
KERAS_TRANSFER = Reference("Keras, Transfer learning and fine-tuning", "https://keras.io/guides/transfer_learning/")
UMLAUT = Reference("Schoop et al. 2021, UMLAUT", "https://doi.org/10.1145/3411764.3445538")
