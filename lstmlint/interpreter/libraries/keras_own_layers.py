"""What a user's class inherits from ``keras.Layer`` or from one of Keras's layers."""

from __future__ import annotations

from lstmlint.interpreter.attributes import BASE, class_member, keras_layer_base, read_attribute
from lstmlint.interpreter.calls import call_with
from lstmlint.interpreter.library import Call, method
from lstmlint.interpreter.models import as_inner, as_layer
from lstmlint.interpreter.tensors import apply_layer, is_symbolic
from lstmlint.interpreter.values import Array, Const, Function, Reference, Unknown, Value
from lstmlint.keras_model.graph import Layer
from lstmlint.keras_model.layers import LAYERS, make_layer


@method("OwnLayer", "__call__", "*args, **kwargs")
def call_own_layer(call: Call) -> Value:
    """On symbolic tensors it is a layer of the graph; on data its ``call`` is run."""
    machine = call.machine
    layer = as_layer(machine, call.receiver, call.site.span)
    given = by_name(call)
    if isinstance(layer, Unknown) or not given:
        return call.unknown("a layer of the program's own that is not followed")
    first = given.pop(next(iter(given)))
    if not is_symbolic(first) and not isinstance(first, Unknown):
        own = read_attribute(machine, call.receiver, "call", call.site.span)
        return call_with(machine, own, (first,), call.site.span, given)
    return apply_layer(machine, layer, first, given, call.site.span)


def by_name(call: Call) -> dict[str, Value]:
    """The arguments by the names that ``call`` has for them, the first one first."""
    positional = call.items("args") or ()
    keywords = {key: value for key, value in call.arguments.items() if key not in ("args", "kwargs")}
    own = class_member(call.receiver.type, "call")
    names = [p.name.value for p in own.node.params.params[1:]] if isinstance(own, Function) else []
    names = names or ["inputs"]
    named = {name: keywords.pop(name) for name in names[:1] if name in keywords and not positional}
    return {**named, **dict(zip(names, positional, strict=False)), **keywords}


@method("OwnLayer", "__init__", "*args, **kwargs", raw=True)
def init_own_layer(call: Call) -> Value:
    """``super().__init__(...)``: a class derived from ``LSTM`` is an LSTM with these arguments."""
    machine, base = call.machine, keras_layer_base(call.receiver.type)
    if base in LAYERS and isinstance(call.receiver, Reference):
        positional = tuple(as_inner(machine, value, call.site.span) for value in call.items("args") or ())
        given = {key: value for key, value in call.arguments.items() if key not in ("args", "kwargs")}
        keywords = {key: as_inner(machine, value, call.site.span) for key, value in given.items()}
        layer = make_layer(base, positional, keywords, keras=machine.keras, call=call.site, made=call.made())
        machine.memory.put(call.receiver.fields, BASE, layer)
    return Const(None)


@method("OwnLayer", "call", "inputs, *args, **kwargs")
def call_base_layer(call: Call) -> Value:
    """``super().call(x)``."""
    base = call.receiver.fields.get(BASE)
    if not isinstance(base, Layer):
        return call.unknown("what the base class of a layer does")
    keywords = {key: value for key, value in call.arguments.items() if key not in ("inputs", "args", "kwargs")}
    return apply_layer(call.machine, base, call["inputs"], keywords, call.site.span, record=False)


@method("OwnLayer", "build add_loss set_weights", "*args, **kwargs")
def own_layer_nothing(call: Call) -> Value:
    return Const(None)


@method("OwnLayer", "add_weight", "name=None, shape=None, *args, **kwargs")
def add_weight(call: Call) -> Value:
    shape = call.shape("shape") or call.shape("name")
    return Array(shape, "float32", flavour="tensor", made=call.made())
