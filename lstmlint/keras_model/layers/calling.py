"""``layer(x)``: what a layer gives for its input, or why Keras refuses it."""

from __future__ import annotations

from dataclasses import dataclass

from lstmlint.interpreter.values import Const, Tensor
from lstmlint.keras_model.graph import Layer, Problem
from lstmlint.keras_model.layers.table import LAYERS, Given, LayerInput, LayerType, Outputs


@dataclass(frozen=True, slots=True)
class Called:
    """``outputs`` are there even with a ``problem``: what the layer would give if its input were right.

    ``listed`` says that the program gets a list or tuple of them.
    """

    outputs: tuple[Tensor, ...]
    problem: Problem | None = None
    listed: bool = False


def call_layer(layer: Layer, given: LayerInput) -> Called:
    """Call a layer on tensors whose shapes may be unknown; never raises."""
    row = LAYERS.get(layer.kind)
    if layer.model is not None:
        from lstmlint.keras_model.layers.models import call_model

        return call_model(layer.model, given)
    if row is None or layer.own is not None:
        return Called((Tensor(None),))
    problem = layer.problem if layer.problem and layer.problem.stage == "call" else None
    problem = problem or (row.requires(layer, given) if row.requires else None)
    return _called(row, layer, given, row.output_shape(layer, given), problem)


def _called(row: LayerType, layer: Layer, given: LayerInput, shapes: Given, problem: Problem | None) -> Called:
    dtype = output_dtype(row, layer, given)
    if isinstance(shapes, Outputs):
        tensors = tuple(Tensor(shape, dtype, index=index) for index, shape in enumerate(shapes.shapes))
        return Called(tensors, problem, listed=True)
    return Called((Tensor(shapes, dtype),), problem)


def output_dtype(row: LayerType, layer: Layer, given: LayerInput) -> str | None:
    """The layer's ``dtype``, else what the table says, else the input's own."""
    match layer.config.values.get("dtype"):
        case Const(value=str() as text):
            return text
        case None | Const(value=None):
            own = given.tensors[0].dtype if given.tensors else None
            return own if row.dtype is None else row.dtype
        case _:
            return None
