"""What the installed Keras does with an output and a target of certain shapes."""

from __future__ import annotations

import os
from functools import cache
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")


def answer(keras: int, loss: str, output: tuple[int, ...], target: tuple[int, ...], batch: int) -> str:
    """``ok`` or the error of one training step; the shapes stand without their batch axis."""
    import numpy as np

    model = _model(keras, loss, output)
    try:
        model.train_on_batch(np.full((batch, *output), 0.5, "float32"), np.zeros((batch, *target), "float32"))
    except Exception as error:
        return type(error).__name__
    return "ok"


@cache
def _model(keras: int, loss: str, output: tuple[int, ...]) -> Any:
    """A layer that gives ``output``, with weights, so that gradients flow; one for all targets."""
    package = _package(keras)
    last = package.layers.Dense(output[-1], activation=_activation(loss))
    model = package.Sequential([package.Input(output), last])
    model.compile(loss=loss, optimizer="sgd", run_eagerly=True)
    return model


def _activation(loss: str) -> str:
    return "sigmoid" if loss == "binary_crossentropy" else "softmax" if "categorical" in loss else "linear"


def _package(keras: int) -> Any:
    if keras == 2:
        import tf_keras

        return tf_keras
    import keras as package

    return package
