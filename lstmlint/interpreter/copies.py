"""A model made again has layers of its own: the graph of another, with new layers, calls and tensors."""

from __future__ import annotations

from dataclasses import replace

from lstmlint.interpreter.graphs import reached
from lstmlint.interpreter.tensors import tensors_in
from lstmlint.interpreter.values import Mapped, Sequence, Tensor, Unknown, Value
from lstmlint.keras_model.graph import Layer, Node, finished_node


def copied_layers(layers: tuple[Layer | Unknown, ...] | Unknown) -> tuple[Layer | Unknown, ...] | Unknown:
    """Those of a Sequential, its input included."""
    return layers if isinstance(layers, Unknown) else tuple(map(_copied_layer, layers))


def _copied_layer(layer: Layer | Unknown) -> Layer | Unknown:
    match layer:
        case Layer(kind="Input", own=Tensor() as tensor):
            return replace(layer, own=replace(tensor))
        case Layer():
            return replace(layer)
        case _:
            return layer


def copied_graph(inputs: Value, outputs: Value) -> tuple[Value, Value]:
    """The inputs and outputs of a functional model, as they were nested."""
    tensors = {id(tensor): replace(tensor) for tensor in tensors_in(inputs)}
    layers: dict[int, Layer] = {}
    for node in reached(tensors_in(outputs)):
        again = _copied_node(node, layers.setdefault(id(node.layer), replace(node.layer)), tensors)
        tensors.update((id(old), new) for old, new in zip(node.outputs, again.outputs, strict=True))
    return _copied(inputs, tensors), _copied(outputs, tensors)


def _copied_node(node: Node, layer: Layer, tensors: dict[int, Tensor]) -> Node:
    def new(old: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
        return tuple(tensors.get(id(tensor), tensor) for tensor in old)

    return finished_node(replace(node, layer=layer, inputs=new(node.inputs), state=new(node.state)))


def _copied(value: Value, tensors: dict[int, Tensor]) -> Value:
    match value:
        case Tensor():
            return tensors.get(id(value), value)
        case Sequence(items=tuple() as items):
            return replace(value, items=tuple(_copied(item, tensors) for item in items))
        case Mapped(items=items):
            return replace(value, items=tuple((key, _copied(item, tensors)) for key, item in items))
        case _:
            return value
