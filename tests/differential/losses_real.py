"""What the installed Keras does with an output and a target: reads cases as JSON lines, answers ``ok`` or the error.

A case is ``[keras, loss, output, target, batch]``; the shapes stand without their batch axis.
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")


def answer(keras: int, loss: str, output: list[int], target: list[int], batch: int) -> str:
    """One training step of a layer that gives ``output``, with weights, so that gradients flow."""
    import numpy as np

    package = _package(keras)
    model = package.Sequential(
        [package.Input(tuple(output)), package.layers.Dense(output[-1], activation=_activation(loss))]
    )
    model.compile(loss=loss, optimizer="sgd", run_eagerly=True)
    try:
        model.train_on_batch(np.full((batch, *output), 0.5, "float32"), np.zeros((batch, *target), "float32"))
    except Exception as error:
        return type(error).__name__
    return "ok"


def _activation(loss: str) -> str:
    return "sigmoid" if loss == "binary_crossentropy" else "softmax" if "categorical" in loss else "linear"


def _package(keras: int) -> Any:
    if keras == 2:
        import tf_keras

        return tf_keras
    import keras as package

    return package


if __name__ == "__main__":
    for line in sys.stdin:
        print(json.dumps(answer(*json.loads(line))), flush=True)
