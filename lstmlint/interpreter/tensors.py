"""Symbolic Keras tensors: layers called on them, operators and functions between them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from types import MappingProxyType
from typing import Any

from lstmlint.interpreter.dims import Dim, unknown_dim
from lstmlint.interpreter.join import join_all
from lstmlint.interpreter.machine import Machine
from lstmlint.interpreter.shapes import Refused, broadcast
from lstmlint.interpreter.values import Array, Const, Made, Mapped, Reference, Sequence, Tensor, Unknown, Value
from lstmlint.keras_model.graph import Config, Layer, Node, Problem, Shape, Why, finished_node
from lstmlint.keras_model.layers import Called, LayerInput, call_layer, call_model
from lstmlint.text.edits import CallSite
from lstmlint.text.source import Span

#: Tensors that a list of many stands for.
_MOST = 512
#: The call's own keywords whose tensors are states.
_STATES = "initial_state"


def tensors_in(value: Value) -> tuple[Tensor, ...]:
    """The symbolic tensors of a value, in order; an unknown item counts as a tensor of unknown shape."""
    match value:
        case Tensor():
            return (value,)
        case Sequence(items=tuple() as items):
            return tuple(tensor for item in items for tensor in tensors_in(item))
        case Sequence() if not value.length.known:
            # How many is not known: two stand for any number, the second with any sizes.
            some = value.element if isinstance(value.element, Tensor) else Tensor(None, made=value.made)
            return (some, _of_any_size(some))
        case Sequence(length=Dim(value=int() as count)):
            # Each turn of a long loop adds one like the others.
            return (value.element if isinstance(value.element, Tensor) else Tensor(None, made=value.made),) * min(
                count, _MOST
            )
        case Mapped(items=items):
            return tuple(tensor for _, item in items for tensor in tensors_in(item))
        case Reference(kind="list" | "dict", fields=fields):
            return tensors_in(fields["content"])
        case Unknown():
            return (Tensor(None, made=value.made),)
        case _:
            return ()


def _of_any_size(tensor: Tensor) -> Tensor:
    if tensor.shape is None:
        return tensor
    return replace(tensor, shape=tuple(None if dim is None else unknown_dim() for dim in tensor.shape))


def is_symbolic(value: Value) -> bool:
    """Whether a symbolic tensor is anywhere in a value."""
    match value:
        case Tensor():
            return True
        case Sequence(items=tuple() as items):
            return any(is_symbolic(item) for item in items)
        case Sequence(element=element):
            return isinstance(element, Tensor)
        case Mapped(items=items):
            return any(is_symbolic(item) for _, item in items)
        case Reference(kind="list" | "dict", fields=fields):
            return is_symbolic(fields["content"])
        case _:
            return False


#: Layers that are called on a list.
_MERGING = frozenset(
    {"Concatenate", "Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum", "Dot", "Attention"}
    | {"AdditiveAttention"}
)


def _states(value: Value | None) -> tuple[Tensor, ...]:
    """The initial states where all of them are known; what is not known is not judged."""
    if value is None or not _is_certain(value):
        return ()
    return tensors_in(value)


def initial_states(value: Value | None) -> tuple[Tensor, ...]:
    """What a layer is given as its states, data as well: zeros of a size, say. Nothing where any is not known."""
    match value:
        case Tensor():
            return (value,)
        case Array(flavour="numpy" | "tensor"):
            return (Tensor(value.shape, value.dtype, made=value.made),)
        case Sequence(items=tuple() as items):
            found = tuple(initial_states(item) for item in items)
            return tuple(state for states in found for state in states) if all(found) else ()
        case Sequence(length=Dim(value=int() as count), element=element):
            return initial_states(element) * min(count, _MOST)
        case Reference(kind="list", fields=fields):
            return initial_states(fields["content"])
        case _:
            return ()


def _further(keywords: Mapping[str, Value]) -> tuple[Tensor, ...]:
    """All tensors that a layer of the program's own is called with beside its input."""
    return tuple(tensor for value in keywords.values() for tensor in _states(value))


def _is_certain(value: Value) -> bool:
    match value:
        case Tensor():
            return True
        case Sequence(items=tuple() as items):
            return all(_is_certain(item) for item in items)
        case Reference(kind="list", fields=fields):
            return _is_certain(fields["content"])
        case _:
            return False


def apply_layer(
    machine: Machine, layer: Layer, given: Value, keywords: Mapping[str, Value], span: Span, *, record: bool = True
) -> Value:
    """``layer(given, **keywords)``: a node of the graph, and the tensor or tensors that come out of it."""
    tensors, listed = tensors_in(given), not isinstance(given, (Tensor, Unknown))
    if isinstance(given, Unknown) and layer.own is None and layer.kind in _MERGING:
        tensors, listed = tensors * 2, True
    if layer.own is None and layer.kind == "MultiHeadAttention":
        listed = False
    from lstmlint.interpreter.cells import CELL_STATES, CELLS, note_step

    name = CELL_STATES if layer.kind in CELLS else _STATES
    state = _states(keywords.get(name)) if layer.own is None else _further(keywords)
    # RNN layers also take their states as further items of the input list.
    if layer.recurrent and listed and len(tensors) > 1 and not state:
        tensors, state, listed = tensors[:1], tensors[1:], False
    node = call_node(machine, layer, LayerInput(tensors, listed, state, keywords), span)
    machine.first_calls.setdefault(id(layer), (layer, node))
    note_step(machine, node)
    if record:
        remember_node(machine, node)
    return _result(node, span)


def call_node(machine: Machine, layer: Layer, given: LayerInput, span: Span) -> Node:
    """The node of a layer call, not yet written down. States that are data are judged, and are no part of the graph."""
    data = initial_states(given.arguments.get(_STATES)) if layer.own is None and not given.state else ()
    called = _called(machine, layer, replace(given, state=data) if data else given, span)
    return new_node(layer, given, called, span)


def _called(machine: Machine, layer: Layer, given: LayerInput, span: Span) -> Called:
    """What a layer gives: one of the program's own is interpreted, also inside a model."""
    if layer.model is not None:
        call = partial(_called, machine, span=span)
        return call_model(layer.model, given, call, data=machine.on_data)
    if layer.own is not None or layer.kind == "Lambda":
        from lstmlint.interpreter.own_layers import call_lambda, call_own

        return (call_lambda if layer.own is None else call_own)(machine, layer, given, span)
    if layer.recurrent and any(inner.own is not None for inner in layer.core.inner):
        from lstmlint.interpreter.own_cells import step_own_cell

        step_own_cell(machine, layer.core, given, span)
    return call_layer(layer, given)


def new_node(layer: Layer, given: LayerInput, called: Called, span: Span) -> Node:
    """A node whose output tensors know it."""
    traced = called.outputs if layer.own is not None or layer.kind == "Lambda" else ()
    parts = (called.outputs, called.problem, given.state, span, given.arguments, called.listed, traced)
    return finished_node(Node(layer, given.tensors, *parts))


def _result(node: Node, span: Span) -> Value:
    if not node.listed:
        return node.outputs[0] if node.outputs else Unknown("a layer without an output")
    made, model = Made("layer", span, node.inputs), node.layer.model
    from lstmlint.interpreter.cells import CELL_STATES, CELLS, of_cell

    if node.layer.own is None and node.layer.kind in CELLS:
        return of_cell(node.layer, node.outputs, node.arguments.get(CELL_STATES), made)
    if model is not None and model.opaque:
        return Sequence("list", None, unknown_dim(), join_all(list(node.outputs)), made)
    return Sequence("list", node.outputs, Dim(len(node.outputs)), None, made)


def remember_node(machine: Machine, node: Node) -> None:
    """Write a layer call down, once for all turns of a loop."""
    if machine.turn == 1 or not any(known.span == node.span for known in machine.record.nodes):
        machine.record.nodes.append(node)


def operation(
    name: str,
    given: tuple[Value, ...],
    shape: Shape | None,
    dtype: str | None,
    made: Made,
    arguments: Mapping[str, Value] = MappingProxyType({}),
) -> Tensor:
    """The result of a function or operator on tensors, as a node of the graph like Keras's own ``Operation``.

    ``arguments`` are all that it is given, by name.
    """
    return _operation(name, given, Called((Tensor(shape, dtype),)), made, arguments).outputs[0]


def refused_operation(machine: Machine, name: str, given: tuple[Value, ...], error: Refused, made: Made) -> Tensor:
    """What would come out of a function or operator that Keras refuses these tensors, as the problem of its node."""
    node = _operation(name, given, Called((Tensor(None),), Problem(Why.AXIS, str(error))), made, {})
    remember_node(machine, node)
    return node.outputs[0]


def _operation(name: str, given: tuple[Value, ...], called: Called, made: Made, arguments: Mapping[str, Value]) -> Node:
    inputs = tuple(tensor for value in given for tensor in tensors_in(value))
    text = "[...]" if name == "GetItem" else name.removeprefix("operator ")
    layer = Layer(name, Config({}), _site(made.span, text), made=made)
    return new_node(layer, LayerInput(inputs, arguments=arguments), called, made.span)


def _site(span: Span, name: str) -> CallSite:
    return CallSite(span, span, name, name, (), span.end)


def refused_input(machine: Machine, layer: Layer, why: str, span: Span) -> Tensor:
    """What would come out of a layer that is given no tensor at all."""
    node = new_node(layer, LayerInput(()), Called((Tensor(None),), Problem(Why.TYPE, why)), span)
    remember_node(machine, node)
    return node.outputs[0]


def shape_of_operand(value: Value) -> Shape | None:
    match value:
        case Tensor(shape=shape):
            return shape
        case Array(shape=shape):
            return shape
        case Const():
            return ()
        case Sequence(items=(Tensor(), *_) as items):
            return packed_shape(items)
        case _:
            return None


def packed_shape(items: tuple[Value, ...]) -> Shape | None:
    """A list of tensors of one shape that is taken for a tensor: TensorFlow stacks them along a first axis."""
    found = [item.shape if isinstance(item, Tensor) else None for item in items]
    alike = found[0] is not None and all(shape == found[0] for shape in found)
    return (Dim(len(found)), *found[0]) if alike and found[0] is not None else None


def tensor_operator(machine: Machine, symbol: str, left: Value, right: Value, made: Made) -> Value:
    """``left <symbol> right`` with at least one symbolic tensor."""
    a, b = shape_of_operand(left), shape_of_operand(right)
    if symbol == "@":
        from lstmlint.interpreter.calls import call_library

        return call_library(machine, "keras.ops.matmul", (left, right), made)
    try:
        shape = None if a is None or b is None else broadcast(a, b)
    except Refused as error:
        return refused_operation(machine, f"operator {symbol}", (left, right), error, made)
    tensor: Any = left if isinstance(left, Tensor) else right
    dtype = "bool" if symbol in ("==", "!=", "<", ">", "<=", ">=") else tensor.dtype
    operands = (left,) if left is right else (left, right)
    return operation(f"operator {symbol}", operands, shape, dtype, made, {"left": left, "right": right})
