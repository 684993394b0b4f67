"""Keras models in the interpreter: the object that the program changes, and snapshots of it as facts.

A model is a Reference of kind ``Model``, or an object of a user's class derived from one. Its fields: ``flavour``
(sequential, functional, subclassed, loaded), ``layers`` (of a Sequential: a tuple of Layer), ``inputs`` and ``outputs``
(of a functional one, as the program gave them), ``compiled``, ``seen`` (shapes of the first data it was given).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from lstmlint.interpreter.machine import Machine
from lstmlint.interpreter.tensors import call_node, is_symbolic, tensors_in
from lstmlint.interpreter.values import (
    Array,
    Choice,
    Class,
    Const,
    Made,
    Mapped,
    Reference,
    Sequence,
    Tensor,
    Unknown,
    Value,
)
from lstmlint.keras_model.graph import Config, Layer, Model, Node, Shape
from lstmlint.keras_model.layers import LayerInput, declared_input, input_tensor
from lstmlint.keras_model.training import Compile
from lstmlint.text.edits import CallSite
from lstmlint.text.source import Span

_INPUTS = frozenset({"Input", "InputLayer"})


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
    machine.record.models.append(model)
    return model


def as_layer(machine: Machine, value: Value, span: Span) -> Layer | Unknown:
    """What stands in a Sequential as a layer: a layer, an Input, a model, an object of a user's class."""
    match value:
        case Layer():
            return value
        case Tensor(node=None):
            return Layer("Input", Config({}), _input_site(value), own=value, name=value.name, made=value.made)
        case Reference() if is_model(value):
            return model_layer(machine, value)
        case Reference(kind="object", type=Class(name=name)):
            return Layer(name, Config({}), _object_site(value), own=value, made=value.made)
        case Unknown(why=why):
            return Unknown(f"a layer that is not known: {why}")
        case Choice():
            return Unknown("a layer that depends on a condition")
        case _:
            return Unknown("something that is no layer")


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
    """The model as it stands, built on shapes of ``data`` (batch axis None) where it declares none itself."""
    data = data or model.fields.get("seen")
    match flavour_of(model):
        case "sequential":
            return _sequential(machine, model, data)
        case "functional":
            return _functional(machine, model)
        case "subclassed":
            return _subclassed(machine, model, data)
        case flavour:
            return _opaque(model, str(flavour), str(model.fields.get("why", "the model comes from somewhere unseen")))


def flavour_of(model: Reference) -> str:
    """What kind of model; a user's class is what its ``super().__init__(...)`` made of it."""
    if "flavour" in model.fields:
        return str(model.fields["flavour"])
    return "subclassed"


def _site(model: Reference) -> CallSite:
    site = model.fields.get("call")
    if isinstance(site, CallSite):
        return site
    found = _object_site(model)
    assert found is not None
    return found


def _common(model: Reference) -> dict[str, Any]:
    site = _site(model)
    name, compiled = model.fields.get("name"), model.fields.get("compiled")
    return {
        "identity": id(model),
        "name": name.value if isinstance(name, Const) and isinstance(name.value, str) else None,
        "call": site,
        "span": site.span,
        "compiled": compiled if isinstance(compiled, Compile) else None,
    }


def _opaque(model: Reference, kind: str, why: str) -> Model:
    return Model(
        kind=kind, layers=(), nodes=(), inputs=(), outputs=(), complete=False, reason=why, opaque=True, **_common(model)
    )


def _sequential(machine: Machine, model: Reference, data: tuple[Shape | None, ...] | None) -> Model:
    layers = model.fields.get("layers", ())
    if isinstance(layers, Unknown):
        return _opaque(model, "sequential", layers.why)
    strange = next((layer for layer in layers if isinstance(layer, Unknown)), None)
    known = tuple(layer for layer in layers if isinstance(layer, Layer))
    first, declared = _first_tensor(known, data)
    first, nodes, outputs = _built(machine, model, known, first) if strange is None else (first, (), (first,))
    reason = strange.why if strange is not None else _incomplete(nodes, declared or data is not None, known)
    return Model(
        kind="sequential",
        layers=tuple(layer for layer in known if layer.kind not in _INPUTS),
        nodes=nodes,
        inputs=(first,),
        outputs=outputs,
        complete=reason is None,
        reason=reason,
        declared=declared,
        opaque=strange is not None,
        output_structure="single" if len(outputs) == 1 else "list",
        **_common(model),
    )


def _first_tensor(layers: tuple[Layer, ...], data: tuple[Shape | None, ...] | None) -> tuple[Tensor, bool]:
    """The input of a Sequential, and whether the program declares its shape."""
    if layers:
        first = layers[0]
        if first.kind == "Input" and isinstance(first.own, Tensor):
            return first.own, True
        declared = declared_input(first)
        if declared is not None:
            return Tensor(declared, _first_dtype(first), made=first.made), True
        if first.kind == "InputLayer":
            return input_tensor(first.config), True
        if first.kind in ("Bidirectional", "TimeDistributed") and first.inner:
            # Keras 2 also read the shape of a wrapped layer.
            inner = declared_input(first.inner[0]) if first.kind == "Bidirectional" and first.keras == 2 else None
            if inner is not None:
                return Tensor(inner, "float32", made=first.made), True
        if first.model is not None and first.model.inputs:
            return first.model.inputs[0], first.model.declared
    shape = data[0] if data else None
    return Tensor(shape, "float32"), False


def _first_dtype(layer: Layer) -> str:
    return layer.config.text("dtype") or "float32"


def _built(
    machine: Machine, model: Reference, layers: tuple[Layer, ...], first: Tensor
) -> tuple[Tensor, tuple[Node, ...], tuple[Tensor, ...]]:
    """The input, calls and outputs of a Sequential, built again only where its layers or the input's shape changed."""
    key = (tuple(map(id, layers)), first.shape)
    cached = machine.built.get(id(model))
    if cached is None or cached[0] != key or any(layer.own is not None for layer in layers if layer.kind != "Input"):
        cached = (key, (first, *_chain(machine, layers, first)), layers)
        machine.built[id(model)] = cached
    built: tuple[Tensor, tuple[Node, ...], tuple[Tensor, ...]] = cached[1]
    return built


def _chain(machine: Machine, layers: tuple[Layer, ...], first: Tensor) -> tuple[tuple[Node, ...], tuple[Tensor, ...]]:
    nodes: list[Node] = []
    tensors: tuple[Tensor, ...] = (first,)
    for layer in layers:
        if layer.kind in _INPUTS:
            continue
        span = (
            layer.call.span if layer.call else (layer.made.span if layer.made else machine.span(machine.parsed.module))
        )
        node = call_node(machine, layer, LayerInput(tensors, len(tensors) > 1), span)
        nodes.append(node)
        tensors = node.outputs
    return tuple(nodes), tensors


def _incomplete(nodes: Iterable[Node], has_input: bool, layers: tuple[Layer, ...]) -> str | None:
    """Why a model's shapes are not all known; None where they are."""
    if not layers:
        return "the model has no layers"
    for node in nodes:
        if any(tensor.shape is None for tensor in node.outputs) and node.problem is None:
            if not has_input:
                return "the model's input shape is neither declared nor known from data"
            return f"the output of `{node.layer.text}` is not known"
    return None


def _functional(machine: Machine, model: Reference) -> Model:
    given, wanted = model.fields.get("inputs"), model.fields.get("outputs")
    inputs, outputs = tensors_in(given), tensors_in(wanted)
    nodes = _reached(outputs)
    reason = None
    if not inputs or not outputs or not is_symbolic(wanted) or not is_symbolic(given):
        reason = next((v.why for v in (given, wanted) if isinstance(v, Unknown)), "its inputs or outputs are not known")
    else:
        reason = _incomplete(nodes, True, tuple(node.layer for node in nodes))
        if reason == "the model has no layers":
            reason = None
        elif reason is None and any(tensor.shape is None for tensor in outputs):
            reason = "an output is not known"
    return Model(
        kind="functional",
        layers=tuple(_unique(node.layer for node in nodes if node.layer.call is not None and not _is_operation(node))),
        nodes=nodes,
        inputs=inputs,
        outputs=outputs,
        complete=reason is None,
        reason=reason,
        input_structure=_structure(given),
        output_structure=_structure(wanted),
        opaque=not is_symbolic(wanted),
        **_common(model),
    )


def _is_operation(node: Node) -> bool:
    return " " in node.layer.kind or "." in node.layer.kind


def _structure(value: Value) -> str:
    match value:
        case Reference(kind=("list" | "dict") as kind):
            return str(kind)
        case Sequence():
            return "list"
        case Mapped():
            return "dict"
        case _:
            return "single"


def _unique(layers: Iterator[Layer]) -> Iterator[Layer]:
    seen: set[int] = set()
    for layer in layers:
        if id(layer) not in seen:
            seen.add(id(layer))
            yield layer


def _reached(outputs: tuple[Tensor, ...]) -> tuple[Node, ...]:
    """Every node that the outputs come from, producers before consumers."""
    order: list[Node] = []
    seen: set[int] = set()
    waiting: list[tuple[Node, bool]] = [(t.node, False) for t in reversed(outputs) if t.node is not None]
    while waiting:
        node, done = waiting.pop()
        if done:
            order.append(node)
            continue
        if id(node) in seen:
            continue
        seen.add(id(node))
        waiting.append((node, True))
        waiting.extend((t.node, False) for t in reversed((*node.inputs, *node.state)) if t.node is not None)
    return tuple(order)


def _subclassed(machine: Machine, model: Reference, data: tuple[Shape | None, ...] | None) -> Model:
    if not data:
        return _opaque(model, "subclassed", "a subclassed model has no shapes before it is given data")
    inputs = tuple(Tensor(shape, "float32") for shape in data)
    from lstmlint.interpreter.own_layers import call_own

    outputs, _, _ = call_own(
        machine, Layer("Model", Config({}), own=model), LayerInput(inputs, len(inputs) > 1), _site(model).span
    )
    nodes = _reached(outputs)
    known = bool(outputs) and all(tensor.shape is not None for tensor in outputs)
    return Model(
        kind="subclassed",
        layers=tuple(_unique(node.layer for node in nodes if node.layer.call is not None and not _is_operation(node))),
        nodes=nodes,
        inputs=inputs,
        outputs=outputs,
        complete=known,
        reason=None if known else "what its `call` returns is not known",
        declared=False,
        output_structure="single" if len(outputs) == 1 else "list",
        **_common(model),
    )


def shape_value(shape: Shape | None) -> Value:
    """A Keras shape as the tuple that the program sees."""
    from lstmlint.interpreter.dims import Dim
    from lstmlint.interpreter.operators import from_dim

    if shape is None:
        return Unknown("a shape that is not known")
    items = tuple(Const(None) if dim is None else from_dim(dim) for dim in shape)
    return Sequence("tuple", items, Dim(len(items)))


def data_shape(value: Value) -> Shape | None:
    """The shape of data as a model sees it: the sample axis becomes None."""
    match value:
        case Array(shape=tuple() as shape) if shape:
            return (None, *shape[1:])
        case _:
            return None
