"""``layer(x)``: what a layer gives for its input, or why Keras refuses it."""

from __future__ import annotations

from dataclasses import dataclass

from lstmlint.interpreter.values import Const, Tensor, Value
from lstmlint.keras_model.applications import PREFIX, application_output
from lstmlint.keras_model.graph import Layer, Problem
from lstmlint.keras_model.layers.core import same_shape
from lstmlint.keras_model.layers.table import LAYERS, Given, LayerInput, LayerType, Outputs


@dataclass(frozen=True, slots=True)
class Called:
    """``outputs`` are there even with a ``problem``: what the layer would give if its input were right.

    ``listed`` says that the program gets a list or tuple of them. ``returned`` is what the ``call`` of a layer of the
    program's own returned, as it was nested.
    """

    outputs: tuple[Tensor, ...]
    problem: Problem | None = None
    listed: bool = False
    returned: Value | None = None


def call_layer(layer: Layer, given: LayerInput) -> Called:
    """Call a layer on tensors whose shapes may be unknown; never raises."""
    row = LAYERS.get(layer.kind)
    if layer.model is not None:
        from lstmlint.keras_model.layers.models import call_model

        return call_model(layer.model, given)
    if layer.kind.startswith(PREFIX):
        return Called((Tensor(application_output(layer, given.shape), "float32"),))
    if row is None or layer.own is not None:
        return Called((Tensor(None),))
    problem = _late(layer) or (row.requires(layer, given) if row.requires else None)
    return _called(row, layer, given, row.output_shape(layer, given), problem)


def _late(layer: Layer) -> Problem | None:
    """What the constructor, its own or that of a layer inside, lets pass and the weights do not: ``LSTM(2.5)``."""
    if layer.problem is not None:
        return layer.problem if layer.problem.stage == "call" else None
    return next((problem for problem in map(_late, layer.inner) if problem is not None), None)


def _called(row: LayerType, layer: Layer, given: LayerInput, shapes: Given, problem: Problem | None) -> Called:
    dtype = output_dtype(row, layer, given)
    if isinstance(shapes, Outputs):
        tensors = tuple(Tensor(shape, dtype, index=index) for index, shape in enumerate(shapes.shapes))
        return Called(tensors, problem, listed=True)
    return Called((Tensor(shapes, dtype),), problem)


def output_dtype(row: LayerType, layer: Layer, given: LayerInput) -> str | None:
    """The dtype of the output: Keras casts floats, and only floats, to the layer's own ``dtype``."""
    own = given.tensors[0].dtype if given.tensors else None
    match layer.config.values.get("dtype"):
        case Const(value=str() as text):
            compute: str | None = text.removeprefix("mixed_")
        case None | Const(value=None):
            compute = "float32"
        case _:
            compute = None
    if row.dtype is None or (layer.keras == 2 and row.output_shape is same_shape):
        return compute if own is not None and own.startswith("float") else own
    match row.dtype:
        case "lookup" | "bins":
            return _index_dtype(row.dtype, layer, compute)
        case _:
            return compute


def _index_dtype(kind: str, layer: Layer, compute: str | None) -> str | None:
    """Indices are whole numbers; encoded they are floats."""
    match layer.config.text("output_mode"):
        case None:
            return None
        case "int":
            return "int64" if kind == "lookup" else "int32"
        case _:
            return compute
