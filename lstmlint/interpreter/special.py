"""What Python asks an object's class for: its length, an item, an operator."""

from __future__ import annotations

from lstmlint.interpreter.machine import Machine
from lstmlint.interpreter.values import Class, Function, Reference, Value
from lstmlint.text.source import Span

_OPERATORS = {
    "+": "add",
    "-": "sub",
    "*": "mul",
    "/": "truediv",
    "//": "floordiv",
    "%": "mod",
    "**": "pow",
    "@": "matmul",
    "&": "and",
    "|": "or",
    "^": "xor",
}


def has_own(value: Value, name: str) -> bool:
    """Whether a value is an object whose class, in the program, defines this method."""
    return _own(value, name) is not None


def call_special(machine: Machine, value: Value, name: str, arguments: tuple[Value, ...], span: Span) -> Value | None:
    """What a method such as ``__len__`` of the program's own class gives; None where the class defines none."""
    from lstmlint.interpreter.functions import bind_receiver, call_function

    found = _own(value, name)
    return None if found is None else call_function(machine, bind_receiver(found, value), arguments, {}, span)


def own_operator(machine: Machine, symbol: str, left: Value, right: Value, span: Span) -> Value | None:
    """``left <symbol> right`` where the class of one of them defines it."""
    name = _OPERATORS.get(symbol)
    if name is None:
        return None
    found = call_special(machine, left, f"__{name}__", (right,), span)
    return found if found is not None else call_special(machine, right, f"__r{name}__", (left,), span)


def _own(value: Value, name: str) -> Function | None:
    from lstmlint.interpreter.attributes import class_member

    if not isinstance(value, Reference) or value.kind != "object" or not isinstance(value.type, Class):
        return None
    found = class_member(value.type, name)
    return found if isinstance(found, Function) else None
