"""Under which kinds a value's methods and attributes are registered, the most particular first."""

from __future__ import annotations

from lstmlint.interpreter.values import Array, Const, Mapped, Reference, Sequence, Size, Table, Tensor, Unknown, Value
from lstmlint.keras_model.graph import Layer

_FLAVOURS = {"series": ("Series", "Array"), "tensor": ("EagerTensor", "Array"), "dataset": ("Dataset",)}


def kinds_of(value: Value) -> tuple[str, ...]:
    match value:
        case Array(flavour=flavour):
            return _FLAVOURS.get(flavour, ("Array",))
        case Table():
            return ("Table",)
        case Tensor():
            return ("Tensor",)
        case Layer():
            return ("Layer",)
        case Reference(kind=kind):
            return (kind,)
        case Sequence(kind=kind):
            return ("tuple",) if kind in ("tuple", "range") else (kind,)
        case Mapped():
            return ("dict",)
        case Size():
            return ("int",)
        case Unknown(text=True):
            return ("str",)
        case Const(value=constant):
            return (type(constant).__name__,)
        case _:
            return ()


def kind_of(value: Value) -> str:
    return next(iter(kinds_of(value)), "")
