"""Models with operators, models and layers of the program's own inside: the plan computes what the program does."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import pytest

from lstmlint.verify.assemble import assemble
from lstmlint.verify.rebuild import Rebuilder
from lstmlint.verify.sizes import Sizes
from tests.unit.interpreter.following import follow

HEAD = """
import numpy as np
import tensorflow as tf
import keras
from keras import layers, ops
from keras.layers import GRU, LSTM, Dense, Input
from keras.models import Model, Sequential

x, y = np.random.rand(8, 6, 4), np.random.rand(8, 3)
"""
FIT = """
model.compile("adam", "mse")
model.fit(x, y, verbose=0)
"""

OPERATORS = """
inputs = Input((6, 4))
h = LSTM(5, return_sequences=True)(inputs)
h = h[:, 1:, :] - 0.5 * h[:, :-1] / 2 + inputs[:, 1:, :1]
h = ops.concatenate([h, h * h, ops.expand_dims(h[..., 0], -1)], axis=-1)
h = ops.max(h, axis=2, keepdims=True) + ops.mean(h, axis=1, keepdims=True)
model = Model(inputs, Dense(3)(GRU(4)(ops.transpose(h, (0, 2, 1)))))
"""
IN_A_MODEL = """
steps = Input((6, 5))
inner = Model(steps, [GRU(4, return_sequences=True)(steps), GRU(4)(steps)])
inputs = Input((6, 4))
first, last = inner(LSTM(5, return_sequences=True)(inputs))
again, _ = inner(LSTM(5, return_sequences=True)(inputs))
model = Model(inputs, Dense(3)(LSTM(4)(first + again, initial_state=[last, last])))
"""
ATTENTION = """
class Attention(layers.Layer):
    def __init__(self, units):
        super().__init__()
        self.score, self.value = Dense(units), Dense(1)

    def call(self, h, last):
        weights = ops.softmax(self.value(ops.tanh(self.score(h) + ops.expand_dims(last, 1))), axis=1)
        return ops.sum(weights * h, axis=1)

inputs = Input((6, 4))
h, last, _ = LSTM(5, return_sequences=True, return_state=True)(inputs)
model = Model(inputs, Dense(3)(Attention(5)(h, last)))
"""
SUBCLASSED = """
class Net(Model):
    def __init__(self, units):
        super().__init__()
        self.blocks = [LSTM(units, return_sequences=True) for _ in range(2)]
        self.drop = layers.Dropout(0.3)
        self.out = Dense(3)

    def call(self, x, training=False):
        for block in self.blocks:
            x = self.drop(block(x), training=training) + ops.reshape(x[:, :, 0], (-1, 6, 1))
        return self.out(x[:, -1])

model = Net(5)
"""
IN_A_ROW = """
class Scale(layers.Layer):
    def call(self, x):
        return ops.sqrt(ops.square(x) * 2) - ops.relu(x)

steps = Input((6, 5))
model = Sequential([Input((6, 4)), LSTM(5, return_sequences=True), Model(steps, GRU(4)(steps)), Scale(), Dense(3)])
"""
JOINED = """
from tensorflow.keras import backend as K

class Both(layers.Layer):
    def call(self, x):
        return K.concatenate([x, x * 2]) + ops.stack([x, x * 2])[1, :, :, :1]

model = Sequential([Input((6, 4)), LSTM(5, return_sequences=True), Both(), GRU(4), Dense(3)])
"""


@pytest.fixture(scope="module")
def tensorflow() -> ModuleType:
    return pytest.importorskip("lstmlint.verify.backend")


@pytest.mark.parametrize("text", [OPERATORS, IN_A_MODEL, ATTENTION, SUBCLASSED, IN_A_ROW, JOINED])
def test_the_plan_computes_what_the_program_does(text: str, tensorflow: ModuleType) -> None:
    run = next(follow(HEAD + text + FIT).runs)
    rebuilt = assemble(Rebuilder(Sizes()).model(run.model))
    names: dict[str, Any] = {}
    exec(HEAD + text + FIT, names)
    own, x = names["model"], names["x"].astype("float32")
    rebuilt(x)
    assert sorted(tuple(w.shape) for w in rebuilt.weights) == sorted(tuple(w.shape) for w in own.weights)
    for model in (own, rebuilt):
        model.set_weights([tensorflow.np.full(weight.shape, 0.3) for weight in model.weights])
    expected, found = (model.predict(x, verbose=0) for model in (own, rebuilt))
    assert tensorflow.np.abs(expected).max() > 0.01
    tensorflow.np.testing.assert_allclose(found, expected, rtol=1e-5)


@pytest.mark.parametrize("where", ["of_object", "of_class"])
def test_a_layer_that_gives_masks_on_is_no_plan(where: str) -> None:
    from lstmlint.verify.sizes import Unplannable

    in_class = "supports_masking = True" if where == "of_class" else "pass"
    on_object = "self.supports_masking = True" if where == "of_object" else "pass"
    own = f"""
class Own(layers.Layer):
    {in_class}

    def __init__(self):
        super().__init__()
        {on_object}

    def call(self, x):
        return x * 2

model = Sequential([Input((6, 4)), layers.Masking(), Own(), LSTM(3)])
"""
    with pytest.raises(Unplannable, match="masks"):
        Rebuilder(Sizes()).model(next(follow(HEAD + own + FIT).runs).model)


UNKNOWN = {
    "its own weights": "self.w * x",
    "cumsum": "ops.cumsum(x, axis=1)",
}


@pytest.mark.parametrize("expression", UNKNOWN.values(), ids=UNKNOWN.keys())
def test_what_is_not_followed_is_no_plan(expression: str) -> None:
    from lstmlint.verify.sizes import Unplannable

    own = f"""
class Own(layers.Layer):
    def build(self, shape):
        self.w = self.add_weight(shape=(shape[-1],))

    def call(self, x):
        return {expression}

model = Sequential([Input((6, 4)), LSTM(5, return_sequences=True), Own(), LSTM(3)])
"""
    with pytest.raises(Unplannable):
        Rebuilder(Sizes()).model(next(follow(HEAD + own + FIT).runs).model)
