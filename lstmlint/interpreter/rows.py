"""Numbers by themselves where a list of lists of them is taken."""

from __future__ import annotations

from dataclasses import replace

from lstmlint.interpreter.dims import Dim, same
from lstmlint.interpreter.library import Call
from lstmlint.interpreter.values import Array, Const, Reference, Sequence, Size, Unknown, Value

_NUMBERS = ("int", "uint", "float", "bool")


def refused_row(call: Call, value: Value, why: str) -> Unknown | None:
    """What a call gives that goes through each item of a value, where one of them certainly is a number."""
    if call.machine.guarded or not _one_row(value):
        return None
    return Unknown(f"Keras refuses: {why}", replace(call.made(value), refused=why))


def _one_row(value: Value | None) -> bool:
    """Whether a value is a list, or an array of one axis, that certainly holds a number."""
    match value:
        case Reference(kind="list" | "set", fields={"content": content}):
            return _one_row(content)
        case Sequence(items=tuple() as items):
            return any(map(_is_number, items))
        case Sequence(length=length, element=element):
            return _is_number(element) and not same(length, Dim(0))
        case Array(shape=(samples,), dtype=str() as dtype, flavour="numpy"):
            return dtype.startswith(_NUMBERS) and not same(samples, Dim(0))
        case _:
            return False


def _is_number(value: Value | None) -> bool:
    match value:
        case Const(value=int() | float()) | Size() | Unknown(number=True):
            return True
        case Array(shape=(), dtype=str() as dtype, boxed=False):
            return dtype.startswith(_NUMBERS)
        case _:
            return False
