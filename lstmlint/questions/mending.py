"""What would make a refused call fit, where the graph in front of it tells."""

from __future__ import annotations

from lstmlint.interpreter.dims import Dim
from lstmlint.interpreter.values import Tensor
from lstmlint.keras_model.graph import Node, shape_text
from lstmlint.keras_model.order import is_operation

_ATTENTIONS = frozenset({"Attention", "AdditiveAttention"})
_MERGE_STEPS = frozenset({"Concatenate", "Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum"})


def mended_before(node: Node) -> str:
    """What to write further up; empty where that is not known."""
    if (attention := _crossed(node)) is not None:
        query, value = (shape_text(tensor.shape) for tensor in attention.inputs)
        return (
            f"`{attention.layer.text}` takes [query, value] and gives one step for each of the query's: "
            f"it is given {query} and {value}, swap the two"
        )
    mask = _stretched_mask(node)
    if mask is not None:
        shape = shape_text(mask.shape)
        return f"the mask is {shape}: write `mask[..., None]` where it meets {shape[:-1]}, features)"
    return ""


def _crossed(node: Node) -> Node | None:
    """An attention whose query and value are the wrong way round for what its output is put beside."""
    if node.layer.kind not in _MERGE_STEPS:
        return None
    for tensor in node.inputs:
        before = tensor.node
        if before is None or before.layer.kind not in _ATTENTIONS or len(before.inputs) != 2:
            continue
        query, value = before.inputs
        others = [other for other in node.inputs if other is not tensor]
        if query is not value and others and all(_as_many_steps(other, value) for other in others):
            return before if not any(_as_many_steps(other, query) for other in others) else None
    return None


def _as_many_steps(one: Tensor, other: Tensor) -> bool:
    steps = [tensor.shape[1] if tensor.shape and len(tensor.shape) == 3 else None for tensor in (one, other)]
    return one is other or (isinstance(steps[0], Dim) and steps[0] == steps[1])


def _stretched_mask(node: Node) -> Tensor | None:
    """The mask, one number a step, that was stretched over the features of a tensor with one axis more."""
    waiting, seen = [node], set[int]()
    while waiting and len(seen) < 60:
        current = waiting.pop(0)
        if id(current) in seen:
            continue
        seen.add(id(current))
        ranks = {len(tensor.shape) for tensor in current.inputs if tensor.shape is not None}
        masks = (_mask_behind(tensor) for tensor in current.inputs if tensor.shape and len(tensor.shape) == 2)
        found = next((mask for mask in masks if mask is not None), None)
        if found is not None and 3 in ranks:
            return found
        waiting.extend(one for one in current.producers if is_operation(one.layer))
    return None


def _mask_behind(tensor: Tensor) -> Tensor | None:
    for _ in range(10):
        if tensor.made is not None and tensor.made.operation == "mask":
            return tensor
        node = tensor.node
        if node is None or not is_operation(node.layer) or len(node.inputs) != 1:
            return None
        tensor = node.inputs[0]
    return None
