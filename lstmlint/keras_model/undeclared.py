"""How many axes layers in a row take and give, for a Sequential without an input shape or filled in a loop."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lstmlint.interpreter.dims import unknown_dim
from lstmlint.interpreter.values import Tensor
from lstmlint.keras_model.graph import Layer, Shape, Why
from lstmlint.keras_model.layers import LayerInput, call_layer

#: No layer takes more axes than ConvLSTM3D in a TimeDistributed; one beyond shows that more would go as well.
_MOST_AXES = 8


def supposed_shape(layers: Iterable[Layer]) -> Shape | None:
    """``(None, ?, ?)`` before an LSTM: the only number of axes that every layer takes; None where several would go."""
    flat = tuple(_flat(layers))
    going = [shape for shape in _shapes() if _goes(flat, shape)]
    return going[0] if len(going) == 1 else None


def _shapes() -> Iterator[Shape]:
    for axes in range(_MOST_AXES):
        yield (None, *(unknown_dim() for _ in range(axes)))


def _flat(layers: Iterable[Layer]) -> Iterator[Layer]:
    """The layers of a Sequential inside that has no input shape either, in its place."""
    for layer in layers:
        inner = layer.model
        if inner is not None and inner.kind == "sequential" and not inner.opaque and not inner.declared:
            yield from inner.layers
        elif layer.kind not in ("Input", "InputLayer"):
            yield layer


def keeps_axes(layers: Iterable[Layer]) -> bool:
    """Whether what the layers give has as many axes as what they take, whatever number of axes they take."""
    flat = tuple(_flat(layers))
    ends = [(shape, _end(flat, shape)) for shape in _shapes()]
    going = [(shape, outputs) for shape, outputs in ends if outputs is not None]
    return bool(going) and all(
        len(outputs) == 1 and outputs[0].shape is not None and len(outputs[0].shape) == len(shape)
        for shape, outputs in going
    )


def _goes(layers: tuple[Layer, ...], shape: Shape) -> bool:
    return _end(layers, shape) is not None


def _end(layers: tuple[Layer, ...], shape: Shape) -> tuple[Tensor, ...] | None:
    """What the layers give for an input; None where one refuses its number of axes."""
    tensors: tuple[Tensor, ...] = (Tensor(shape, "float32"),)
    for layer in layers:
        called = call_layer(layer, LayerInput(tensors, len(tensors) > 1))
        if called.problem is not None and called.problem.why is Why.RANK:
            return None
        tensors = called.outputs
    return tensors
