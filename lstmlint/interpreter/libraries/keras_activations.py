"""``keras.activations.get``: a name to the function it stands for."""

from __future__ import annotations

from lstmlint.interpreter.library import FUNCTIONS, Call, function
from lstmlint.interpreter.values import Const, Library, Value


@function("keras.activations.get keras.activations.deserialize", "identifier=None, *args, **kwargs", raw=True)
def activation(call: Call) -> Value:
    match call["identifier"]:
        case Const(value=None):
            return Library("keras.activations.linear")
        case Const(value=str() as name) if f"keras.activations.{name}" in FUNCTIONS:
            return Library(f"keras.activations.{name}")
        case Const():
            return call.unknown("an activation of a name that is not known")
        case given:
            return given
