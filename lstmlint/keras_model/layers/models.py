"""A whole model called as a layer: its calls again, on other tensors."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import zip_longest
from typing import TypeAlias

from lstmlint.interpreter.dims import Dim
from lstmlint.interpreter.values import Tensor
from lstmlint.keras_model.graph import Layer, Model, Node, Problem, Why, shape_text, unequal
from lstmlint.keras_model.layers.calling import Called, call_layer
from lstmlint.keras_model.layers.table import LayerInput

#: Layers that take several tensors as arguments, not in a list.
_BY_ARGUMENT = frozenset({"MultiHeadAttention"})
#: A model whose call repeats more layer calls is not followed: models inside models can double with each line.
MOST_CALLS = 2_000

CallLayer: TypeAlias = Callable[[Layer, LayerInput], Called]


def call_model(model: Model, given: LayerInput, call: CallLayer = call_layer, data: bool = False) -> Called:
    """What a model gives for other inputs: every call of its graph repeated with their shapes.

    A model whose graph is not known gives tensors of unknown shape. ``call`` calls its layers: the interpreter knows
    more about layers of the program's own. ``data``: a Sequential holds symbolic tensors against the sizes that it
    declares, data only against their rank (measured: Keras 3.15).
    """
    if not model.complete or not model.inputs or _calls_in(model, {}) > MOST_CALLS:
        return Called(tuple(Tensor(None) for _ in model.outputs) or (Tensor(None),), listed=len(model.outputs) > 1)
    given = replace(given, tensors=tuple(_adjusted(model, given)))
    problem = _refused(model, given)
    if data and model.kind == "sequential" and problem is not None and problem.why is Why.AXIS:
        problem = None
    tensors = {id(own): tensor for own, tensor in zip(model.inputs, given.tensors, strict=False)}
    for node, called in _calls(model, tensors, call):
        problem = problem or _new_problem(node, called)
    outputs = tuple(_renumbered(tensors.get(id(own), own), index) for index, own in enumerate(model.outputs))
    return Called(outputs, problem, listed=model.output_structure != "single")


def refusing_call(model: Model, given: LayerInput) -> tuple[Node, Problem] | None:
    """The first layer call of a model that fails on inputs of these shapes, where it did not in the model itself."""
    declared = {id(own): own for own in model.inputs}
    for (node, called), (_, before) in zip(calls_on(model, given), _calls(model, declared, call_layer), strict=False):
        problem = _new_problem(node, called)
        if problem is not None and before.problem is None:
            return node, problem
    return None


def calls_on(model: Model, given: LayerInput) -> Iterator[tuple[Node, Called]]:
    """Each call of a model's graph on data of these shapes; none where the graph is not known."""
    if model.complete and model.inputs and _calls_in(model, {}) <= MOST_CALLS:
        tensors = dict(zip(map(id, model.inputs), _adjusted(model, given), strict=False))
        yield from _calls(model, tensors, _call_on_data)


def _call_on_data(layer: Layer, given: LayerInput) -> Called:
    return call_layer(layer, given) if layer.model is None else call_model(layer.model, given, _call_on_data, data=True)


def _calls(model: Model, tensors: dict[int, Tensor], call: CallLayer) -> Iterator[tuple[Node, Called]]:
    """Each call of the graph made again; ``tensors`` are those of the inputs, and get the outputs of every call."""
    for node in model.nodes:
        called = _again(node, tensors, call)
        tensors.update((id(own), new) for own, new in zip(node.outputs, called.outputs, strict=False))
        yield node, called


def _calls_in(model: Model, known: dict[int, int]) -> int:
    """The layer calls that calling a model repeats, those of the models inside it included."""
    if id(model) not in known:
        inner = (1 if node.layer.model is None else _calls_in(node.layer.model, known) for node in model.nodes)
        known[id(model)] = sum(inner)
    return known[id(model)]


def _adjusted(model: Model, given: LayerInput) -> Iterator[Tensor]:
    """Keras drops a last axis of 1 that the model's input does not have, and adds one that it has."""
    one = Dim(1)
    for own, tensor in zip_longest(model.inputs, given.tensors):
        if tensor is None or own is None or own.shape is None or not tensor.shape:
            yield from (() if tensor is None else (tensor,))
        elif len(tensor.shape) == len(own.shape) + 1 and tensor.shape[-1] == one:
            yield replace(tensor, shape=tensor.shape[:-1])
        elif len(tensor.shape) == len(own.shape) - 1 and own.shape[-1] == one:
            yield replace(tensor, shape=(*tensor.shape, one))
        else:
            yield tensor


def _new_problem(node: Node, called: Called) -> Problem | None:
    """A problem that the layer did not have in its own model; it is built, so an axis of None is one no more."""
    if node.problem is not None or called.problem is None or called.problem.found == "None":
        return None
    return called.problem


def _again(node: Node, tensors: dict[int, Tensor], call: CallLayer) -> Called:
    """A call repeated; on the shapes that it was first made on it gives what it gave, whatever it is."""
    given = _input_again(node, tensors)
    if given.shapes == tuple(tensor.shape for tensor in node.inputs) and None not in given.shapes:
        return Called(node.outputs, node.problem, node.listed)
    return call(node.layer, given)


def _input_again(node: Node, tensors: dict[int, Tensor]) -> LayerInput:
    inputs = tuple(tensors.get(id(tensor), tensor) for tensor in node.inputs)
    state = tuple(tensors.get(id(tensor), tensor) for tensor in node.state)
    listed = node.layer.kind not in _BY_ARGUMENT and (len(inputs) > 1 or node.layer.kind in {"Concatenate", "Add"})
    return LayerInput(inputs, listed, state, node.arguments)


def _renumbered(tensor: Tensor, index: int) -> Tensor:
    return Tensor(tensor.shape, tensor.dtype, index=index, name=tensor.name)


def _refused(model: Model, given: LayerInput) -> Problem | None:
    """The count, the rank and the sizes that the model's inputs declare."""
    wanted, count = len(model.inputs), len(given.tensors)
    if wanted != count:
        return Problem(
            Why.ARITY, f"the model has {wanted} inputs, found {count}", f"{wanted} inputs", f"{count} inputs"
        )
    for own, tensor in zip(model.inputs, given.tensors, strict=True):
        if own.shape is None or tensor.shape is None:
            continue
        expected, found = shape_text(own.shape), shape_text(tensor.shape)
        message = f"the model expects {expected}, found {found}"
        if len(own.shape) != len(tensor.shape):
            return Problem(Why.RANK, message, expected, found)
        if any(unequal(left, right) for left, right in zip(own.shape, tensor.shape, strict=True)):
            return Problem(Why.AXIS, message, expected, found)
    return None
