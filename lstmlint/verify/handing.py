"""How a program hands its data to Keras: in lists, in dicts by name, with weights of classes and samples."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lstmlint.interpreter.dims import same
from lstmlint.interpreter.values import Array, Const, Mapped, Sequence, Table, Value
from lstmlint.keras_model.training import Run
from lstmlint.questions.models import samples
from lstmlint.verify.sizes import Sizes

#: Classes of a dict of weights whose keys are not known.
_SOME = [[0, 1.0], [1, 2.0]]


def handed(run: Run, sizes: Sizes) -> Iterator[list[Any]]:
    """Data steps for all that is not an array by itself."""
    for part, value in (("x", run.x_value), ("y", run.y_value)):
        match value:
            case Mapped(items=items, open=False) if items:
                yield ["hand", part, "dict", *(str(key.value) for key, _ in items)]
            case Sequence(kind="list" | "tuple" as kind, items=tuple() as items) if all(map(_is_array, items)):
                yield ["hand", part, kind]
    yield from _classes(run.arguments.get("class_weight"))
    weights = run.arguments.get("sample_weight")
    if isinstance(weights, Array) and weights.shape:
        whole = (rows := samples(run.x[0])) is not None and same(weights.shape[0], rows) if run.x else False
        rest = [sizes.number(dim) for dim in weights.shape[1:]]
        yield ["hand", "sample_weight", 0 if whole else sizes.number(weights.shape[0]), *rest]


def values_in(value: Value | None) -> tuple[Value, ...] | None:
    """The arrays of a dict, in its order; None for what is no dict."""
    return tuple(item for _, item in value.items) if isinstance(value, Mapped) and not value.open else None


def _classes(value: Value | None) -> Iterator[list[Any]]:
    match value:
        case Mapped(items=items):
            known = [[key.value, weight.value] for key, weight in items if isinstance(weight, Const)]
            fits = known and len(known) == len(items) and all(type(key) is int for key, _ in known)
            yield ["hand", "class_weight", "dict", *(known[:6] if fits else _SOME)]
        case Const(value=str() as text):
            yield ["hand", "class_weight", "text", text]
        case Array() | Table() | Sequence():
            yield ["hand", "class_weight", "list", 1.0, 2.0]


def _is_array(value: Value) -> bool:
    return isinstance(value, Array | Table)
