"""numpy's functions that take arrays apart."""

from __future__ import annotations

import itertools
from dataclasses import replace

from lstmlint.interpreter.arrays import refused, shape_text
from lstmlint.interpreter.dims import Dim, exact_quotient, floor_divide, unknown_dim
from lstmlint.interpreter.indexing import index_array
from lstmlint.interpreter.libraries.numpy_shaping import like
from lstmlint.interpreter.library import Call, function
from lstmlint.interpreter.requests import argument, axis_in
from lstmlint.interpreter.values import Array, Const, Sequence, Slice, Unknown, Value
from lstmlint.keras_model.graph import dim_of

_ALL = Slice(Const(None), Const(None), Const(None))


@function("numpy.split numpy.array_split", "ary, indices_or_sections, axis=0")
def split(call: Call) -> Value:
    return _split(call, call.integer("axis"))


@function("numpy.vsplit", "ary, indices_or_sections")
def vsplit(call: Call) -> Value:
    return _split(call, 0)


@function("numpy.hsplit", "ary, indices_or_sections")
def hsplit(call: Call) -> Value:
    array = argument(call, "ary")
    return _split(call, 0 if array.shape is not None and len(array.shape) == 1 else 1)


@function("numpy.dsplit", "ary, indices_or_sections")
def dsplit(call: Call) -> Value:
    return _split(call, 2)


def _split(call: Call, axis: int | None) -> Value:
    array, made = argument(call, "ary"), call.made(call["ary"])
    if array.shape is None or axis is None:
        return call.unknown("the parts of an array of unknown rank")
    at = axis_in(axis, len(array.shape))
    least_rank = {"vsplit": 2, "dsplit": 3}.get(call.name.rpartition(".")[2], 1)
    if at is None or len(array.shape) < least_rank:
        return refused(f"a split of {shape_text(array.shape)} along axis {axis}", made)
    size = array.shape[at]
    cuts = _cuts(call, size)
    if isinstance(cuts, Unknown):
        return replace(cuts, made=made)
    if cuts is None:
        element = like(array, tuple(unknown_dim() if i == at else d for i, d in enumerate(array.shape)), None, made)
        return call.machine.new_list(Sequence("list", None, unknown_dim(), element, made))
    marks = [Const(None), *cuts, Const(None)]
    parts = [index_array(array, (*[_ALL] * at, Slice(a, b, Const(None))), made) for a, b in itertools.pairwise(marks)]
    return call.machine.new_list(Sequence("list", tuple(parts), Dim(len(parts)), None, made))


def _cuts(call: Call, size: Dim) -> list[Value] | Unknown | None:
    """Where the axis is cut: given as positions, or as a number of parts."""
    from lstmlint.interpreter.operators import from_dim

    sections = call.dim("indices_or_sections")
    if sections is None:
        return _positions(call["indices_or_sections"])
    count = sections.value
    if count is not None and count <= 0:
        return refused("the number of parts must be larger than 0")
    if count is None or count > 256:
        return None
    if call.name.endswith("array_split"):
        return _uneven(size, count)
    width = exact_quotient(size, Dim(count))
    if width is None and size.known:
        return refused(f"{size} items do not divide into {count} equal parts")
    width = floor_divide(size, Dim(count)) if width is None else width
    return [from_dim(width * i) for i in range(1, count)]


def _positions(value: Value) -> list[Value] | None:
    match value:
        case Sequence(items=tuple() as items) if all(dim_of(item) is not None for item in items):
            return list(items)
        case Array(shape=(_,), elements=tuple() as elements):
            return [Const(e) for e in elements]
        case _:
            return None


def _uneven(size: Dim, count: int) -> list[Value] | None:
    """The first parts are one longer where the size does not divide."""
    if not size.known:
        return None
    each, extras = divmod(size.constant, count)
    return [Const(each * i + min(i, extras)) for i in range(1, count)]
