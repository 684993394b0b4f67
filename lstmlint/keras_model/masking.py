"""The mask that Keras hands to a layer's ``call`` beside its input."""

from __future__ import annotations

from lstmlint.interpreter.values import Made, Tensor
from lstmlint.keras_model.graph import Node
from lstmlint.text.source import Span

#: Layers that give the mask of their input on (measured on Keras 3.15).
_GIVE_ON = frozenset(
    {"Dropout", "SpatialDropout1D", "GaussianNoise", "GaussianDropout", "Dense", "Activation", "LeakyReLU", "ReLU"}
    | {"LayerNormalization", "BatchNormalization"}
)


def arriving_mask(tensor: Tensor, span: Span) -> Tensor | None:
    """The mask, (batch, steps), of a sequence that certainly has one, as a call at ``span`` gets it."""
    shape = tensor.shape
    if shape is None or len(shape) != 3 or not _is_masked(tensor):
        return None
    return Tensor(shape[:2], "bool", made=Made("mask", span, (tensor,)))


def _is_masked(tensor: Tensor) -> bool:
    for _ in range(60):
        node = tensor.node
        if node is None or node.layer.own is not None or len(node.inputs) != 1 or "mask" in node.arguments:
            return False
        if makes_mask(node):
            return True
        passes = node.layer.recurrent and node.layer.returns_sequences is True and tensor.index == 0
        if node.layer.kind not in _GIVE_ON and not passes:
            return False
        tensor = node.inputs[0]
    return False


def makes_mask(node: Node) -> bool:
    """Whether Keras computes a mask from the input of this call: padded steps, or ids of 0."""
    embeds = node.layer.kind == "Embedding" and node.layer.config.flag("mask_zero") is True
    return embeds or node.layer.kind == "Masking"
