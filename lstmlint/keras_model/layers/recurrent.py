"""LSTM, GRU, SimpleRNN and RNN over cells: ``keras/src/layers/rnn``."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.interpreter.dims import Dim, unknown_dim
from lstmlint.interpreter.values import Tensor
from lstmlint.keras_model.graph import Layer, Problem, Shape, Why, shape_text, unequal
from lstmlint.keras_model.layers.checks import (
    all_required,
    axis_problem,
    every,
    first,
    ndim,
    one_of,
    positive,
    unit_dim,
)
from lstmlint.keras_model.layers.names import known_names
from lstmlint.keras_model.layers.table import Given, LayerInput, Outputs, layer

_WEIGHTS = (
    "use_bias=True, kernel_initializer='glorot_uniform', recurrent_initializer='orthogonal', bias_initializer='zeros'"
)
_PENALTIES = "kernel_regularizer=None, recurrent_regularizer=None, bias_regularizer=None"
_LIMITS = "kernel_constraint=None, recurrent_constraint=None, bias_constraint=None, dropout=0.0, recurrent_dropout=0.0"
_WHOLE = f"{_PENALTIES}, activity_regularizer=None, {_LIMITS}"
_FLAGS = "return_sequences=False, return_state=False, go_backwards=False, stateful=False"
_GATED = f"units, activation='tanh', recurrent_activation='sigmoid', {_WEIGHTS}"
_PLAIN = f"units, activation='tanh', {_WEIGHTS}"
_CUDNN = (
    "units, kernel_initializer='glorot_uniform', recurrent_initializer='orthogonal', bias_initializer='zeros'{}, "
    f"{_PENALTIES}, activity_regularizer=None, kernel_constraint=None, recurrent_constraint=None, "
    "bias_constraint=None, return_sequences=False, return_state=False, go_backwards=False, stateful=False"
)
#: How many state tensors a recurrent layer or cell keeps.
STATES = {
    "LSTM": 2,
    "GRU": 1,
    "SimpleRNN": 1,
    "CuDNNLSTM": 2,
    "CuDNNGRU": 1,
    "LSTMCell": 2,
    "GRUCell": 1,
    "SimpleRNNCell": 1,
    "ConvLSTM1D": 2,
    "ConvLSTM2D": 2,
    "ConvLSTM3D": 2,
}


def _units(layer: Layer) -> Problem | None:
    """A float is refused at once where it is the whole state, and with the weights where it is one state of two."""
    whole = layer.kind in ("GRU", "SimpleRNN") and layer.keras == 3
    return positive("units", strict=whole)(layer)


valid_cell = every(_units, known_names)


def sequence_outputs(
    layer: Layer, batch: Dim | None, steps: Dim | None, step: Shape, states: tuple[Shape, ...]
) -> Given:
    """What a recurrent layer gives: one ``step``'s output and the ``states``, both without the batch axis."""
    every_step, with_state = layer.config.flag("return_sequences"), layer.config.flag("return_state")
    output: Shape | None = (batch, steps, *step) if every_step else (batch, *step)
    if every_step is None:
        output = None
    if with_state is None:
        return None
    return Outputs((output, *((batch, *state) for state in states))) if with_state else output


def batch_and_steps(layer: Layer, shape: Shape | None, rank: int = 3) -> tuple[Dim | None, Dim | None]:
    """The two leading axes of the input, as far as they are known."""
    stateful = layer.config.flag("stateful")
    if shape is None:
        return (None if stateful is False else unknown_dim()), unknown_dim()
    batch = shape[0] if shape else None
    return batch, (shape[1] if len(shape) >= rank else unknown_dim())


def output_shape(layer: Layer, given: LayerInput) -> Given:
    """``(batch, units)``, or ``(batch, steps, units)`` with return_sequences; then the states with return_state."""
    batch, steps = batch_and_steps(layer, given.shape)
    if layer.config.flag("time_major"):
        batch, steps = steps, batch
    step = (unit_dim(layer, "units"),)
    result = sequence_outputs(layer, batch, steps, step, (step,) * STATES[layer.kind])
    if layer.config.flag("time_major") and layer.config.flag("return_sequences"):
        return _time_major(result)
    return result


def _time_major(given: Given) -> Given:
    match given:
        case Outputs(shapes=((batch, steps, units), *states)):
            return Outputs(((steps, batch, units), *states))
        case (batch, steps, units):
            return (steps, batch, units)
        case _:
            return given


def known_features(layer: Layer, given: LayerInput) -> Problem | None:
    """The weights need the number of features."""
    shape = given.shape
    if shape is None or shape[-1] is not None:
        return None
    return axis_problem("the last axis must be known", shape, "a number of features", "None")


def fixed_batch(layer: Layer, given: LayerInput) -> Problem | None:
    """``stateful=True`` keeps one state a row of the batch, so it must know the batch size."""
    shape = given.shape
    axis = 1 if layer.config.flag("time_major") else 0
    if not layer.config.flag("stateful") or shape is None or shape[axis] is not None:
        return None
    message = f"stateful=True needs a fixed batch size, found {shape_text(shape)}"
    return Problem(Why.BATCH, message, "a fixed batch size", "any batch size")


def known_steps(layer: Layer, given: LayerInput) -> Problem | None:
    """Keras 2 unrolls while the model is built; Keras 3 at the first step, when the data tells the number of steps."""
    shape = given.shape
    if layer.keras != 2 or not layer.config.flag("unroll") or shape is None or shape[1] is not None:
        return None
    return axis_problem("unroll=True needs a fixed number of steps", shape, "a number of steps", "None")


def state_sizes(layer: Layer) -> tuple[Dim, ...]:
    """The widths of the states that a call with ``initial_state`` must give, in order."""
    if layer.kind == "Bidirectional":
        return tuple(size for inner in both_directions(layer) for size in state_sizes(inner))
    return (unit_dim(layer, "units"),) * STATES.get(layer.kind, 0)


def both_directions(layer: Layer) -> tuple[Layer, ...]:
    """Bidirectional's forward and backward layer: copies of one another unless ``backward_layer`` is given."""
    return layer.inner if len(layer.inner) == 2 else layer.inner * 2


def initial_state(layer: Layer, given: LayerInput) -> Problem | None:
    """``initial_state`` of another count or width: Keras 3 fails at the first training step, Keras 2 at once.

    Bidirectional gives the first half to its forward layer and the rest to its backward layer.
    """
    if not given.state or not state_sizes(layer):
        return None
    if layer.kind != "Bidirectional":
        return _wrong_state(layer, given.state)
    half = len(given.state) // 2
    forward, backward = both_directions(layer)
    parts = ((forward, given.state[:half]), (backward, given.state[half:]))
    if any(_wrong_count(inner, len(part)) for inner, part in parts):
        return _count_problem(layer, len(given.state), len(state_sizes(layer)))
    return first(_wrong_state(inner, part) for inner, part in parts)


def _wrong_state(layer: Layer, states: tuple[Tensor, ...]) -> Problem | None:
    sizes = state_sizes(layer)
    # Keras 3's GRU takes the first state and ignores others in silence.
    kept = states[:1] if layer.kind == "GRU" and layer.keras == 3 else states
    return wrong_state(layer, kept, sizes)


def wrong_state(layer: Layer, states: tuple[Tensor, ...], sizes: tuple[Dim, ...]) -> Problem | None:
    """The states that a layer is given, against the widths of those that it has."""
    if len(states) != len(sizes):
        return _count_problem(layer, len(states), len(sizes))
    return next(_wrong_widths(layer, states, sizes), None)


def _wrong_count(layer: Layer, count: int) -> bool:
    """Keras 3's GRU takes the first state and ignores others in silence."""
    wanted = STATES.get(layer.kind, count)
    return count < wanted if layer.kind == "GRU" and layer.keras == 3 else count != wanted


def _count_problem(layer: Layer, count: int, wanted: int) -> Problem:
    expected, found = _plural(wanted), _plural(count)
    return Problem(Why.STATE, f"initial_state needs {expected}, found {found}", expected, found, _state_stage(layer))


def _state_stage(layer: Layer) -> str:
    return "call" if layer.keras == 2 else "train"


def _plural(count: int) -> str:
    return f"{count} state" if count == 1 else f"{count} states"


def _wrong_widths(layer: Layer, states: tuple[Tensor, ...], sizes: tuple[Dim, ...]) -> Iterator[Problem]:
    for state, size in zip(states, sizes, strict=False):
        shape = state.shape
        if shape is not None and (len(shape) != 2 or unequal(shape[-1], size)):
            expected, found = f"(batch, {size})", shape_text(shape)
            message = f"an initial state must be {expected}, found {found}"
            yield Problem(Why.STATE, message, expected, found, _state_stage(layer))


requires = all_required(ndim(3), known_features, fixed_batch, known_steps, initial_state)

_valid_layer = every(valid_cell, one_of("use_cudnn", "auto", True, False, None))

layer(
    "LSTM",
    f"{_GATED}, unit_forget_bias=True, {_WHOLE}, seed=None, {_FLAGS}, unroll=False, use_cudnn='auto'",
    requires=requires,
    validate=_valid_layer,
    keras2=f"{_GATED}, unit_forget_bias=True, {_WHOLE}, {_FLAGS}, time_major=False, unroll=False",
)(output_shape)
layer(
    "GRU",
    f"{_GATED}, {_WHOLE}, seed=None, {_FLAGS}, unroll=False, reset_after=True, use_cudnn='auto'",
    requires=requires,
    validate=_valid_layer,
    keras2=f"{_GATED}, {_WHOLE}, {_FLAGS}, unroll=False, time_major=False, reset_after=True",
)(output_shape)
layer(
    "SimpleRNN",
    f"{_PLAIN}, {_WHOLE}, {_FLAGS}, unroll=False, seed=None",
    requires=requires,
    validate=valid_cell,
    keras2=f"{_PLAIN}, {_WHOLE}, {_FLAGS}, unroll=False",
)(output_shape)
layer("CuDNNLSTM", _CUDNN.format(", unit_forget_bias=True"), requires=requires, keras=frozenset({2}))(output_shape)
layer("CuDNNGRU", _CUDNN.format(""), requires=requires, keras=frozenset({2}))(output_shape)


# Cells


def cell_output(layer: Layer, given: LayerInput) -> Given:
    """A cell called by itself: its output, and its states."""
    batch = given.shape[0] if given.shape else None
    shape = (batch, unit_dim(layer, "units"))
    return Outputs((shape,) * (1 + STATES[layer.kind]))


_CELL = f"{_PENALTIES}, {_LIMITS}"
layer(
    "LSTMCell",
    f"{_GATED}, unit_forget_bias=True, {_CELL}, seed=None",
    validate=valid_cell,
    keras2=f"{_GATED}, unit_forget_bias=True, {_CELL}",
)(cell_output)
layer(
    "GRUCell",
    f"{_GATED}, {_CELL}, reset_after=True, seed=None",
    validate=valid_cell,
    keras2=f"{_GATED}, {_CELL}, reset_after=True",
)(cell_output)
layer("SimpleRNNCell", f"{_PLAIN}, {_CELL}, seed=None", validate=valid_cell, keras2=f"{_PLAIN}, {_CELL}")(cell_output)
