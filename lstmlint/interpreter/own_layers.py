"""Layers whose meaning stands in the linted program, a user's ``call`` or a ``Lambda``: both are interpreted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache

import libcst as cst
import libcst.matchers as m

from lstmlint.interpreter.attributes import BASE, class_member
from lstmlint.interpreter.calls import call_with
from lstmlint.interpreter.dims import Dim
from lstmlint.interpreter.functions import bind_receiver, call_function
from lstmlint.interpreter.machine import Machine
from lstmlint.interpreter.models import shape_value
from lstmlint.interpreter.tensors import tensors_in
from lstmlint.interpreter.values import (
    Class,
    Const,
    Function,
    Library,
    Mapped,
    Reference,
    Sequence,
    Tensor,
    Unknown,
    Value,
)
from lstmlint.keras_model.graph import Layer, Shape
from lstmlint.keras_model.layers import Called, LayerInput, call_layer
from lstmlint.keras_model.layers.declared import declared_shape
from lstmlint.keras_model.masking import arriving_mask
from lstmlint.text.source import Span


def call_own(machine: Machine, layer: Layer, given: LayerInput, span: Span) -> Called:
    """Interpret the ``call`` of a user's layer or model on symbolic tensors."""
    own = layer.own
    if not isinstance(own, Reference):
        return Called((Tensor(None),))
    build_own(machine, own, given, span)
    return _told(machine, own, given, span, _called(machine, own, given, span))


def _called(machine: Machine, own: Reference, given: LayerInput, span: Span) -> Called:
    """What ``call`` returns, its own or that of the layer of Keras that it derives from."""
    method, base = class_member(own.type, "call"), own.fields.get(BASE)
    if isinstance(method, Function):
        arguments = dict(given.arguments) | _mask_of(machine, own, method, given, span)
        with machine.tracing():
            result = call_function(machine, bind_receiver(method, own), (_passed(given),), arguments, span)
        return _outcome(machine, result)
    return call_layer(base, given) if isinstance(base, Layer) else Called((Tensor(None),))


def _mask_of(machine: Machine, own: Reference, method: Function, given: LayerInput, span: Span) -> dict[str, Value]:
    """What Keras itself passes as ``mask``, where nobody else does; inside another ``call`` it may not come."""
    asks = any(parameter.name.value == "mask" for parameter in method.node.params.params[2:])
    one = len(given.tensors) == 1 and not given.listed and "mask" not in given.arguments
    if machine.keras != 3 or machine.traced or not asks or not one or class_member(own.type, "__call__") is not None:
        return {}
    mask = arriving_mask(given.tensors[0], span)
    return {} if mask is None else {"mask": mask}


def _passed(given: LayerInput) -> Value:
    if len(given.tensors) == 1 and not given.listed:
        return given.tensors[0]
    return Sequence("list", given.tensors, Dim(len(given.tensors)))


def _outcome(machine: Machine, result: Value) -> Called:
    returned = machine.freeze(result)
    tensors = tensors_in(returned)
    listed = not isinstance(result, Tensor) and len(tensors) > 1
    return Called(tensors or (Tensor(None),), None, listed, returned)


def build_own(machine: Machine, own: Reference, given: LayerInput, span: Span) -> None:
    """Run the ``build`` of a user's layer, once."""
    build = class_member(own.type, "build")
    if isinstance(build, Function) and not own.fields.get("built"):
        machine.memory.put(own.fields, "built", Const(True))
        call_function(machine, bind_receiver(build, own), (_shapes_passed(given),), {}, span)


def _shapes_passed(given: LayerInput) -> Value:
    """The input shape as Keras gives it to ``build`` and ``compute_output_shape``: a list of them for a list."""
    if not given.listed:
        return shape_value(given.shape)
    return Sequence("list", tuple(map(shape_value, given.shapes)), Dim(len(given.shapes)))


def _told(machine: Machine, own: Reference, given: LayerInput, span: Span, called: Called) -> Called:
    """The shapes that ``compute_output_shape`` says: Keras 3 believes them, Keras 2 where ``call`` does not tell."""
    if machine.keras == 2 and all(tensor.shape is not None for tensor in called.outputs):
        return called
    shapes = tuple(_told_shapes(machine, own, given, span))
    if not shapes or None in shapes:
        return called
    found = (*called.outputs, *(Tensor(None, "float32") for _ in shapes))
    outputs = tuple(replace(tensor, shape=shape) for shape, tensor in zip(shapes, found, strict=False))
    return replace(called, outputs=outputs, listed=len(shapes) > 1)


def _told_shapes(machine: Machine, own: Reference, given: LayerInput, span: Span) -> Iterator[Shape | None]:
    """What its own method says, or the layer of Keras that it derives from."""
    names, base = ("compute_output_shape", "get_output_shape_for"), own.fields.get(BASE)
    method = next((m for name in names if isinstance(m := class_member(own.type, name), Function)), None)
    if method is not None:
        told = call_function(machine, bind_receiver(method, own), (_shapes_passed(given),), {}, span)
        yield from _shapes_told(machine.freeze(told))
    elif isinstance(base, Layer):
        yield from (tensor.shape for tensor in call_layer(base, given).outputs)


def _shapes_told(told: Value) -> Iterator[Shape | None]:
    if isinstance(told, Sequence) and told.items and all(isinstance(item, Sequence) for item in told.items):
        yield from map(declared_shape, told.items)
    else:
        yield declared_shape(told)


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


#: What a class may derive from and know nothing of masks.
_PLAIN = frozenset({"keras.Layer", "keras.Model", "builtins.object"})


def leaves_masks_alone(own: Value | None) -> bool:
    """Whether the class of a layer says nothing of masks: Keras gives none on, but where ``call`` returns one that has.

    Anything named so, in the class or on the object, may give the mask on or make one.
    """
    named = any("mask" in name for name in own.fields if isinstance(name, str)) if isinstance(own, Reference) else True
    return not named and isinstance(own, Reference) and own.type is not None and _says_nothing(own.type)


def _says_nothing(owner: Value) -> bool:
    match owner:
        case Class(bases=bases, scope=scope):
            members = scope.names.items()
            return all(map(_says_nothing, bases)) and not any("mask" in name or _speaks(one) for name, one in members)
        case Library(name=name):
            return name in _PLAIN
        case _:
            return False


def _speaks(member: Value) -> bool:
    return isinstance(member, Function) and _names_a_mask(member.node)


@lru_cache(maxsize=512)
def _names_a_mask(node: cst.FunctionDef | cst.Lambda) -> bool:
    """Anywhere but among the parameters, which Keras may fill and nobody read."""
    return bool(m.findall(node.body, m.Name(value=m.MatchIfTrue(lambda name: "mask" in name.lower()))))
