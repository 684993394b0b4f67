"""The shapes and number of weights against ``get_weights()`` and ``count_params()`` of the installed Keras."""

from __future__ import annotations

from typing import Any

import pytest

from lstmlint.keras_model.layers.weights import model_parameters, model_weights
from tests.unit.interpreter.following import follow

keras = pytest.importorskip("keras")

SERIES, IMAGE, VIDEO, FLAT = "(10, 3)", "(8, 6, 3)", "(4, 8, 6, 3)", "(7,)"
LAYERS = {
    SERIES: """
LSTM(5) | LSTM(5, use_bias=False) | LSTM(5, return_sequences=True, return_state=False) | GRU(5)
GRU(5, reset_after=False) | GRU(5, use_bias=False) | SimpleRNN(5) | Bidirectional(LSTM(5))
Bidirectional(GRU(4), merge_mode="sum") | Bidirectional(LSTM(5), backward_layer=GRU(5, go_backwards=True))
TimeDistributed(Dense(4)) | Dense(4) | Dense(4, use_bias=False) | Conv1D(6, 3) | Conv1D(6, 3, use_bias=False)
Conv1DTranspose(6, 3) | SeparableConv1D(6, 3) | SeparableConv1D(6, 3, depth_multiplier=2) | DepthwiseConv1D(3)
BatchNormalization() | BatchNormalization(scale=False) | LayerNormalization() | LayerNormalization(center=False)
PReLU() | Dropout(0.5) | Flatten() | Masking() | MaxPooling1D() | Activation("tanh") | RNN(LSTMCell(4))
RNN([LSTMCell(4), GRUCell(3)]) | RNN(StackedRNNCells([SimpleRNNCell(2), LSTMCell(4)])) | GlobalAveragePooling1D()
Permute((2, 1)) | Reshape((30,)) | GaussianNoise(0.1) | LeakyReLU() | UpSampling1D()
""",
    IMAGE: """
Conv2D(6, 3) | Conv2D(6, (3, 2)) | Conv2DTranspose(6, 3) | SeparableConv2D(6, (3, 2)) | DepthwiseConv2D(3)
DepthwiseConv2D((3, 2), depth_multiplier=2, use_bias=False) | ConvLSTM1D(5, 3) | BatchNormalization()
TimeDistributed(LSTM(4)) | TimeDistributed(Conv1D(4, 2)) | MaxPooling2D() | Conv2D(6, 3, data_format="channels_first")
""",
    VIDEO: "ConvLSTM2D(5, 3) | ConvLSTM2D(5, (3, 2), use_bias=False) | Conv3D(5, 2) | TimeDistributed(Conv2D(4, 3))",
    FLAT: "Embedding(50, 8) | RepeatVector(3) | Dense(1) | Dense(4, activation='softmax') | BatchNormalization()",
}
CASES = [(s, one.strip()) for s, text in LAYERS.items() for row in text.strip().splitlines() for one in row.split("|")]
#: A shared layer counts once; attention takes its inputs from several tensors.
MODELS = {
    "shared": "i = Input((3,)); d = Dense(3); m = Model(i, d(d(i)))",
    "nested": "n = Sequential([Input((3,)), Dense(4)]); i = Input((3,)); m = Model(i, Dense(2)(n(i)))",
    "self attention": "i = Input((5, 8)); m = Model(i, MultiHeadAttention(2, 4)(i, i))",
    "attention": "i = Input((5, 8)); j = Input((6, 3)); m = Model([i, j], MultiHeadAttention(2, 4)(i, j))",
    "additive": "i = Input((5, 8)); m = Model(i, AdditiveAttention()([i, i]))",
    "plain attention": "i = Input((5, 8)); m = Model(i, Attention()([i, i]))",
    "scaled attention": "i = Input((5, 8)); m = Model(i, Attention(use_scale=True)([i, i]))",
    "concatenated": "i = Input((5,)); m = Model(i, Concatenate()([Dense(2)(i), Dense(3)(i)]))",
}


def really(program: str) -> tuple[str, str]:
    names: dict[str, Any] = {**vars(keras.layers), "Model": keras.Model, "Sequential": keras.Sequential}
    exec(program, names)
    return str(names["m"].count_params()), str([one.shape for one in names["m"].get_weights()])


def ours(program: str) -> tuple[str, str]:
    model = follow(f"from keras.layers import *\n{program}\n").models[-1]
    shapes = [tuple(dim.value for dim in one) for one in model_weights(model) or ()]
    return str(model_parameters(model)), str(shapes)


@pytest.mark.parametrize(("shape", "layer"), CASES)
def test_layer(shape: str, layer: str) -> None:
    program = f"m = Sequential([Input({shape}), {layer}])"
    assert ours(program) == really(program)


@pytest.mark.parametrize("program", [pytest.param(text, id=name) for name, text in MODELS.items()])
def test_model(program: str) -> None:
    assert ours(program) == really(program)
