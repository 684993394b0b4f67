"""``value.name`` for every kind of value."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.interpreter.assign import OWNER
from lstmlint.interpreter.imports import KERAS_BASES, library
from lstmlint.interpreter.join import join_all
from lstmlint.interpreter.kinds import kinds_of
from lstmlint.interpreter.library import ATTRIBUTES, METHODS
from lstmlint.interpreter.machine import Machine
from lstmlint.interpreter.pandas_names import FRAME_NAMES
from lstmlint.interpreter.values import (
    Choice,
    Class,
    Const,
    Function,
    Library,
    Made,
    Method,
    Module,
    Reference,
    Table,
    Unknown,
    Value,
)
from lstmlint.interpreter.variables import VARIABLES, hand_on
from lstmlint.keras_model.graph import Layer
from lstmlint.text.source import Span

#: Where an object of a class derived from one of Keras's layers keeps the layer that ``super().__init__`` makes it.
BASE = "layer of the base class"


#: ``keras.__version__`` for programs of Keras 3: which 3 it is does not matter to what asks for 1 or 2.
NEWEST = "3.?"


def read_attribute(machine: Machine, value: Value, name: str, span: Span) -> Value:
    """What reading an attribute gives; a library's method is bound to its receiver."""
    match value:
        case Library(name="keras", written=written) if name == "__version__" and machine.keras == 3:
            return Const(NEWEST, Made(f"{written}.{name}", span))
        case Library(written=written):
            return library(f"{written or value.name}.{name}")
        case Module(scope=scope):
            found = scope.names.get(name)
            return found if found is not None else Unknown(f"{name} is not in module {value.name}")
        case Reference(kind="object"):
            return _of_object(machine, value, name, span)
        case Reference(kind="changed", fields=fields):
            found = fields.get(name)
            return found if found is not None else read_attribute(machine, fields[OWNER], name, span)
        case Reference(kind="super"):
            return _of_super(machine, value, name, span)
        case Class():
            return _of_class(value, name)
        case Choice(options=options) if name in VARIABLES:
            found = [read_attribute(machine, option, name, span) for option in options]
            return join_all(list(found)) or Unknown("the weights of nothing")
        case Choice():
            return Method(value, name, span)
        case Unknown(why=why, text=False):
            return Unknown(why, value.made)
        case _:
            return _of_library_object(machine, value, name, span)


def _of_library_object(machine: Machine, value: Value, name: str, span: Span) -> Value:
    for kind in kinds_of(value):
        if (kind, name) in ATTRIBUTES:
            return ATTRIBUTES[kind, name](machine, value)
        if (kind, name) in METHODS:
            return Method(value, name, span)
    if isinstance(value, Reference) and name in value.fields:
        found: Value = value.fields[name]
        return found
    if isinstance(value, Table) and _is_column(value, name):
        from lstmlint.interpreter.calls import call_method
        from lstmlint.interpreter.values import Const

        return call_method(machine, value, "__getitem__", (Const(name),), span)
    return Method(value, name, span)


def _is_column(table: Table, name: str) -> bool:
    """pandas gives the column of that name, where nothing else of a frame is called so."""
    return name not in FRAME_NAMES if table.columns is None else name in table.columns


def _of_object(machine: Machine, value: Reference, name: str, span: Span) -> Value:
    if name in value.fields:
        found: Value = value.fields[name]
        return found
    member = class_member(value.type, name)
    if isinstance(member, Function):
        return _bound(machine, member, value, span)
    if member is not None:
        return member
    base = keras_base(value.type)
    if base is not None:
        if (base, name) in ATTRIBUTES:
            return ATTRIBUTES[base, name](machine, value)
        return _of_base_layer(value, name) or Method(value, name, span)
    hand_on(machine, value)
    # Only a method that nobody has called can give it.
    made = Made("parameter", span)
    return Unknown(f"an object of class {getattr(value.type, 'name', '?')} has no attribute {name}", made)


def _of_base_layer(value: Reference, name: str) -> Value | None:
    """An argument of the layer of Keras that an object's class derives from: ``self.units``, ``self.cell``."""
    layer = value.fields.get(BASE)
    if not isinstance(layer, Layer) or name not in layer.config.values:
        return None
    found = layer.config[name]
    return found.own if isinstance(found, Layer) and found.own is not None else found


def _of_class(value: Class, name: str) -> Value:
    from lstmlint.interpreter.functions import bind_receiver

    member = class_member(value, name)
    if isinstance(member, Function) and member.static == "classmethod":
        return bind_receiver(member, value)
    return member if member is not None else Unknown(f"class {value.name} has no {name}")


def _of_super(machine: Machine, value: Reference, name: str, span: Span) -> Value:
    owner, receiver = value.fields["owner"], value.fields["object"]
    for base in owner.bases if isinstance(owner, Class) else ():
        member = class_member(base, name)
        if isinstance(member, Function) and isinstance(receiver, Reference):
            return _bound(machine, member, receiver, span)
    return Method(receiver, name, span)


def _bound(machine: Machine, member: Function, value: Reference, span: Span) -> Value:
    from lstmlint.interpreter.functions import bind_receiver, call_function

    match member.static:
        case "staticmethod":
            return member
        case "property":
            return call_function(machine, bind_receiver(member, value), (), {}, span)
        case "classmethod":
            return bind_receiver(member, value.type)
        case _:
            return bind_receiver(member, value)


def class_member(owner: Value, name: str) -> Value | None:
    """A name of a class or of the bases of the program's own that it has."""
    waiting, seen = [owner], 0
    while waiting and seen < 50:
        current = waiting.pop(0)
        seen += 1
        if isinstance(current, Class):
            if name in current.scope.names:
                found: Value = current.scope.names[name]
                return found
            waiting.extend(current.bases)
    return None


def keras_base(owner: Value) -> str | None:
    """``Model``, ``OwnLayer``, ``Callback`` or ``PyDataset`` where a class derives from Keras's."""
    for base in _library_bases(owner):
        if base in KERAS_BASES:
            return KERAS_BASES[base]
        if base.startswith("keras.layers."):
            return "OwnLayer"
    return None


def is_callback(owner: Value) -> bool:
    """Whether a class derives from one of Keras's callbacks."""
    return any(base.startswith("keras.callbacks.") for base in _library_bases(owner))


def is_followed(owner: Value) -> bool:
    """Whether all that a class derives from is known."""
    match owner:
        case Class(bases=bases):
            return all(map(is_followed, bases))
        case Choice(options=options):
            return all(map(is_followed, options))
        case _:
            return isinstance(owner, Library)


def left_behind(machine: Machine, owner: Value) -> str:
    """The method of a metric that Keras 2 called before each epoch, and Keras 3 does not."""
    return "reset_states" if machine.keras == 3 and keras_base(owner) == "OwnMetric" else ""


def keras_layer_base(owner: Value) -> str:
    """``LSTM`` where a class derives from ``keras.layers.LSTM``; nothing where it derives from no such layer."""
    names = (base for base in _library_bases(owner) if base.startswith("keras.layers."))
    return next(names, "").removeprefix("keras.layers.")


def _library_bases(owner: Value) -> Iterator[str]:
    waiting, seen = [owner], 0
    while waiting and seen < 50:
        current = waiting.pop(0)
        seen += 1
        if isinstance(current, Class):
            waiting.extend(current.bases)
        elif isinstance(current, Choice):
            waiting.extend(current.options)
        elif isinstance(current, Library):
            yield current.name


__all__ = ["BASE", "KERAS_BASES", "class_member", "keras_base", "keras_layer_base", "read_attribute"]
