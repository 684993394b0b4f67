"""``keras.Input``, layer constructors, layers called on tensors."""

from __future__ import annotations

from dataclasses import replace

from lstmlint.interpreter.arrays import from_nested
from lstmlint.interpreter.calls import call_with
from lstmlint.interpreter.dims import Dim, unknown_dim
from lstmlint.interpreter.library import Call, attribute, function, method
from lstmlint.interpreter.machine import Machine
from lstmlint.interpreter.models import as_layer, shape_value
from lstmlint.interpreter.tensors import apply_layer, is_symbolic
from lstmlint.interpreter.values import Array, Const, Made, Reference, Sequence, Tensor, Unknown, Value
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
    as_layers = tuple(_inner(machine, call, machine.freeze(value)) for value in positional)
    keywords = {key: _inner(machine, call, machine.freeze(value)) for key, value in arguments.items()}
    made = Made(call.name, call.site.span, (*as_layers, *keywords.values()))
    return make_layer(kind, as_layers, keywords, keras=machine.keras, call=call.site, made=made)


def _inner(machine: Machine, call: Call, value: Value) -> Value:
    """A model or a user's layer given to a wrapper stands as a layer."""
    if isinstance(value, Reference) and value.kind in ("Model", "object"):
        return as_layer(machine, value, call.site.span)
    return value


def _merge(call: Call, kind: str, positional: tuple[Value, ...], keywords: dict[str, Value]) -> Value:
    """``concatenate([a, b], axis=1)``."""
    given = positional[0] if positional else keywords.pop("inputs", Unknown("no inputs"))
    frozen = call.machine.freeze(given)
    layer = make_layer(kind, positional[1:], keywords, keras=call.machine.keras, call=call.site, made=call.made())
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
    if layer.kind in _ATTENDING:
        others = [*rest, *(keywords.pop(name) for name in ("query", "value", "key") if name in keywords)]
        items = (given, *(other for other in others if isinstance(other, (Tensor, Unknown))))
        given = Sequence("list", items, Dim(len(items)))
        rest = ()
    if rest and layer.recurrent and "initial_state" not in keywords:
        state = rest[-1] if is_symbolic(rest[-1]) else None
        keywords |= {} if state is None else {"initial_state": state}
    if not is_symbolic(given) and (not isinstance(given, Unknown) or given.text):
        return _eager(call, layer, given)
    return apply_layer(call.machine, layer, given, keywords, call.site.span)


def _eager(call: Call, layer: Layer, given: Value) -> Value:
    """A layer called on an array: the shapes are those of the symbolic call, the samples are known."""
    # Text layers take lists, and a lone text, as arrays.
    data = _texts(given, layer) if layer.kind in _OF_TEXT else given
    if isinstance(data, Array) and data.shape is not None:
        from lstmlint.keras_model.layers import LayerInput, call_layer

        called = call_layer(layer, LayerInput((Tensor(data.shape, data.dtype),)))
        arrays = tuple(_on_data(t, call.made(given)) for t in called.outputs)
        if layer.kind in _OF_TEXT:
            # Codes that are no ids have other types on data than in a graph.
            arrays = tuple(replace(a, dtype=a.dtype if a.dtype == "int64" else None) for a in arrays)
        return Sequence("list", arrays, Dim(len(arrays))) if called.listed else arrays[0]
    return Unknown("a layer called on data that is not known", call.made(given))


def _texts(given: Value, layer: Layer) -> Array | None:
    """The texts of a list; a TextVectorization leaves out an axis of one text each."""
    found = from_nested(given)
    if found is None or found.shape is None or layer.kind != "TextVectorization":
        return found
    alone = len(found.shape) == 2 and found.shape[1] == Dim(1)
    return replace(found, shape=found.shape[:1]) if alone else found


def _on_data(output: Tensor, made: Made) -> Array:
    """What the data have no size for, the steps of texts say, is known only when it runs."""
    shape = None if output.shape is None else tuple(unknown_dim() if dim is None else dim for dim in output.shape)
    return Array(shape, output.dtype, flavour="tensor", made=made)


@method("OwnLayer", "__call__", "*args, **kwargs")
def call_own_layer(call: Call) -> Value:
    machine = call.machine
    layer = as_layer(machine, call.receiver, call.site.span)
    positional = call.items("args") or ()
    keywords = {key: value for key, value in call.arguments.items() if key not in ("args", "kwargs")}
    if isinstance(layer, Unknown) or not positional:
        return call.unknown("a layer of the program's own that is not followed")
    if not is_symbolic(positional[0]) and not isinstance(positional[0], Unknown):
        from lstmlint.interpreter.attributes import read_attribute

        return call_with(
            machine, read_attribute(machine, call.receiver, "call", call.site.span), positional, call.site.span
        )
    return apply_layer(machine, layer, positional[0], keywords, call.site.span)


@method("OwnLayer", "__init__ build add_loss set_weights", "*args, **kwargs")
def own_layer_nothing(call: Call) -> Value:
    return Const(None)


@method("OwnLayer", "add_weight", "name=None, shape=None, *args, **kwargs")
def add_weight(call: Call) -> Value:
    shape = call.shape("shape") or call.shape("name")
    return Array(shape, "float32", flavour="tensor", made=call.made())


@method("Layer", "get_weights get_config from_config set_weights build count_params", "*args, **kwargs")
def layer_nothing(call: Call) -> Value:
    return call.unknown("the weights of a layer")


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


@attribute("Layer", "output output_shape input input_shape weights trainable_weights cell kernel")
def layer_inside(machine: Machine, value: Value) -> Value:
    return Unknown("what is inside a layer")
