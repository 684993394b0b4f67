"""ConvLSTM1D, 2D and 3D: ``keras/src/layers/rnn/conv_lstm.py``."""

from __future__ import annotations

from lstmlint.interpreter.dims import Dim
from lstmlint.keras_model.graph import Layer, Problem, Shape
from lstmlint.keras_model.layers.checks import (
    all_required,
    axis_problem,
    data_format,
    every,
    ndim,
    sizes,
    tuple_of,
    unit_dim,
)
from lstmlint.keras_model.layers.convolutional import not_both, padding_among, rank_of, slid, unknown_space, windows
from lstmlint.keras_model.layers.names import known_names
from lstmlint.keras_model.layers.recurrent import batch_and_steps, fixed_batch, sequence_outputs
from lstmlint.keras_model.layers.table import Given, LayerInput, layer
from lstmlint.keras_model.layers.windows import channels, no_stride, padding_of, spatial, too_short

_SIGNATURE = (
    "filters, kernel_size, strides={ones}, padding='valid', data_format=None, dilation_rate={ones}, activation='tanh', "
    "recurrent_activation='{gate}', use_bias=True, kernel_initializer='glorot_uniform', "
    "recurrent_initializer='orthogonal', bias_initializer='zeros', unit_forget_bias=True, kernel_regularizer=None, "
    "recurrent_regularizer=None, bias_regularizer=None, activity_regularizer=None, kernel_constraint=None, "
    "recurrent_constraint=None, bias_constraint=None, {tail}"
)
_FLAGS = "return_sequences=False, return_state=False, go_backwards=False, stateful=False"


def _step(shape: Shape) -> Shape:
    return (shape[0], *shape[2:])


def conv_lstm(layer: Layer, given: LayerInput) -> Given:
    """One step is a convolution's output; its two states have the same shape."""
    shape, filters = given.shape, unit_dim(layer, "filters")
    right = shape is not None and len(shape) == rank_of(layer) + 3
    step = slid(layer, _step(shape), filters) if right and shape else unknown_space(layer, filters)
    if not isinstance(step, tuple):
        return None
    batch, steps = batch_and_steps(layer, shape)
    return sequence_outputs(layer, batch, steps, step[1:], (step[1:], step[1:]))


def _known_space(layer: Layer, given: LayerInput) -> Problem | None:
    """Channels must be known, and in Keras 3 the space; the number of steps need not be."""
    shape = given.shape
    step = None if shape is None else _step(shape)
    if shape is None or step is None:
        return None
    space: tuple[Dim | None, ...] = spatial(layer, step) or ()
    unknown = layer.keras == 3 and None in space
    if unknown or channels(layer, step) is None:
        return axis_problem("every axis after the steps must be known", shape, "sizes", "None")
    return no_stride(sizes(layer, "strides", rank_of(layer))) or too_short(
        layer, step, windows(layer), padding_of(layer)
    )


for _rank in (1, 2, 3):
    _ones = "1" if _rank == 1 else str((1,) * _rank)
    layer(
        f"ConvLSTM{_rank}D",
        _SIGNATURE.format(ones="1", gate="sigmoid", tail=f"dropout=0.0, recurrent_dropout=0.0, seed=None, {_FLAGS}"),
        requires=all_required(ndim(_rank + 3), _known_space, fixed_batch),
        validate=every(
            tuple_of("kernel_size", _rank),
            tuple_of("strides", _rank, low=0),
            padding_among("valid", "same"),
            data_format,
            tuple_of("dilation_rate", _rank),
            not_both,
            known_names,
        ),
        keras2=_SIGNATURE.format(ones=_ones, gate="hard_sigmoid", tail=f"{_FLAGS}, dropout=0.0, recurrent_dropout=0.0"),
    )(conv_lstm)
