"""``keras.Input``, layer constructors, layers called on tensors."""

from __future__ import annotations

from dataclasses import replace

from lstmlint.interpreter.arrays import from_nested
from lstmlint.interpreter.cells import CELL_STATES, CELLS, of_cell
from lstmlint.interpreter.dims import Dim, unknown_dim
from lstmlint.interpreter.join import join_all
from lstmlint.interpreter.library import Call, attribute, function, method
from lstmlint.interpreter.machine import Machine
from lstmlint.interpreter.models import as_inner, shape_value
from lstmlint.interpreter.tensors import apply_layer, initial_states, is_symbolic, refused_input
from lstmlint.interpreter.values import Array, Choice, Const, Made, Sequence, Tensor, Unknown, Value
from lstmlint.keras_model.graph import Config, Layer
from lstmlint.keras_model.layers import LAYERS, input_tensor, make_layer

_LOWER = {
    "concatenate": "Concatenate",
    "add": "Add",
    "multiply": "Multiply",
    "dot": "Dot",
    "average": "Average",
    "maximum": "Maximum",
    "minimum": "Minimum",
    "subtract": "Subtract",
}


@function(
    "keras.Input",
    "shape=None, batch_size=None, dtype=None, sparse=None, batch_shape=None, name=None, tensor=None, ragged=None, "
    "optional=False, batch_input_shape=None",
)
def keras_input(call: Call) -> Value:
    tensor = input_tensor(Config(call.arguments, call.given))
    made = Made("keras.Input", call.site.span, (call.site,))
    return Tensor(tensor.shape, tensor.dtype, made=made, name=tensor.name)


@function("keras.layers", "*args, **kwargs", raw=True)
def layer_constructor(call: Call) -> Value:
    """Any ``keras.layers.X(...)``: a layer of the table, a functional merge, or a layer that is not known."""
    kind = call.name.removeprefix("keras.layers.")
    machine = call.machine
    arguments = {key: value for key, value in call.arguments.items() if key not in ("args", "kwargs")}
    positional = call.items("args") or ()
    if kind in _LOWER:
        return _merge(call, _LOWER[kind], positional, arguments)
    if kind == "Wrapper" or (kind not in LAYERS and "." in kind):
        return call.unknown(f"{kind} is not followed")
    as_layers = tuple(as_inner(machine, value, call.site.span) for value in positional)
    keywords = {key: as_inner(machine, value, call.site.span) for key, value in arguments.items()}
    for name, value in [*zip(map(str, range(len(as_layers))), as_layers, strict=True), *keywords.items()]:
        if isinstance(value, Choice) and all(isinstance(option, Layer) for option in value.options):
            return _either(call, name, value)
    made = Made(call.name, call.site.span, (*as_layers, *keywords.values()))
    if machine.data_format is not None and len(as_layers) <= 3 and _has_channels(kind):
        keywords.setdefault("data_format", machine.data_format)
    return make_layer(kind, as_layers, keywords, keras=machine.keras, call=call.site, made=made)


def _either(call: Call, name: str, choice: Choice) -> Value:
    """A wrapper around one of several layers is one of several wrappers."""
    made = []
    for option in choice.options:
        positional = tuple(option if str(i) == name else v for i, v in enumerate(call.items("args") or ()))
        rest = Sequence("tuple", positional, Dim(len(positional)))
        arguments = {**call.arguments, "args": rest} | ({name: option} if name in call.arguments else {})
        made.append(layer_constructor(replace(call, arguments=arguments)))
    return join_all(made) or call.unknown("one of no layers")


def _has_channels(kind: str) -> bool:
    row = LAYERS.get(kind)
    return row is not None and any(parameter.name == "data_format" for parameter in row.parameters)


def _merge(call: Call, kind: str, positional: tuple[Value, ...], keywords: dict[str, Value]) -> Value:
    """``concatenate([a, b], axis=1)``."""
    given = positional[0] if positional else keywords.pop("inputs", Unknown("no inputs"))
    frozen, *rest = (call.machine.freeze(value) for value in (given, *positional[1:]))
    keywords = {name: call.machine.freeze(value) for name, value in keywords.items()}
    layer = make_layer(kind, rest, keywords, keras=call.machine.keras, call=call.site, made=call.made())
    if not is_symbolic(frozen) and not isinstance(frozen, Unknown):
        return _eager(call, layer, frozen)
    return apply_layer(call.machine, layer, frozen, {}, call.site.span)


_OF_TEXT = frozenset({"TextVectorization", "StringLookup"})
_ATTENDING = frozenset({"MultiHeadAttention"})


@method("Layer", "__call__", "*args, **kwargs")
def call_a_layer(call: Call) -> Value:
    """``layer(x)`` on symbolic tensors; on data it gives an eager tensor."""
    layer = call.receiver
    positional = call.items("args") or ()
    keywords = {key: value for key, value in call.arguments.items() if key not in ("args", "kwargs")}
    given = positional[0] if positional else keywords.pop("inputs", Unknown("no inputs"))
    rest = positional[1:]
    if isinstance(given, Layer):
        return refused_input(call.machine, layer, f"it is a layer, `{given.text}`, and no tensor", call.site.span)
    if layer.kind in _ATTENDING:
        named = [keywords.pop(name) for name in ("query", "value", "key") if name in keywords]
        items = tuple(one for one in (*positional, *named) if isinstance(one, (Tensor, Unknown)))
        given = Sequence("list", items, Dim(len(items)))
        rest = ()
    if rest and layer.recurrent and "initial_state" not in keywords:
        state = rest[-1] if is_symbolic(rest[-1]) else rest[0]
        keywords |= {"initial_state": state} if is_symbolic(state) or initial_states(state) else {}
    if rest and layer.own is None and layer.kind in CELLS:
        keywords, rest = {CELL_STATES: rest[0]} | keywords, rest[1:]
    if CELL_STATES in keywords:
        keywords[CELL_STATES] = call.machine.freeze(keywords[CELL_STATES])
    if not is_symbolic(given) and (not isinstance(given, Unknown) or given.text):
        return _eager(call, layer, given, keywords.get(CELL_STATES), *rest, *keywords.values())
    return apply_layer(call.machine, layer, given, keywords, call.site.span)


def _word_ids(layer: Layer) -> tuple[float, float] | tuple[None, None]:
    """The ids that a TextVectorization gives, where it says how many words it keeps at most."""
    size = layer.config.dim("max_tokens") if layer.kind == "TextVectorization" else None
    mode = layer.config["output_mode"]
    ids = isinstance(mode, Const) and mode.value == "int"
    return (0.0, float(size.value - 1)) if ids and size is not None and size.value is not None else (None, None)


def _eager(call: Call, layer: Layer, given: Value, states: Value | None = None, *further: Value) -> Value:
    """A layer called on an array: the shapes are those of the symbolic call, the samples are known."""
    made = replace(call.made(given, *(value for value in further if not isinstance(value, Const))), receiver=layer)
    # Text layers take lists, and a lone text, as arrays.
    data = _texts(given, layer) if layer.kind in _OF_TEXT else given
    if isinstance(data, Array) and data.shape is not None:
        from lstmlint.keras_model.layers import LayerInput, call_layer

        called = call_layer(layer, LayerInput((Tensor(data.shape, data.dtype),)))
        arrays = tuple(_on_data(t, made, _word_ids(layer)) for t in called.outputs)
        if layer.kind in _OF_TEXT:
            # Codes that are no ids have other types on data than in a graph.
            arrays = tuple(replace(a, dtype=a.dtype if a.dtype == "int64" else None) for a in arrays)
        if layer.own is None and layer.kind in CELLS:
            return of_cell(layer, arrays, states, made)
        return Sequence("list", arrays, Dim(len(arrays))) if called.listed else arrays[0]
    return Unknown("a layer called on data that is not known", made)


def _texts(given: Value, layer: Layer) -> Array | None:
    """The texts of a list; a TextVectorization leaves out an axis of one text each."""
    found = from_nested(given)
    if found is None or found.shape is None or layer.kind != "TextVectorization":
        return found
    alone = len(found.shape) == 2 and found.shape[1] == Dim(1)
    return replace(found, shape=found.shape[:1]) if alone else found


def _on_data(output: Tensor, made: Made, bounds: tuple[float, float] | tuple[None, None]) -> Array:
    """What the data have no size for, the steps of texts say, is known only when it runs."""
    shape = None if output.shape is None else tuple(unknown_dim() if dim is None else dim for dim in output.shape)
    low, high = bounds
    return Array(shape, output.dtype, None, low, high, "tensor", made)


@method("Layer", "get_config from_config build count_params", "*args, **kwargs")
def layer_nothing(call: Call) -> Value:
    return call.unknown("what a layer tells of itself")


@attribute("Tensor", "shape _keras_shape")
def tensor_shape(machine: Machine, value: Tensor) -> Value:
    return shape_value(value.shape)


@attribute("Tensor", "dtype")
def tensor_dtype(machine: Machine, value: Tensor) -> Value:
    return Const(value.dtype) if value.dtype else Unknown("a dtype")


@method("Tensor", "get_shape", "")
def get_shape(call: Call) -> Value:
    return shape_value(call.receiver.shape)


@attribute("Layer", "units")
def layer_units(machine: Machine, value: Layer) -> Value:
    return value.config["units"]


@attribute("Layer", "stateful")
def layer_stateful(machine: Machine, owner: Layer) -> Value:
    return Unknown("whether a layer is stateful") if owner.stateful is None else Const(owner.stateful)


@attribute("Layer", "name")
def layer_name(machine: Machine, value: Layer) -> Value:
    return Const(value.name) if value.name else Unknown("a layer's name")


def _tensors_of(machine: Machine, layer: Layer, side: str) -> tuple[Tensor, ...]:
    """What went into the first call of a layer, and what came out."""
    if layer.kind == "Input" and isinstance(layer.own, Tensor):
        return (layer.own,)
    known, node = machine.first_calls.get(id(layer), (None, None))
    if node is None or known is not layer:
        return ()
    return node.inputs if side == "input" else node.outputs


def _one_or_list(values: tuple[Value, ...]) -> Value:
    if len(values) == 1:
        return values[0]
    return Sequence("list", values, Dim(len(values))) if values else Unknown("what goes through a layer")


@attribute("Layer", "input")
def layer_input(machine: Machine, value: Layer) -> Value:
    return _one_or_list(_tensors_of(machine, value, "input"))


@attribute("Layer", "output")
def layer_output(machine: Machine, value: Layer) -> Value:
    return _one_or_list(_tensors_of(machine, value, "output"))


@attribute("Layer", "input_shape")
def layer_input_shape(machine: Machine, value: Layer) -> Value:
    return _one_or_list(tuple(shape_value(tensor.shape) for tensor in _tensors_of(machine, value, "input")))


@attribute("Layer", "output_shape")
def layer_output_shape(machine: Machine, value: Layer) -> Value:
    return _one_or_list(tuple(shape_value(tensor.shape) for tensor in _tensors_of(machine, value, "output")))


@attribute("Layer", "cell")
def layer_inside(machine: Machine, value: Value) -> Value:
    return Unknown("what is inside a layer")
