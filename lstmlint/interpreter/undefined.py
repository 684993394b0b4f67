"""``model.input`` and its kin of a Sequential, which has them only once it stands in a graph, or is built."""

from __future__ import annotations

import libcst as cst

from lstmlint.interpreter.machine import Machine
from lstmlint.interpreter.models import BUILT, JOINED, flavour_of, snapshot
from lstmlint.interpreter.recording import record_attribute
from lstmlint.interpreter.values import Const, Reference, Unknown, Value
from lstmlint.keras_model.graph import Layer

#: What only a call on a symbolic tensor defines, and what building the model defines as well.
_OF_A_CALL = frozenset({"input", "output"})
_OF_A_BUILD = frozenset({"inputs", "outputs", "input_shape", "output_shape"})
#: The arguments by which a first layer declares the input.
_SHAPES = ("input_shape", "batch_input_shape", "batch_shape", "shape")


def look(machine: Machine, model: Value, node: cst.Attribute) -> None:
    """Write down what is read of a Sequential where Keras 3 has nothing to give."""
    name = node.attr.value
    if name not in _OF_A_CALL | _OF_A_BUILD or not isinstance(model, Reference) or model.kind != "Model":
        return
    if flavour_of(model) != "sequential" or JOINED in model.fields or "loaded" in model.fields:
        return
    built = BUILT in model.fields or "seen" in model.fields or _declares_its_input(machine, model)
    if built is False or (built and name in _OF_A_CALL):
        told = {"name": Const(name), "built": Const(built)}
        record_attribute(machine, "Sequential.undefined", node, told, Unknown("an AttributeError"), model)


def _declares_its_input(machine: Machine, model: Reference) -> bool | None:
    layers = model.fields.get("layers")
    if not layers or not isinstance(layers, tuple) or any(isinstance(layer, Unknown) for layer in layers):
        return None
    first = layers[0]
    unseen = first.model is not None or (first.own is not None and first.kind != "Input")
    declared = snapshot(machine, model).declared
    if unseen or (not declared and _means_to(first)):
        return None
    return declared and (first.kind != "Input" or len(layers) > 1)


def _means_to(first: Layer) -> bool:
    """Whether a first layer is given a shape, which then is one that is not known."""
    names = _SHAPES if first.kind == "Embedding" else (*_SHAPES, "input_dim")
    return any(first.config.has(name) for name in names)
