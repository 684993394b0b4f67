"""A functional model as a plan, with a layer less or one more in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeAlias

from lstmlint.verify.schema import LayerPlan, ModelPlan, NodePlan
from lstmlint.verify.sizes import Unplannable

#: ``[node, output]``, the place of a tensor in a plan.
Source = list[int]
#: How the old call and the new one stand to each other.
Order: TypeAlias = Callable[[NodePlan, NodePlan], tuple[NodePlan, NodePlan]]


def dropped(model: ModelPlan, layer: int) -> ModelPlan:
    """What went into the layer goes to where its outputs went; raises Unplannable where that is not one tensor."""
    if any(node["layer"] == layer and len(node["inputs"]) != 1 for node in model["nodes"]):
        raise Unplannable("a layer of several inputs cannot be left out")
    return _rewired(model, lambda node: iter(() if node["layer"] == layer else (node,)))


def inserted(model: ModelPlan, layer: int, new: LayerPlan) -> ModelPlan:
    """The new layer in front of each call of the old one."""
    if any(node["layer"] == layer and len(node["inputs"]) != 1 for node in model["nodes"]):
        raise Unplannable("nothing is put in front of a layer of several inputs")
    return _beside(model, layer, new, lambda old, call: (call, old))


def followed(model: ModelPlan, layer: int, new: LayerPlan) -> ModelPlan:
    """The new layer behind each call of the old one."""
    return _beside(model, layer, new, lambda old, call: (old, call))


def _beside(model: ModelPlan, layer: int, new: LayerPlan, order: Order) -> ModelPlan:
    """The new layer is called once beside each call of the old one, in that order."""
    number = len(model["layers"])

    def both(node: NodePlan) -> Iterator[NodePlan]:
        if node["layer"] != layer:
            return iter((node,))
        return iter(order(node, {**node, "layer": number, "state": [], "listed": False, "arguments": {}}))

    return _rewired({**model, "layers": [*model["layers"], new]}, both)


def _rewired(model: ModelPlan, parts: Callable[[NodePlan], Iterator[NodePlan]]) -> ModelPlan:
    """Each node replaced by a chain of nodes: the first takes its inputs, its outputs are the last one's."""
    nodes: list[NodePlan] = []
    moved: dict[int, Source] = {}

    def source(old: Source) -> Source:
        node, output = old
        if node < 0 or node not in moved:
            return old
        new, kept = moved[node]
        return [new, output if kept < 0 else kept]

    for number, node in enumerate(model["nodes"]):
        inputs = [source(one) for one in node["inputs"]]
        end: Source = [*inputs[0]] if inputs else [0, 0]
        for part in parts(node):
            state = [source(one) for one in part["state"]]
            nodes.append({**part, "inputs": inputs, "state": state})
            end, inputs = [len(nodes) - 1, -1], [[len(nodes) - 1, 0]]
        moved[number] = end
    return {**model, "nodes": nodes, "outputs": [source(one) for one in model["outputs"]]}
