"""Symbolic Keras tensors where only values can be: in TensorFlow's functions, and in losses."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.facts import Facts
from lstmlint.interpreter.values import Sequence, Tensor
from lstmlint.keras_model.training import LibraryCall

#: What only looks at the tensor, or makes a layer of the function.
HARMLESS = ("tensorflow.keras.", "tensorflow.debugging", "tensorflow.print")
#: Tensors looked at on the way back to an input.
MOST_TENSORS = 400


def refused_tensor(call: LibraryCall) -> Tensor | None:
    """The symbolic tensor that a function of TensorFlow is given while the model is put together."""
    if call.traced or not of_tensorflow(call):
        return None
    return next((tensor for value in call.arguments.values() for tensor in symbolic(value)), None)


def refused_inside(replaced: LibraryCall, facts: Facts) -> LibraryCall | None:
    """The first call in a method that TensorFlow refuses there."""
    inside = (one for one in facts.calls if one.call.span in replaced.call.span)
    return next((one for one in inside if refused_tensor(one) is not None), None)


def of_tensorflow(call: LibraryCall) -> bool:
    """A function of TensorFlow, the backend functions of its old Keras among them."""
    if call.written.startswith("tensorflow.keras.backend."):
        return call.name.rpartition(".")[2] not in ("is_keras_tensor", "int_shape")
    return call.name.startswith("tensorflow.") and not call.name.startswith(HARMLESS)


def symbolic(value: object) -> Iterator[Tensor]:
    items = value.items if isinstance(value, Sequence) and value.items is not None else (value,)
    yield from (item for item in items if isinstance(item, Tensor) and reaches_an_input(item))


def reaches_an_input(tensor: Tensor) -> bool:
    """Whether it certainly comes from `Input`: a layer called on what is not known may have run on data."""
    waiting, seen = [tensor], 0
    while waiting and seen < MOST_TENSORS:
        current, seen = waiting.pop(), seen + 1
        if current.made is not None and current.made.operation == "keras.Input":
            return True
        waiting.extend(current.node.inputs if current.node is not None else ())
    return False
