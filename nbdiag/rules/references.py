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
