"""A model as one list of layer calls: those of models used as layers and of the program's own layers put in place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol, TypeAlias

from lstmlint.interpreter.attributes import class_member
from lstmlint.interpreter.values import Const, Reference, Tensor, Value
from lstmlint.keras_model.graph import Layer, Model, Node
from lstmlint.keras_model.order import is_operation
from lstmlint.verify.operations import operation_of
from lstmlint.verify.schema import LayerPlan, NodePlan, Plain
from lstmlint.verify.sizes import Sizes, Unplannable

#: ``[node, output]``, the place of a tensor in a plan; node -1 - i is the model's input i.
Source = list[int]
#: Places of tensors by their identity where they are given, else by that of the call and the number of the output.
Places: TypeAlias = dict[int | tuple[int, int], Source]
#: Layers that take their inputs as one list.
_LISTED = frozenset(
    {
        *("Add", "Subtract", "Multiply", "Average"),
        *("Maximum", "Minimum", "Concatenate", "Dot"),
        *("Attention", "AdditiveAttention"),
    }
)
#: What a layer of the program's own says of masks with, on the object or in its class.
_OF_MASKS = ("compute_mask", "supports_masking")


class Plans(Protocol):
    """What plans a layer, and reads a value."""

    sizes: Sizes

    def layer(self, layer: Layer) -> LayerPlan: ...
    def plain(self, name: str, value: Value) -> Plain: ...


@dataclass(slots=True)
class Flattened:
    """The calls of a model in order. ``places`` tells where tensors come from: given ones, and those of calls."""

    plans: Plans
    layers: list[LayerPlan] = field(default_factory=list)
    nodes: list[NodePlan] = field(default_factory=list)
    numbers: dict[int, int] = field(default_factory=dict)

    def calls(self, inputs: tuple[Tensor, ...], outputs: tuple[Tensor, ...]) -> list[Source]:
        """Where the outputs come from; raises Unplannable where a call cannot be planned."""
        return self._calls(outputs, {id(tensor): [-1 - index, 0] for index, tensor in enumerate(inputs)})

    def _calls(self, outputs: tuple[Tensor, ...], places: Places) -> list[Source]:
        """Where tensors come from, after all the calls that lead to them from those that have a place."""
        waiting = [tensor.node for tensor in reversed(outputs) if tensor.node is not None and id(tensor) not in places]
        while waiting:
            node = waiting[-1]
            before = () if (id(node), 0) in places else (*node.inputs, *node.state)
            missing = [one.node for one in before if one.node is not None and _place(one, places) is None]
            if not missing and (id(node), 0) not in places:
                ends = list(self._ends(node, places))
                places.update(((id(node), index), end) for index, end in enumerate(ends))
            if not missing:
                waiting.pop()
            waiting.extend(reversed(missing))
        return [_source(tensor, places) for tensor in outputs]

    def _ends(self, node: Node, places: Places) -> Iterator[Source]:
        """Where each output of a call comes from."""
        layer = node.layer
        if layer.model is not None and layer.model.kind != "sequential":
            yield from self._inside(node, layer.model, places)
        elif layer.own is not None:
            yield from self._traced(node, layer.own, places)
        else:
            self.nodes.append(self._node(node, places))
            yield from ([len(self.nodes) - 1, index] for index in range(len(node.outputs)))

    def _inside(self, node: Node, model: Model, places: Places) -> Iterator[Source]:
        """The calls of a model that is called as a layer, on what it is given there."""
        if not model.complete or model.opaque or len(model.inputs) != len(node.inputs):
            raise Unplannable(f"{node.layer.text} is a model that is not known whole")
        if any(_rank(own) != _rank(given) for own, given in zip(model.inputs, node.inputs, strict=True)):
            raise Unplannable(f"{node.layer.text} is given another number of axes than it has")
        own: Places = {
            id(tensor): _source(given, places) for tensor, given in zip(model.inputs, node.inputs, strict=True)
        }
        yield from self._calls(model.outputs, own)

    def _traced(self, node: Node, own: Value, places: Places) -> Iterator[Source]:
        """The calls that a layer of the program's own makes."""
        if not node.traced or len(node.traced) != len(node.outputs):
            raise Unplannable(f"{node.layer.text} is a layer of the program's own")
        if isinstance(own, Reference) and any(name in own.fields or class_member(own.type, name) for name in _OF_MASKS):
            raise Unplannable(f"{node.layer.text} says itself what becomes of masks")
        yield from self._calls(node.traced, places)

    def _node(self, node: Node, places: Places) -> NodePlan:
        if not node.inputs:
            raise Unplannable(f"{node.layer.text} has no input that is known")
        operation = is_operation(node.layer)
        return {
            "layer": self._operation(node) if operation else self._layer(node.layer),
            "inputs": [_source(tensor, places) for tensor in node.inputs],
            "state": [_source(tensor, places) for tensor in node.state],
            "listed": operation or node.layer.kind in _LISTED,
            "arguments": {} if operation else dict(self._arguments(node)),
        }

    def _arguments(self, node: Node) -> Iterator[tuple[str, Plain]]:
        """The call's own arguments; ``training=training`` is what Keras hands on anyway."""
        for name, value in node.arguments.items():
            handed_on = name == "training" and not (isinstance(value, Const) and value.value is True)
            if name != "initial_state" and not handed_on:
                yield name, self.plans.plain(name, value)

    def _operation(self, node: Node) -> int:
        arguments = operation_of(node, self.plans.plain, self.plans.sizes)
        self.layers.append({"kind": "Operation", "arguments": arguments, "inner": [], "at": []})
        return len(self.layers) - 1

    def _layer(self, layer: Layer) -> int:
        """A layer that is called several times is one."""
        if id(layer) not in self.numbers:
            self.layers.append(self.plans.layer(layer))
            self.numbers[id(layer)] = len(self.layers) - 1
        return self.numbers[id(layer)]


def _source(tensor: Tensor, places: Places) -> Source:
    place = _place(tensor, places)
    if place is None:
        raise Unplannable("a tensor of the model comes from outside it")
    return place


def _place(tensor: Tensor, places: Places) -> Source | None:
    return places.get(id(tensor)) or places.get((id(tensor.node), tensor.index))


def _rank(tensor: Tensor) -> int | None:
    return None if tensor.shape is None else len(tensor.shape)
