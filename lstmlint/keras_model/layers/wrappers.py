"""Bidirectional and TimeDistributed: ``keras/src/layers/rnn/bidirectional.py`` and ``time_distributed.py``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from lstmlint.interpreter.dims import Dim, unknown_dim
from lstmlint.interpreter.values import Const, Tensor, Unknown
from lstmlint.keras_model.graph import Layer, Problem, Shape, Why, shape_text, unequal
from lstmlint.keras_model.layers.calling import call_layer
from lstmlint.keras_model.layers.checks import all_required, argument, every, one_input, one_of, refuse, shown
from lstmlint.keras_model.layers.recurrent import both_directions, initial_state
from lstmlint.keras_model.layers.table import LAYERS, Given, LayerInput, Outputs, layer

_RECURRENT_ARGUMENTS = ("go_backwards", "stateful", "return_sequences", "return_state")


def _wraps_recurrent(outer: Layer) -> Problem | None:
    """Keras reads ``go_backwards`` and ``return_sequences`` of the layer it is given, so it must be a recurrent one."""
    value = outer.config["layer"]
    if isinstance(value, Unknown) or (outer.inner and (outer.inner[0].recurrent or _unseen(outer.inner[0]))):
        return None
    if not outer.inner and not isinstance(value, Const):
        return None
    found = outer.inner[0].kind if outer.inner else shown(argument(outer, "layer"))
    return refuse(f"Bidirectional needs a recurrent layer, found {found}", "a recurrent layer", found)


def _unseen(inner: Layer) -> bool:
    return inner.kind not in LAYERS or inner.own is not None or inner.model is not None


def _directions_differ(outer: Layer) -> Problem | None:
    """One layer runs forwards and one backwards; without ``backward_layer`` Keras 3 makes the second go backwards."""
    if len(outer.inner) == 1 and outer.keras == 3 and outer.inner[0].config.flag("go_backwards"):
        return refuse("Bidirectional needs a layer that goes forwards", "go_backwards=False", "go_backwards=True")
    if len(outer.inner) != 2:
        return None
    forward, backward = outer.inner
    flags = [inner.config.flag("go_backwards") for inner in outer.inner]
    if None not in flags and flags[0] == flags[1]:
        return refuse(
            "forward and backward layer need different go_backwards",
            "go_backwards=True on one",
            f"go_backwards={flags[0]}",
        )
    for name in _RECURRENT_ARGUMENTS[1:]:
        left, right = forward.config.flag(name), backward.config.flag(name)
        if left is not None and right is not None and left != right:
            return refuse(
                f"forward and backward layer differ in {name}: {left} and {right}", f"{name}={left}", f"{right}"
            )
    return None


def _inner_problem(outer: Layer, given: LayerInput) -> Problem | None:
    """What the wrapped layers say to the same input; the states are split among them, so they are looked at whole."""
    for inner in both_directions(outer):
        row = LAYERS.get(inner.kind)
        without_state = replace(given, state=())
        problem = row.requires(inner, without_state) if row and row.requires else None
        if problem is not None:
            return problem
    return None


def _states_returned(outer: Layer, given: LayerInput) -> Problem | None:
    """Keras 3 cannot make the mask of a stateful Bidirectional's states (``compute_mask`` multiplies a generator)."""
    inner = outer.inner[0] if outer.inner else None
    if inner is None or outer.keras == 2 or not inner.stateful or not inner.returns_state:
        return None
    message = "Bidirectional cannot be stateful and return its states"
    return Problem(Why.STATE, message, "stateful or return_state", "both")


def _equal_widths(outer: Layer, given: LayerInput) -> Problem | None:
    """A backward layer of another width is found out at the first training step."""
    mode = outer.config.text("merge_mode")
    if len(outer.inner) != 2 or mode is None:
        return None
    forward, backward = (inner.units for inner in outer.inner)
    fine = Dim(1) in (forward, backward) if mode != "concat" else outer.keras == 2
    if not unequal(forward, backward) or fine:
        return None
    message = f"forward and backward layer need equal units, found {forward} and {backward}"
    return Problem(Why.AXIS, message, f"{forward} units", f"{backward} units", "train" if outer.keras == 3 else "call")


@layer(
    "Bidirectional",
    "layer, merge_mode='concat', weights=None, backward_layer=None",
    requires=all_required(one_input, _inner_problem, _states_returned, initial_state, _equal_widths),
    validate=every(_wraps_recurrent, one_of("merge_mode", "sum", "mul", "ave", "concat", None), _directions_differ),
)
def bidirectional(outer: Layer, given: LayerInput) -> Given:
    """The forward layer's output, twice as wide with merge_mode concat; then both layers' states with return_state."""
    if not outer.inner:
        return None
    called = call_layer(outer.inner[0], replace(given, state=()))
    shapes = tuple(tensor.shape for tensor in called.outputs)
    if outer.inner[0].returns_state is None:
        return None
    output, states = shapes[0], shapes[1:]
    merged = _merged(outer, output)
    if states or len(merged) > 1:
        return Outputs((*merged, *states, *_backward_states(outer, given, states)))
    return merged[0]


def _backward_states(outer: Layer, given: LayerInput, states: tuple[Shape | None, ...]) -> tuple[Shape | None, ...]:
    """Keras 3 takes the forward layer's for both."""
    if outer.keras == 3 or len(outer.inner) != 2:
        return states
    called = call_layer(outer.inner[1], replace(given, state=()))
    return tuple(tensor.shape for tensor in called.outputs[1:])


def _merged(outer: Layer, output: Shape | None) -> tuple[Shape | None, ...]:
    match argument(outer, "merge_mode"):
        case None:
            return (output, output)
        case "concat" if output is not None:
            return ((*output[:-1], _both_wide(outer, output[-1])),)
        case str():
            return (output,)
        case _:
            return (None,)


def _both_wide(outer: Layer, width: Dim | None) -> Dim | None:
    """Keras 3 doubles the forward layer's width, whatever the other's."""
    if outer.keras == 3 or len(outer.inner) != 2:
        return None if width is None else width * 2
    other = outer.inner[1].units
    return unknown_dim() if width is None or other is None else width + other


# TimeDistributed

#: When a wrapped layer fails on a step of too few and of too many axes, None where it runs: measured on Keras 3.15.
_UNCHECKED_RANKS: Mapping[str, tuple[str | None, str | None]] = {
    "RepeatVector": ("call", "train"),
    "Global": (None, None),
    "SpatialDropout": ("train", "train"),
    "ZeroPadding": ("train", "train"),
    "UpSampling": ("call", None),
    "Cropping": ("call", None),
    "MaxPooling1D": ("train", None),
    "AveragePooling1D": ("train", None),
    "Permute": ("call", "train"),
    **dict.fromkeys(("LSTM", "GRU", "SimpleRNN"), ("call", "train")),
}


def _child(given: LayerInput) -> LayerInput:
    """One step of the input: the second axis is taken out."""
    if not given.tensors:
        return given
    tensor = given.tensors[0]
    shape = None if tensor.shape is None or len(tensor.shape) < 3 else (tensor.shape[0], *tensor.shape[2:])
    return LayerInput((Tensor(shape, tensor.dtype, name=tensor.name),))


def _three_axes(outer: Layer, given: LayerInput) -> Problem | None:
    shape = given.shape
    if shape is None or len(shape) >= 3:
        return None
    found = f"ndim={len(shape)}"
    message = f"TimeDistributed needs at least 3 axes, found {found}: {shape_text(shape)}"
    return Problem(Why.RANK, message, "min_ndim=3", found)


def _step_problem(outer: Layer, given: LayerInput) -> Problem | None:
    """The wrapped layer's own problem. Keras 3 builds it but does not look at its ``input_spec``."""
    if not outer.inner or given.shape is None:
        return None
    inner = outer.inner[0]
    problem = call_layer(inner, _child(given)).problem
    if problem is None:
        return None
    stage = problem.stage
    if problem.why is Why.RANK and outer.keras == 3:
        longer = problem.expected < f"ndim={len(given.shape) - 1}"
        found = _stages_of_rank(inner.kind)[longer]
        if found is None:
            return None
        stage = found
    return replace(problem, message=f"{inner.text} inside TimeDistributed: {problem.message}", stage=stage)


def _stages_of_rank(kind: str) -> tuple[str | None, str | None]:
    return next((stages for start, stages in _UNCHECKED_RANKS.items() if kind.startswith(start)), ("call", "call"))


def _wraps_layer(outer: Layer) -> Problem | None:
    value = outer.config["layer"]
    if not isinstance(value, Const):
        return None
    return refuse(f"TimeDistributed needs a layer, found {value.value!r}", "a layer", repr(value.value))


@layer(
    "TimeDistributed",
    "layer",
    requires=all_required(one_input, _three_axes, _step_problem),
    validate=_wraps_layer,
)
def time_distributed(outer: Layer, given: LayerInput) -> Given:
    """The wrapped layer's output for one step, with the steps as second axis."""
    if not outer.inner:
        return None
    called = call_layer(outer.inner[0], _child(given))
    step = called.outputs[0].shape if len(called.outputs) == 1 else None
    if step is None or not step:
        return None
    return (_batch(given), _steps(given), *step[1:])


def _batch(given: LayerInput) -> Dim | None:
    return given.shape[0] if given.shape else None


def _steps(given: LayerInput) -> Dim | None:
    shape = given.shape
    return shape[1] if shape is not None and len(shape) > 1 else unknown_dim()
