"""How many items a slice takes, by algebra where sizes are symbols."""

from __future__ import annotations

from typing import Any

from lstmlint.interpreter.dims import Dim, floor_divide, unknown_dim
from lstmlint.interpreter.items import item_of
from lstmlint.interpreter.values import Const, Slice, Value
from lstmlint.keras_model.graph import dim_of


def slice_length(size: Dim, key: Slice) -> Dim:
    """How many items ``[start:stop:step]`` takes of ``size``; bounds are taken to lie inside where they are symbols."""
    step = _bound(key.step)
    if step is None:
        return unknown_dim()
    stride = 1 if step is _ABSENT else step.value
    if stride is None or stride == 0:
        return unknown_dim()
    start, stop = _bound(key.start), _bound(key.stop)
    if start is None or stop is None:
        return _between(key, stride)
    if size.known and all(bound is _ABSENT or bound.known for bound in (start, stop)):
        marks = [None if bound is _ABSENT else bound.constant for bound in (start, stop)]
        return Dim(len(range(*slice(marks[0], marks[1], stride).indices(max(size.constant, 0)))))
    if stride < 0:
        return size if start is _ABSENT and stop is _ABSENT and stride == -1 else unknown_dim()
    both = start is not _ABSENT and stop is not _ABSENT
    if both and start != _from_end(start, size) and stop == _from_end(stop, size):
        return unknown_dim()
    first = Dim(0) if start is _ABSENT else _from_end(start, size)
    last = size if stop is _ABSENT else _from_end(stop, size)
    length = last - first
    if length.known and length.constant < 0:
        return Dim(0)
    if stride == 1:
        return length
    return floor_divide(length + (stride - 1), Dim(stride))


def _between(key: Slice, stride: int) -> Dim:
    """How far apart two integers are that come from the same place of an array."""
    first, last = item_of(key.start), item_of(key.stop)
    length = None if first is None or last is None else last - first
    return length if length is not None and length.known and length.constant >= 0 and stride == 1 else unknown_dim()


_ABSENT: Any = object()


def _bound(value: Value) -> Any:
    if isinstance(value, Const) and value.value is None:
        return _ABSENT
    return dim_of(value)


def _from_end(bound: Dim, size: Dim) -> Dim:
    """A slice bound counted from the front: negative numbers, and ``-look_back``, count from the end."""
    if bound.known:
        return size + bound if bound.constant < 0 else bound
    if all(factor < 0 for _, factor in bound.terms) and bound.constant <= 0:
        return size + bound
    return bound


def chosen(key: Slice, size: int) -> range | None:
    """The positions a slice picks of a known size; None where its bounds are not known."""
    marks: list[int | None] = []
    for part in (key.start, key.stop, key.step):
        bound = _bound(part)
        if bound is None or (bound is not _ABSENT and bound.value is None):
            return None
        marks.append(None if bound is _ABSENT else bound.value)
    return None if marks[2] == 0 else range(*slice(*marks).indices(size))
