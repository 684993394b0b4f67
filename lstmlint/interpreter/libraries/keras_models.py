"""``Sequential``, ``Model``: made, added to, called, asked for their layers and shapes."""

from __future__ import annotations

from lstmlint.interpreter.dims import Dim
from lstmlint.interpreter.library import Call, attribute, function, method
from lstmlint.interpreter.machine import Machine
from lstmlint.interpreter.models import (
    as_layer,
    flavour_of,
    is_model,
    model_layer,
    new_model,
    sees,
    shape_value,
    snapshot,
    write_down,
)
from lstmlint.interpreter.spreading import spread
from lstmlint.interpreter.tensors import apply_layer, is_symbolic, tensors_in
from lstmlint.interpreter.values import Class, Const, Reference, Sequence, Tensor, Unknown, Value
from lstmlint.keras_model.graph import Layer
from lstmlint.keras_model.layers.declared import declared_shape


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


@function("keras.models.load_model keras.saving.load_model keras.models.model_from_json keras.models.model_from_yaml")
def load_model(call: Call) -> Value:
    return new_model(call.machine, "loaded", call.site, why="the model is loaded from a file")


@function("keras.models.clone_model", "model, input_tensors=None, clone_function=None", raw=True)
def clone_model(call: Call) -> Value:
    given = call["model"]
    if not isinstance(given, Reference) or not is_model(given):
        return new_model(call.machine, "loaded", call.site, why="a clone of a model that is not known")
    fields = {k: v for k, v in given.fields.items() if k in ("layers", "inputs", "outputs", "seen")}
    return new_model(call.machine, flavour_of(given), call.site, **fields)


@method("Model", "__call__", "*args, **kwargs")
def call_model(call: Call) -> Value:
    """A model called on symbolic tensors is a layer; called on data it runs."""
    machine, positional = call.machine, call.items("args") or ()
    keywords = {key: value for key, value in call.arguments.items() if key not in ("args", "kwargs")}
    given = positional[0] if positional else keywords.pop("inputs", Unknown("no inputs"))
    if not is_symbolic(given):
        from lstmlint.interpreter.libraries.keras_training import run_call

        return run_call(call, given)
    sees(machine, call.receiver, tensors_in(given))
    layer = as_layer(machine, call.receiver, call.site.span)
    if isinstance(layer, Layer) and layer.own is None and layer.model is None:
        layer = model_layer(machine, call.receiver)
    return apply_layer(machine, layer, given, keywords, call.site.span) if isinstance(layer, Layer) else layer


@method("Model", "get_layer", "name=None, index=None")
def get_layer(call: Call) -> Value:
    layers = snapshot(call.machine, call.receiver).layers
    index, name = call.integer("index"), call.text("name")
    if index is not None and -len(layers) <= index < len(layers):
        return layers[index]
    return next((layer for layer in layers if name is not None and layer.name == name), call.unknown("a layer by name"))


@attribute("Model", "layers")
def layers_of(machine: Machine, value: Reference) -> Value:
    found = snapshot(machine, value)
    if found.opaque:
        return Unknown("the layers of a model that is not known")
    inputs: tuple[Value, ...] = ()
    if found.kind == "functional":
        inputs = tuple(Unknown("an input layer") for _ in found.inputs)
    items = (*inputs, *found.layers)
    return machine.new_list(Sequence("list", items, Dim(len(items))))


@attribute("Model", "input inputs")
def input_of(machine: Machine, value: Reference) -> Value:
    return _single_or_list(snapshot(machine, value).inputs)


@attribute("Model", "output outputs")
def output_of(machine: Machine, value: Reference) -> Value:
    return _single_or_list(snapshot(machine, value).outputs)


def _single_or_list(tensors: tuple[Tensor, ...]) -> Value:
    if len(tensors) == 1:
        return tensors[0]
    return Sequence("list", tensors, Dim(len(tensors))) if tensors else Unknown("the tensors of a model not known")


@attribute("Model", "input_shape")
def input_shape_of(machine: Machine, value: Reference) -> Value:
    return shape_value(snapshot(machine, value).input_shape)


@attribute("Model", "output_shape")
def output_shape_of(machine: Machine, value: Reference) -> Value:
    return shape_value(snapshot(machine, value).output_shape)


@attribute("Model", "name stop_training history optimizer metrics_names metrics loss weights trainable_weights")
def model_details(machine: Machine, value: Reference) -> Value:
    return Unknown("a detail of a model")


@method("Model", "build", "input_shape=None")
def build(call: Call) -> Value:
    """``model.build((None, 10, 3))`` declares the input of a Sequential; a subclassed model does nothing with it."""
    shape = declared_shape(call["input_shape"])
    if shape and "seen" not in call.receiver.fields and flavour_of(call.receiver) == "sequential":
        call.machine.memory.put(call.receiver.fields, "seen", ((None, *shape[1:]),))
    return Const(None)


@method("Model", "summary save save_weights export to_json get_config count_params")
def harmless(call: Call) -> Value:
    return Const(None)


@method("Model", "load_weights set_weights", "*args, **kwargs")
def load_weights(call: Call) -> Value:
    return Const(None)


@method("Model", "get_weights")
def get_weights(call: Call) -> Value:
    return call.unknown("the weights of a model")
