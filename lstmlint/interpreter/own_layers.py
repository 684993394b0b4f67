"""Layers whose meaning stands in the linted program, a user's ``call`` or a ``Lambda``: both are interpreted."""

from __future__ import annotations

from lstmlint.interpreter.attributes import class_member
from lstmlint.interpreter.calls import call_with
from lstmlint.interpreter.dims import Dim
from lstmlint.interpreter.functions import bind_receiver, call_function
from lstmlint.interpreter.machine import Machine
from lstmlint.interpreter.models import shape_value
from lstmlint.interpreter.tensors import tensors_in
from lstmlint.interpreter.values import Const, Function, Mapped, Reference, Sequence, Tensor, Unknown, Value
from lstmlint.keras_model.graph import Layer
from lstmlint.keras_model.layers import Called, LayerInput
from lstmlint.text.source import Span


def call_own(machine: Machine, layer: Layer, given: LayerInput, span: Span) -> Called:
    """Interpret the ``call`` of a user's layer or model on symbolic tensors."""
    own = layer.own
    method = class_member(own.type, "call") if isinstance(own, Reference) else None
    if not isinstance(method, Function) or not isinstance(own, Reference):
        return Called((Tensor(None),))
    _build(machine, own, given, span)
    with machine.tracing():
        result = call_function(machine, bind_receiver(method, own), (_passed(given),), dict(given.arguments), span)
    return _outcome(machine, result)


def _passed(given: LayerInput) -> Value:
    if len(given.tensors) == 1 and not given.listed:
        return given.tensors[0]
    return Sequence("list", given.tensors, Dim(len(given.tensors)))


def _outcome(machine: Machine, result: Value) -> Called:
    tensors = tensors_in(machine.freeze(result))
    return Called(tensors or (Tensor(None),), listed=not isinstance(result, Tensor) and len(tensors) > 1)


def _build(machine: Machine, own: Reference, given: LayerInput, span: Span) -> None:
    build = class_member(own.type, "build")
    if isinstance(build, Function) and not own.fields.get("built"):
        machine.memory.put(own.fields, "built", Const(True))
        call_function(machine, bind_receiver(build, own), (shape_value(given.shape),), {}, span)


def call_lambda(machine: Machine, layer: Layer, given: LayerInput, span: Span) -> Called:
    """Interpret the function of a ``Lambda``; where its result is not known, ``output_shape`` says what it is."""
    arguments = layer.config["arguments"]
    extra = {str(key.value): value for key, value in arguments.items} if isinstance(arguments, Mapped) else {}
    with machine.tracing():
        result = call_with(machine, layer.config["function"], (_passed(given),), span, extra)
    called = _outcome(machine, result)
    declared = layer.config.shape("output_shape")
    if declared is not None and (isinstance(result, Unknown) or called.outputs[0].shape is None):
        return Called((Tensor((None, *declared), given.tensors[0].dtype if given.tensors else None),))
    return called
