"""Layers that a loop adds to a Sequential, where how often it turns is not known."""

from __future__ import annotations

from typing import Any

from lstmlint.interpreter.values import Unknown
from lstmlint.keras_model.graph import Layer
from lstmlint.keras_model.undeclared import keeps_axes

_UNKNOWN = Unknown("layers are added in a loop whose turns are not known")


def repeated_layers(before: Any, first: Any, second: Any) -> Any:
    """The layers of a model behind a loop: those of one turn stand for all, where they can follow each other.

    ``before``, ``first`` and ``second`` are the layers before the loop, after one turn and after two. The turns must
    add the same kinds of layers, and these keep the number of axes: then nothing but sizes depends on how often.
    """
    if not all(isinstance(layers, tuple) for layers in (before, first, second)):
        return _UNKNOWN
    one, other = first[len(before) :], second[len(first) :]
    alike = first[: len(before)] == before and second[: len(first)] == first
    known = all(isinstance(layer, Layer) for layer in (*one, *other))
    if not alike or not known or [layer.kind for layer in one] != [layer.kind for layer in other]:
        return _UNKNOWN
    return first if keeps_axes(one) and keeps_axes(other) else _UNKNOWN
