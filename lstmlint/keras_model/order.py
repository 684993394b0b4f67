"""The layers of a functional model in the order of ``model.layers``: by depth, then as found from the outputs.

Mirrors ``map_graph`` of ``keras/src/ops/function.py`` (Keras 3.15).
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterator

from lstmlint.interpreter.values import Tensor
from lstmlint.keras_model.applications import PREFIX
from lstmlint.keras_model.graph import EITHER, Layer, Model, Node


def ordered_layers(model: Model) -> tuple[Layer | Tensor, ...] | None:
    """Layers as ``model.layers`` has them, an input as its tensor; None where the graph goes one of two ways, or is
    not known.

    Operators are no layers in Keras 3, and in Keras 2 they are: a Keras 2 model with operators gives None.
    """
    operators = any(is_operation(node.layer) and node.layer.keras == 2 for node in model.nodes)
    hidden = any(node.layer is EITHER or node.layer.kind.startswith(PREFIX) for node in model.nodes)
    if not model.complete or operators or hidden:
        return None
    found: dict[Hashable, int] = {}
    finished = list(_finished(model.outputs, found))
    depths = _depths(finished)
    members = {_key(member): member for member in finished}
    members |= {_key(tensor): tensor for tensor in model.inputs}
    ordered = sorted(members, key=lambda key: (-depths.get(key, 0), found.get(key, -1)))
    layers = (member if isinstance(member, Tensor) else member.layer for member in map(members.__getitem__, ordered))
    return tuple(layer for layer in layers if isinstance(layer, Tensor) or not is_operation(layer))


def auto_names(layer: Layer) -> frozenset[str]:
    """What Keras calls a layer without a name, but for the number at the end: ``time_distributed``."""
    if layer.kind == "Input":
        return frozenset({"input", "input_layer"})
    parted = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", re.sub(r"\W+", "", layer.kind))
    return frozenset({re.sub(r"([a-z])([A-Z])", r"\1_\2", parted).lower()})


def is_operation(layer: Layer) -> bool:
    """Whether what stands in the graph is an operator or a function on tensors, no layer."""
    return layer.kind == "GetItem" or " " in layer.kind or "." in layer.kind


def _key(member: Node | Tensor) -> Hashable:
    """What Keras counts as one operation: a layer called twice, a model called twice, an input."""
    if isinstance(member, Tensor):
        return id(member)
    layer = member.layer
    return ("model", layer.model.identity) if layer.model is not None else id(layer)


def _source(tensor: Tensor) -> Node | Tensor:
    return tensor if tensor.node is None else tensor.node


def _sources(member: Node | Tensor) -> tuple[Node | Tensor, ...]:
    return () if isinstance(member, Tensor) else tuple(map(_source, (*member.inputs, *member.state)))


def _finished(outputs: tuple[Tensor, ...], found: dict[Hashable, int]) -> Iterator[Node | Tensor]:
    """Producers before consumers, depth first; ``found`` gets when each operation was first met."""
    seen: set[int] = set()
    waiting = [(_source(tensor), False) for tensor in reversed(outputs)]
    while waiting:
        member, done = waiting.pop()
        if done:
            yield member
        elif id(member) not in seen:
            seen.add(id(member))
            found.setdefault(_key(member), len(found))
            waiting.append((member, True))
            waiting.extend((source, False) for source in reversed(_sources(member)))


def _depths(finished: list[Node | Tensor]) -> dict[Hashable, int]:
    """How many operations lie between each operation and the outputs."""
    nodes: dict[int, int] = {}
    operations: dict[Hashable, int] = {}
    for member in reversed(finished):
        depth = max(nodes.get(id(member), 0), operations.get(_key(member), 0))
        operations[_key(member)] = nodes[id(member)] = depth
        for source in _sources(member):
            nodes[id(source)] = max(depth + 1, nodes.get(id(source), 0))
    return operations
