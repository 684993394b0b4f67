"""``Sequential``, ``Model``: made, added to, called, asked for their layers and shapes."""

from __future__ import annotations

import re

from lstmlint.interpreter.dims import Dim
from lstmlint.interpreter.libraries.keras_own_layers import by_name
from lstmlint.interpreter.library import Call, attribute, function, method
from lstmlint.interpreter.machine import Machine
from lstmlint.interpreter.models import (
    BUILT,
    as_layer,
    flavour_of,
    join_graph,
    model_layer,
    new_model,
    sees,
    shape_value,
    snapshot,
    write_down,
)
from lstmlint.interpreter.spreading import spread
from lstmlint.interpreter.tensors import apply_layer, is_symbolic, tensors_in
from lstmlint.interpreter.values import Class, Const, Made, Reference, Sequence, Tensor, Unknown, Value
from lstmlint.keras_model.graph import Layer
from lstmlint.keras_model.layers.declared import declared_shape
from lstmlint.keras_model.order import auto_names, ordered_layers
from lstmlint.keras_model.training import Compile


@function("keras.Sequential", "layers=None, trainable=True, name=None", raw=True)
def sequential(call: Call) -> Value:
    model = new_model(call.machine, "sequential", call.site, name=call["name"], layers=())
    _fill(call, model, call["layers"])
    return model


def _fill(call: Call, model: Reference, given: Value) -> None:
    if isinstance(given, Const) and given.value is None:
        return
    items = spread(call.machine, given)
    if items.items is None:
        call.machine.memory.put(model.fields, "layers", Unknown("a list of layers that is not known"))
        return
    for item in items.items:
        _add(call, model, item)


def _add(call: Call, model: Reference, item: Value) -> None:
    layers = model.fields.get("layers", ())
    if isinstance(layers, tuple):
        call.machine.memory.put(model.fields, "layers", (*layers, as_layer(call.machine, item, call.site.span)))


@method("Model", "add", "layer, rebuild=True", raw=True)
def add(call: Call) -> Value:
    _add(call, call.receiver, call["layer"])
    return Const(None)


@method("Model", "pop", "rebuild=True", raw=True)
def pop(call: Call) -> Value:
    layers = call.receiver.fields.get("layers", ())
    if isinstance(layers, tuple) and layers:
        call.machine.memory.put(call.receiver.fields, "layers", layers[:-1])
    return Const(None)


@method("Model", "__init__", "*args, **kwargs", raw=True)
def init_model(call: Call) -> Value:
    """``super().__init__(...)`` in a class derived from Model or Sequential."""
    model = call.receiver
    if not isinstance(model, Reference):
        return Const(None)
    positional = call.items("args") or ()
    inputs = call.arguments.get("inputs", positional[0] if positional else None)
    outputs = call.arguments.get("outputs", positional[1] if len(positional) > 1 else None)
    if _derives_from_sequential(model):
        call.machine.memory.put(model.fields, "flavour", "sequential")
        call.machine.memory.put(model.fields, "layers", ())
        _fill(call, model, call.arguments.get("layers", positional[0] if positional else Const(None)))
    elif inputs is not None and outputs is not None:
        call.machine.memory.put(model.fields, "flavour", "functional")
        call.machine.memory.put(model.fields, "inputs", call.machine.freeze(inputs))
        call.machine.memory.put(model.fields, "outputs", call.machine.freeze(outputs))
    if not any(known is model for known in call.machine.record.models):
        write_down(call.machine, model)
    return Const(None)


def _derives_from_sequential(model: Reference) -> bool:
    owner = model.type
    return isinstance(owner, Class) and any(getattr(base, "name", "") == "keras.Sequential" for base in owner.bases)


@function("keras.Model", "*args, **kwargs", raw=True)
def functional(call: Call) -> Value:
    positional = call.items("args") or ()
    names = ("inputs", "outputs", "name")
    given = dict(zip(names, positional, strict=False)) | {
        {"input": "inputs", "output": "outputs"}.get(key, key): value
        for key, value in call.arguments.items()
        if key not in ("args", "kwargs")
    }
    absent = Unknown("a model without inputs and outputs")
    return new_model(
        call.machine,
        "functional",
        call.site,
        name=given.get("name", Const(None)),
        inputs=call.machine.freeze(given.get("inputs", absent)),
        outputs=call.machine.freeze(given.get("outputs", absent)),
    )


@method("Model", "__call__", "*args, **kwargs")
def call_model(call: Call) -> Value:
    """A model called on symbolic tensors is a layer; called on data it runs."""
    machine, keywords = call.machine, by_name(call)
    given = keywords.pop(next(iter(keywords))) if keywords else Unknown("no inputs")
    if not is_symbolic(given):
        from lstmlint.interpreter.libraries.keras_training import run_call

        if isinstance(given, Unknown):
            join_graph(machine, call.receiver)
        return run_call(call, given, keywords)
    sees(machine, call.receiver, tensors_in(given))
    layer = as_layer(machine, call.receiver, call.site.span)
    if isinstance(layer, Layer) and layer.own is None and layer.model is None:
        layer = model_layer(machine, call.receiver)
    named = {key: value for key, value in keywords.items() if key in call.arguments}
    return apply_layer(machine, layer, given, named, call.site.span) if isinstance(layer, Layer) else layer


@method("Model", "get_layer", "name=None, index=None")
def get_layer(call: Call) -> Value:
    layers = _layers(call.machine, call.receiver)
    index, name = call.integer("index"), call.text("name")
    if layers is not None and index is not None and -len(layers) <= index < len(layers):
        return layers[index]
    named = [layer for layer in layers or () if name is not None and _is_called(layer, name, layers or ())]
    return named[0] if len(named) == 1 else call.unknown("a layer by name")


def _is_called(layer: Layer, name: str, layers: tuple[Layer, ...]) -> bool:
    """By its own name; by one that Keras gives (``dense_3``) where the model has one such layer without a name."""
    if layer.name is not None:
        return layer.name == name
    alike = [other for other in layers if other.kind == layer.kind and other.name is None]
    return len(alike) == 1 and re.sub(r"_\d+$", "", name) in auto_names(layer)


@attribute("Model", "layers")
def layers_of(machine: Machine, value: Reference) -> Value:
    layers = _layers(machine, value)
    if layers is None:
        return Unknown("the layers of a model that is not known")
    return machine.new_list(Sequence("list", layers, Dim(len(layers))))


def _layers(machine: Machine, model: Reference) -> tuple[Layer, ...] | None:
    """In the order of ``model.layers``, the inputs of a functional model among them."""
    found = snapshot(machine, model)
    if found.opaque and not found.complete:
        return None
    ordered = ordered_layers(found) if flavour_of(model) == "functional" else found.layers
    layers = tuple(as_layer(machine, layer, found.span) for layer in ordered or ())
    known = tuple(layer for layer in layers if isinstance(layer, Layer))
    return known if ordered is not None and len(known) == len(layers) else None


@attribute("Model", "input")
def input_of(machine: Machine, value: Reference) -> Value:
    return _single_or_list(snapshot(machine, value).inputs)


@attribute("Model", "output")
def output_of(machine: Machine, value: Reference) -> Value:
    return _single_or_list(snapshot(machine, value).outputs)


@attribute("Model", "inputs")
def inputs_of(machine: Machine, value: Reference) -> Value:
    return _list_of(snapshot(machine, value).inputs)


@attribute("Model", "outputs")
def outputs_of(machine: Machine, value: Reference) -> Value:
    return _list_of(snapshot(machine, value).outputs)


def _list_of(tensors: tuple[Tensor, ...]) -> Value:
    return Sequence("list", tensors, Dim(len(tensors))) if tensors else Unknown("the tensors of a model not known")


def _single_or_list(tensors: tuple[Tensor, ...]) -> Value:
    return tensors[0] if len(tensors) == 1 else _list_of(tensors)


@attribute("Model", "input_shape")
def input_shape_of(machine: Machine, value: Reference) -> Value:
    return shape_value(snapshot(machine, value).input_shape)


@attribute("Model", "output_shape")
def output_shape_of(machine: Machine, value: Reference) -> Value:
    return shape_value(snapshot(machine, value).output_shape)


#: The field of a model that keeps the optimizer which Keras made for it.
OPTIMIZER = "own optimizer"


@attribute("Model", "optimizer")
def optimizer_of(machine: Machine, value: Reference) -> Value:
    """The one that it was compiled with: one of Keras's own where a model was loaded whole."""
    compiled = value.fields.get("compiled")
    given = compiled.arguments.get("optimizer") if isinstance(compiled, Compile) else None
    match given:
        case Reference():
            return given
        case Const(value=str() as name, made=Made() as made):
            return _kept(machine, value, compiled, f"keras.optimizers.{name}", made)
        case None if flavour_of(value) == "loaded" or value.fields.get("loaded"):
            return _kept(machine, value, None, "keras.optimizers.Optimizer", value.made)
        case _:
            return Unknown("the optimizer of a model")


def _kept(machine: Machine, model: Reference, compiled: Compile | None, kind: str, made: Made | None) -> Value:
    """The same optimizer at each reading, until the model is compiled anew."""
    known = model.fields.get(OPTIMIZER)
    if known is None or known[0] is not compiled:
        known = (compiled, Reference(kind, {}, made))
        machine.memory.put(model.fields, OPTIMIZER, known)
    found: Reference = known[1]
    return found


@attribute("Model", "name stop_training history metrics_names metrics loss")
def model_details(machine: Machine, value: Reference) -> Value:
    return Unknown("a detail of a model")


@method("Model", "build", "input_shape=None")
def build(call: Call) -> Value:
    """``model.build((None, 10, 3))`` declares the input of a Sequential; a subclassed model does nothing with it."""
    shape = declared_shape(call["input_shape"])
    call.machine.memory.put(call.receiver.fields, BUILT, True)
    if shape and "seen" not in call.receiver.fields and flavour_of(call.receiver) == "sequential":
        call.machine.memory.put(call.receiver.fields, "seen", ((None, *shape[1:]),))
    return Const(None)


@method("Model", "save_weights", "filepath, *args, **kwargs")
def save_weights(call: Call) -> Value:
    return Const(None)


@method("Model", "summary count_params")
def harmless(call: Call) -> Value:
    return Const(None)


@method("Model", "load_weights", "*args, **kwargs")
def load_weights(call: Call) -> Value:
    return Const(None)
