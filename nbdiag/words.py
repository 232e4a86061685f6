"""A metric's name in another language goes in, the same in the English words of ``metrics`` goes out."""

from __future__ import annotations

import functools
import re

_JOINED = {
    # Chinese and Japanese write no blanks, and Korean few: these are found within a name. Longer ones come first.
    "学习率": "learning rate", "學習率": "learning rate", "学習率": "learning rate", "학습률": "learning rate",
    "损失值": "loss", "損失値": "loss", "损失": "loss", "損失": "loss", "손실": "loss", "로스": "loss", "ロス": "loss",
    "准确率": "accuracy", "準確率": "accuracy", "正确率": "accuracy", "正解率": "accuracy", "精度": "accuracy", "정확도": "accuracy",
    "召回率": "recall", "再現率": "recall", "재현율": "recall", "精确率": "precision", "適合率": "precision", "困惑度": "perplexity",
    "训练集": "train", "训练": "train", "訓練": "train", "学習": "train", "훈련": "train", "학습": "train",
    "验证集": "val", "验证": "val", "驗證": "val", "検証": "val", "검증": "val",
    "测试集": "test", "测试": "test", "測試": "test", "テスト": "test", "테스트": "test",
    "盈利": "profit", "收益": "profit", "利益": "profit", "利润": "profit", "수익": "profit",
    "平均": "average", "평균": "average", "当前": "current", "目前": "current", "現在": "current", "현재": "current",
    "最佳": "best", "最优": "best", "最好": "best", "最低": "min", "最小": "min", "最高": "max", "최고": "best", "최소": "min",
    "最终": "final", "最終": "final", "최종": "final", "总": "total", "總": "total", "총": "total",
}  # fmt: skip
_WRITTEN = {
    "verlust": "loss", "pérdida": "loss", "perdida": "loss", "perda": "loss", "perte": "loss", "perdita": "loss",
    "потери": "loss", "потеря": "loss", "strata": "loss", "kayıp": "loss",
    "verluste": "loss", "pérdidas": "loss", "perdidas": "loss", "perdas": "loss", "pertes": "loss", "perdite": "loss", "kayip": "loss",
    "genauigkeit": "accuracy", "exactitud": "accuracy", "acurácia": "accuracy", "acuracia": "accuracy", "exactitude": "accuracy",
    "accuratezza": "accuracy", "точность": "accuracy", "dokładność": "accuracy", "doğruluk": "accuracy",
    "trainingsverlust": "train loss", "validierungsverlust": "val loss", "testverlust": "test loss",
    "trainingsgenauigkeit": "train accuracy", "validierungsgenauigkeit": "val accuracy", "testgenauigkeit": "test accuracy",
    "lernrate": "learning rate",
    "gewinn": "profit", "ganancia": "profit", "ganancias": "profit", "ventas": "profit", "lucro": "profit", "прибыль": "profit",
    "entrenamiento": "train", "treino": "train", "treinamento": "train", "entraînement": "train", "обучения": "train", "обучении": "train",
    "validación": "val", "validacion": "val", "validação": "val", "validierung": "val", "валидации": "val",
    "validacao": "val", "entrainement": "train", "trainings": "train", "validierungs": "val",
    "prueba": "test", "teste": "test", "тесте": "test",
    "promedio": "average", "media": "average", "médio": "average", "média": "average", "moyenne": "average", "средние": "average", "средняя": "average",
    "durchschnittlicher": "average", "mejor": "best", "melhor": "best", "bester": "best", "beste": "best", "meilleure": "best",
    "лучшая": "best", "лучшие": "best", "de": "", "du": "", "da": "", "en": "", "na": "", "на": "",
}  # fmt: skip
_ANY_JOINED = re.compile("|".join(sorted(_JOINED, key=len, reverse=True)))
_WORD = re.compile(r"[^\W\d_]+")
_ELIDED = re.compile(r"\b[dl]['’](?=\w)")
_TOLD = {"loss", "accuracy", "train", "val", "test", "learning rate", "profit"}


@functools.lru_cache(maxsize=4096)
def english(name: str) -> str:
    """``训练损失`` and ``Pérdida de entrenamiento`` are ``train loss`` and ``loss train``; an English name is itself."""
    if not name.isascii():
        name = " ".join(_ANY_JOINED.sub(lambda found: f" {_JOINED[found[0]]} ", name).split())
    words = _WORD.findall((name := _ELIDED.sub("", name)).lower())
    if not any(_TOLD & {*_WRITTEN.get(word, "").split()} for word in words):
        return name
    return " ".join(_WORD.sub(lambda found: _WRITTEN.get(found[0].lower(), found[0]), name).split())
