"""A Sequential as it stands: its input as declared, seen in data or told by its layers, and what its layers give."""

from __future__ import annotations

from dataclasses import dataclass, replace

from lstmlint.interpreter.machine import Machine
from lstmlint.interpreter.models import common, incomplete, opaque, stands_built
from lstmlint.interpreter.tensors import call_node
from lstmlint.interpreter.values import Reference, Tensor, Unknown
from lstmlint.keras_model.graph import Layer, Model, Node, Shape
from lstmlint.keras_model.layers import LayerInput, declared_input, input_tensor
from lstmlint.keras_model.undeclared import supposed_shape

INPUTS = frozenset({"Input", "InputLayer"})


@dataclass(frozen=True, slots=True)
class Built:
    """What came of calling the layers: those that are models as they are built on what they are called with."""

    input: Tensor
    layers: tuple[Layer, ...]
    nodes: tuple[Node, ...]
    outputs: tuple[Tensor, ...]


def sequential(machine: Machine, model: Reference, data: tuple[Shape | None, ...] | None) -> Model:
    layers = model.fields.get("layers", ())
    if isinstance(layers, Unknown):
        return opaque(model, "sequential", layers.why)
    strange = next((layer for layer in layers if isinstance(layer, Unknown)), None)
    known = tuple(layer for layer in layers if isinstance(layer, Layer))
    first, declared = _first_tensor(known, data)
    built = _built(machine, model, known, first) if strange is None else Built(first, known, (), (first,))
    reason = strange.why if strange is not None else incomplete(built.nodes, built.input.shape is not None, known)
    return Model(
        kind="sequential",
        layers=tuple(layer for layer in built.layers if layer.kind not in INPUTS),
        nodes=built.nodes,
        inputs=(built.input,),
        outputs=built.outputs,
        complete=reason is None,
        reason=reason,
        declared=declared,
        opaque=strange is not None,
        output_structure="single" if len(built.outputs) == 1 else "list",
        **common(model),
    )


def _first_tensor(layers: tuple[Layer, ...], data: tuple[Shape | None, ...] | None) -> tuple[Tensor, bool]:
    """The input of a Sequential, and whether the program declares its shape."""
    declared = _declared(layers[0]) if layers else None
    if declared is not None:
        return declared, True
    shape = data[0] if data else None
    return Tensor(shape, "float32"), False


def _declared(first: Layer) -> Tensor | None:
    if first.kind == "Input" and isinstance(first.own, Tensor):
        return first.own
    declared = declared_input(first)
    if declared is not None:
        return Tensor(declared, first.config.text("dtype") or "float32", made=first.made)
    if first.kind == "InputLayer":
        return input_tensor(first.config)
    if first.kind == "Bidirectional" and first.inner:
        # Keras 2 also read the shape of a wrapped layer.
        inner = declared_input(first.inner[0]) if first.keras == 2 else None
        return None if inner is None else Tensor(inner, "float32", made=first.made)
    if first.model is not None and first.model.declared and first.model.inputs:
        return first.model.inputs[0]
    return None


def _built(machine: Machine, model: Reference, layers: tuple[Layer, ...], first: Tensor) -> Built:
    """Built again only where the layers or the input's shape changed."""
    key = (tuple(map(id, layers)), first.shape)
    cached = machine.built.get(id(model))
    if cached is None or cached[0] != key or any(layer.own is not None for layer in layers if layer.kind != "Input"):
        told = supposed_shape(layers) if first.shape is None else first.shape
        cached = (key, _chain(machine, layers, replace(first, shape=told)), layers)
        machine.built[id(model)] = cached
    built: Built = cached[1]
    return built


def _chain(machine: Machine, layers: tuple[Layer, ...], first: Tensor) -> Built:
    standing: list[Layer] = []
    nodes: list[Node] = []
    tensors: tuple[Tensor, ...] = (first,)
    for layer in layers:
        if layer.kind in INPUTS:
            standing.append(layer)
            continue
        span = (
            layer.call.span if layer.call else (layer.made.span if layer.made else machine.span(machine.parsed.module))
        )
        standing.append(stands_built(machine, layer, tensors))
        node = call_node(machine, standing[-1], LayerInput(tensors, len(tensors) > 1), span)
        nodes.append(node)
        machine.first_calls.update((id(known), (known, node)) for known in (layer, standing[-1]))
        tensors = node.outputs
    return Built(first, tuple(standing), tuple(nodes), tensors)
