"""What the outputs of a functional model need beside the inputs that it names."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.interpreter.tensors import tensors_in
from lstmlint.interpreter.values import Tensor
from lstmlint.keras_model.graph import EITHER, Model


def inputs_left_out(model: Model) -> Iterator[Tensor]:
    """The Inputs that the outputs certainly come from, and that are not among the model's inputs.

    Keras 3 says that the output is not connected, Keras 2 that the graph is.
    """
    if model.kind != "functional" or model.opaque or any(node.layer is EITHER for node in model.nodes):
        return
    known = set(map(id, model.inputs))
    if len(known) < len(model.inputs) or any(tensor.made is None for tensor in model.inputs):
        return  # inputs that stand for others: those of many turns of a loop
    waiting, seen = list(model.outputs), set(known)
    while waiting:
        tensor = waiting.pop()
        if id(tensor) in seen:
            continue
        seen.add(id(tensor))
        node = tensor.node
        if node is not None:
            given = (one for value in node.arguments.values() for one in tensors_in(value))
            waiting.extend((*node.inputs, *node.state, *given))
        elif tensor.made is not None and tensor.made.operation == "keras.Input":
            yield tensor
