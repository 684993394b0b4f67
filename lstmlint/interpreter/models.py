"""Keras models in the interpreter: the object that the program changes, and snapshots of it as facts.

A model is a Reference of kind ``Model``, or an object of a user's class derived from one. Its fields: ``flavour``
(sequential, functional, subclassed, loaded), ``layers`` (of a Sequential: a tuple of Layer), ``inputs`` and ``outputs``
(of a functional one, as the program gave them), ``compiled``, ``seen`` (shapes of the first data it was given).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from lstmlint.interpreter.machine import Machine
from lstmlint.interpreter.values import (
    Array,
    Choice,
    Class,
    Const,
    Made,
    Method,
    Reference,
    Tensor,
    Unknown,
    Value,
)
from lstmlint.interpreter.values import Sequence as SequenceValue
from lstmlint.keras_model.graph import Config, Layer, Model, Node, Shape
from lstmlint.keras_model.training import Compile
from lstmlint.text.edits import CallSite
from lstmlint.text.source import Span

#: Set on a model once a symbolic tensor, or what is not seen, may have gone through it.
JOINED = "joined"
#: Set on a model that met data.
BUILT = "built"
#: Of a model of the program's own class: what it is just called with beside its input, by name, as symbolic tensors.
FURTHER = "further"


def join_graph(machine: Machine, value: Value) -> None:
    """A model that may have become part of a graph."""
    if isinstance(value, Reference) and value.kind == "Model" and JOINED not in value.fields:
        machine.memory.put(value.fields, JOINED, True)


def is_model(value: Value) -> bool:
    """Whether a value is a Keras model, the user's own classes included."""
    from lstmlint.interpreter.attributes import keras_base

    if not isinstance(value, Reference):
        return False
    return value.kind == "Model" or (value.kind == "object" and keras_base(value.type) == "Model")


def new_model(machine: Machine, flavour: str, site: CallSite, **fields: Any) -> Reference:
    """A new model object, written down."""
    told = {"flavour": flavour, "call": site, "turn": machine.turn, **fields}
    model = Reference("Model", told, Made("model", site.span))
    write_down(machine, model)
    return model


def write_down(machine: Machine, model: Reference) -> None:
    machine.record.models.append(model)
    machine.memory.born(model.fields)
    machine.models[id(model)] = model


def as_layer(machine: Machine, value: Value, span: Span) -> Layer | Unknown:
    """What stands in a Sequential as a layer: a layer, an Input, a model, an object of a user's class."""
    match value:
        case Layer():
            return value
        case Tensor(node=None):
            return Layer("Input", Config({}), _input_site(value), own=value, name=value.name, made=value.made)
        case Reference() if is_model(value):
            join_graph(machine, value)
            return model_layer(machine, value)
        case Reference(kind="object", type=Class(name=name)):
            return Layer(name, Config({}), _object_site(value), own=value, made=value.made)
        case Unknown(why=why):
            return Unknown(f"a layer that is not known: {why}")
        case Choice():
            return Unknown("a layer that depends on a condition")
        case _:
            return Unknown("something that is no layer")


def as_inner(machine: Machine, value: Value, span: Span) -> Value:
    """An argument of a wrapper: a model or a user's layer stands as a layer, a cell with the sizes of its states."""
    if not isinstance(value, Reference) or value.kind not in ("Model", "object"):
        return machine.freeze(value)
    layer = as_layer(machine, value, span)
    if not isinstance(layer, Layer) or layer.model is not None:
        return layer
    sizes = {name: machine.freeze(found) for name, found in _cell_sizes(machine, value, span)}
    return replace(layer, config=Config(sizes, frozenset(sizes)))


def _cell_sizes(machine: Machine, value: Reference, span: Span) -> Iterator[tuple[str, Value]]:
    from lstmlint.interpreter.attributes import read_attribute

    for name in ("state_size", "output_size"):
        found = read_attribute(machine, value, name, span)
        made = getattr(found, "made", None)
        # The sizes of a TensorShape are the axes of one state.
        if not isinstance(found, Method) and (made is None or made.operation != "tensorflow.TensorShape"):
            yield name, found


def _input_site(tensor: Tensor) -> CallSite | None:
    site = tensor.made.sources[0] if tensor.made and tensor.made.sources else None
    return site if isinstance(site, CallSite) else None


def _object_site(value: Reference) -> CallSite | None:
    if value.made is None:
        return None
    name = value.made.operation
    return CallSite(value.made.span, value.made.span, name, f"{name}(…)", (), value.made.span.end)


def model_layer(machine: Machine, model: Reference) -> Layer:
    """A model standing as a layer inside another."""
    inner = snapshot(machine, model)
    kind = {"sequential": "Sequential", "functional": "Functional"}.get(inner.kind, inner.kind)
    return Layer(kind, Config({}), inner.call, name=inner.name, model=inner, made=model.made)


# --- snapshots --------------------------------------------------------------------------------------------------------


def snapshot(machine: Machine, model: Reference, data: tuple[Shape | None, ...] | None = None) -> Model:
    """The model as it stands, built on shapes of ``data`` (batch axis None) where it declares none itself.

    One that the program loads from where it saved it is ``loaded`` all the same: its weights are those of some run.
    """
    data = data or model.fields.get("seen") or model.fields.get("supposed")
    stands = _stands(machine, model, data)
    return replace(stands, kind="loaded", opaque=True) if model.fields.get("loaded") else stands


def _stands(machine: Machine, model: Reference, data: tuple[Shape | None, ...] | None) -> Model:
    from lstmlint.interpreter.graphs import functional, subclassed
    from lstmlint.interpreter.sequential import sequential

    match flavour_of(model):
        case "sequential":
            return sequential(machine, model, data)
        case "functional":
            return functional(model)
        case "subclassed":
            return subclassed(machine, model, data)
        case flavour:
            return opaque(model, str(flavour), str(model.fields.get("why", "the model comes from somewhere unseen")))


def settled(machine: Machine, models: Sequence[Reference]) -> list[Model]:
    """Models as they stand; building one can build those inside it, which are then looked at once more."""
    found = [snapshot(machine, model) for model in models]
    return [stands if stands.complete else snapshot(machine, m) for m, stands in zip(models, found, strict=True)]


def flavour_of(model: Reference) -> str:
    """What kind of model; a user's class is what its ``super().__init__(...)`` made of it."""
    if "flavour" in model.fields:
        return str(model.fields["flavour"])
    return "subclassed"


def site_of(model: Reference) -> CallSite:
    site = model.fields.get("call")
    if isinstance(site, CallSite):
        return site
    found = _object_site(model)
    assert found is not None
    return found


def common(model: Reference) -> dict[str, Any]:
    site = site_of(model)
    name, compiled = model.fields.get("name"), model.fields.get("compiled")
    return {
        "identity": id(model),
        "name": name.value if isinstance(name, Const) and isinstance(name.value, str) else None,
        "call": site,
        "span": site.span,
        "compiled": compiled if isinstance(compiled, Compile) else None,
    }


def opaque(model: Reference, kind: str, why: str) -> Model:
    return Model(
        kind=kind, layers=(), nodes=(), inputs=(), outputs=(), complete=False, reason=why, opaque=True, **common(model)
    )


def incomplete(nodes: Iterable[Node], has_input: bool, layers: tuple[Layer, ...]) -> str | None:
    """Why a model's shapes are not all known; None where they are."""
    if not layers:
        return "the model has no layers"
    for node in nodes:
        if any(tensor.shape is None for tensor in node.outputs) and node.problem is None:
            if not has_input:
                return "the model's input shape is neither declared nor known from data"
            return f"the output of `{node.layer.text}` is not known"
    return None


# --- models that are built on what they are called with -------------------------------------------------------------


def stands_built(machine: Machine, layer: Layer, given: tuple[Tensor, ...]) -> Layer:
    """A layer that is a model without an input shape of its own, built on what it is called with, as Keras does."""
    inner = layer.model
    model = None if inner is None or inner.complete else machine.models.get(inner.identity)
    if model is None or not sees(machine, model, given):
        return layer
    return replace(layer, model=snapshot(machine, model))


def sees(machine: Machine, model: Reference, given: tuple[Tensor, ...]) -> bool:
    """Let the first shapes that a model is called with be its own; whether they are known.

    Sizes that stand for anything make place for those of data.
    """
    shapes = tuple((None, *tensor.shape[1:]) for tensor in given if tensor.shape)
    if not shapes or len(shapes) != len(given):
        return False
    key = "supposed" if any(dim is not None and dim.anonymous for shape in shapes for dim in shape) else "seen"
    if key not in model.fields:
        machine.memory.put(model.fields, key, shapes)
    return True


def shape_value(shape: Shape | None) -> Value:
    """A Keras shape as the tuple that the program sees."""
    from lstmlint.interpreter.dims import Dim
    from lstmlint.interpreter.operators import from_dim

    if shape is None:
        return Unknown("a shape that is not known")
    items = tuple(Const(None) if dim is None else from_dim(dim) for dim in shape)
    return SequenceValue("tuple", items, Dim(len(items)))


def data_shape(value: Value) -> Shape | None:
    """The shape of data as a model sees it: the sample axis becomes None."""
    match value:
        case Array(shape=tuple() as shape) if shape:
            return (None, *shape[1:])
        case _:
            return None
