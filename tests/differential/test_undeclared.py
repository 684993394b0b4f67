"""A Sequential without an input shape: where we say how many axes its input must have, Keras takes no other number."""

from __future__ import annotations

import itertools
import os
import random
import warnings
from collections.abc import Iterator

import pytest

from tests.unit.interpreter.following import model_of

keras = pytest.importorskip("keras")

LAYERS = (
    *("LSTM(3)", "LSTM(3, return_sequences=True)", "Bidirectional(GRU(2))", "ConvLSTM1D(2, 2, padding='same')"),
    *("Dense(3)", "Embedding(9, 4)", "Dropout(0.1)", "Flatten()", "BatchNormalization()", "RepeatVector(4)"),
    *("Conv1D(3, 2, padding='same')", "Conv2D(3, 2, padding='same')", "MaxPooling1D(padding='same')"),
    *("GlobalAveragePooling1D()", "TimeDistributed(Dense(2))", "Permute((2, 1))", "Activation('relu')"),
)
AXES = range(1, 7)
EXAMPLES = int(os.environ.get("LSTMLINT_EXAMPLES", "400")) // 10


def _chains() -> Iterator[tuple[str, ...]]:
    yield from itertools.product(LAYERS, repeat=1)
    chosen = random.Random(3)
    for _ in range(EXAMPLES):
        yield tuple(chosen.choice(LAYERS) for _ in range(chosen.randint(2, 4)))


def _goes(chain: tuple[str, ...], axes: int) -> bool:
    """Whether Keras builds the model on an input of so many axes."""
    names = vars(keras.layers)
    model = keras.Sequential([eval(layer, dict(names)) for layer in chain])
    try:
        model.build((2, *[4] * (axes - 1)))
    except Exception:
        return False
    return True


def test_keras_takes_no_other_number_of_axes() -> None:
    warnings.simplefilter("ignore")
    told = 0
    for chain in _chains():
        imports = f"from keras.layers import {', '.join({layer.split('(')[0] for layer in chain} | {'GRU'})}\n"
        shape = model_of(f"{imports}model = Sequential([{', '.join(chain)}])").input_shape
        if shape is not None:
            told += 1
            assert [axes for axes in AXES if _goes(chain, axes)] in ([len(shape)], []), chain
    keras.backend.clear_session()
    assert told > 10
