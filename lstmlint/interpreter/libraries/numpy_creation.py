"""numpy's functions that make arrays from nothing, from shapes, or from lists."""

from __future__ import annotations

import math
from dataclasses import replace

from lstmlint.interpreter.arrays import MOST_AXES, bounds, from_nested, refused, shape_text, with_elements
from lstmlint.interpreter.contents import Index, moved, positions, sizes_of
from lstmlint.interpreter.dims import Dim, unknown_dim
from lstmlint.interpreter.dtypes import convert
from lstmlint.interpreter.library import CONSTANTS, Call, function
from lstmlint.interpreter.requests import (
    argument,
    array_of,
    dtype,
    given,
    one_dim,
    shape_of_value,
    symbolic,
)
from lstmlint.interpreter.values import Array, Const, Made, Scalar, Sequence, Unknown, Value

CONSTANTS["numpy.newaxis"] = CONSTANTS["tensorflow.newaxis"] = Const(None)
for _name, _number in {
    "pi": math.pi,
    "e": math.e,
    "inf": math.inf,
    "nan": math.nan,
    "euler_gamma": 0.5772156649015329,
}.items():
    CONSTANTS[f"numpy.{_name}"] = Const(_number)
for _name, _number in {"Inf": math.inf, "NaN": math.nan, "NAN": math.nan, "PINF": math.inf}.items():
    CONSTANTS[f"numpy.{_name}"] = Const(_number)


@function("numpy.array", "object, dtype=None, *, copy=True, order=None, subok=False, ndmin=0, like=None")
def make_array(call: Call) -> Value:
    return _from(call, "object")


@function("numpy.ma.array numpy.ma.masked_array numpy.ma.masked_where", "*args, **kwargs")
def masked(call: Call) -> Value:
    """An array some of whose contents do not count."""
    data = (call.items("args") or (call["data"],))[-1 if call.name.endswith("where") else 0]
    found = array_of(data, call.made(data))
    return replace(found, elements=None)


@function(
    "numpy.asarray numpy.asanyarray numpy.ascontiguousarray numpy.asfortranarray numpy.asarray_chkfinite",
    "a, dtype=None, order=None, *, like=None",
)
def as_array(call: Call) -> Value:
    found = _from(call, "a")
    if call.name.startswith("numpy.asc") and isinstance(found, Array) and found.shape == ():
        return replace(found, shape=(Dim(1),))
    return found


def _from(call: Call, name: str) -> Value:
    value, asked = call[name], dtype(call)
    if symbolic(value):
        return call.unknown("an array of symbolic tensors")
    made = call.made(value)
    if asked.asked and asked.name is None:
        return Array(array_of(value).shape, None, made=made)
    found = from_nested(value, made, asked.name) or replace(array_of(value, made), dtype=asked.name)
    least_rank = call.integer("ndmin") or 0
    if found.shape is not None and 0 < least_rank - len(found.shape) <= MOST_AXES:
        return replace(found, shape=(Dim(1),) * (least_rank - len(found.shape)) + found.shape)
    return found


# --- filled with one value --------------------------------------------------------------------------------------------


@function("numpy.zeros numpy.ones numpy.empty", "shape, dtype=None, order='C', *, like=None")
def zeros(call: Call) -> Value:
    fill, shape = {"zeros": 0, "ones": 1}.get(call.name.rpartition(".")[2]), shape_of_value(call["shape"])
    sources = () if shape is not None else (call["shape"],)
    return filled(call, shape, dtype(call).of("float64"), fill, *sources)


@function("numpy.full", "shape, fill_value, dtype=None, order='C', *, like=None")
def full(call: Call) -> Value:
    value = argument(call, "fill_value")
    fill = value.elements[0] if value.shape == () and value.elements else None
    return filled(call, shape_of_value(call["shape"]), dtype(call).of(value.dtype), fill, value)


@function("numpy.zeros_like numpy.ones_like numpy.empty_like", "a, dtype=None, order='K', subok=True, shape=None")
def zeros_like(call: Call) -> Value:
    like = argument(call, "a")
    fill = {"zeros_like": 0, "ones_like": 1}.get(call.name.rpartition(".")[2])
    shape = shape_of_value(call["shape"]) if given(call, "shape") else like.shape
    return filled(call, shape, dtype(call).of(like.dtype), fill, like)


@function("numpy.full_like", "a, fill_value, dtype=None, order='K', subok=True, shape=None")
def full_like(call: Call) -> Value:
    like, value = argument(call, "a"), argument(call, "fill_value")
    fill = value.elements[0] if value.shape == () and value.elements else None
    shape = shape_of_value(call["shape"]) if given(call, "shape") else like.shape
    return filled(call, shape, dtype(call).of(like.dtype), fill, like)


def filled(
    call: Call, shape: tuple[Dim, ...] | Unknown | None, kind: str | None, fill: Scalar, *sources: Value
) -> Value:
    """An array of one value; of unknown contents where ``fill`` is None."""
    made = call.made(*sources)
    if isinstance(shape, Unknown):
        return replace(shape, made=made)
    wrong = impossible(shape)
    if wrong is not None:
        return refused(wrong, made)
    content = None if fill is None else convert((fill,), kind)
    if content is None or kind is None:
        return Array(shape, kind, made=made)
    sizes = sizes_of(shape)
    if sizes is None:
        return Array(shape, kind, None, *bounds(content), made=made)
    return with_elements(shape or (), kind, content * math.prod(sizes), made)


def impossible(shape: tuple[Dim, ...] | None) -> str | None:
    """Why no array can have a shape."""
    if shape is None:
        return None
    if len(shape) > MOST_AXES:
        return f"{len(shape)} axes are more than {MOST_AXES}"
    if any(dim.known and dim.constant < 0 for dim in shape):
        return f"negative dimensions in {shape_text(shape)}"
    return None


# --- matrices ---------------------------------------------------------------------------------------------------------


@function("numpy.eye", "N, M=None, k=0, dtype=None, order='C', *, like=None")
def eye(call: Call) -> Value:
    return _diagonal_ones(call, "N", "M" if given(call, "M") else "N", call.integer("k"))


@function("numpy.identity", "n, dtype=None, *, like=None")
def identity(call: Call) -> Value:
    return _diagonal_ones(call, "n", "n", 0)


def _diagonal_ones(call: Call, rows: str, columns: str, k: int | None) -> Value:
    dims = one_dim(call[rows]), one_dim(call[columns])
    for dim in dims:
        if isinstance(dim, Unknown):
            return replace(dim, made=call.made())
    shape = tuple(dim for dim in dims if isinstance(dim, Dim))
    kind = dtype(call).of("float64")
    sizes = sizes_of(shape)
    if impossible(shape) or sizes is None or k is None or kind is None:
        found = filled(call, shape, kind, None)
        return replace(found, low=0.0, high=1.0) if isinstance(found, Array) and kind is not None else found
    elements = convert((int(column - row == k) for row, column in positions(sizes)), kind)
    return (
        Array(shape, kind, made=call.made()) if elements is None else with_elements(shape, kind, elements, call.made())
    )


@function("numpy.tri", "N, M=None, k=0, dtype=None, *, like=None")
def tri(call: Call) -> Value:
    dims = one_dim(call["N"]), one_dim(call["M"] if given(call, "M") else call["N"])
    shape = tuple(dim if isinstance(dim, Dim) else unknown_dim() for dim in dims)
    found = filled(call, shape, dtype(call).of("float64"), None)
    return replace(found, low=0.0, high=1.0) if isinstance(found, Array) and found.dtype else found


@function("numpy.tril numpy.triu", "m, k=0")
def triangle(call: Call) -> Value:
    array, made, k = argument(call, "m"), call.made(call["m"]), call.integer("k")
    if array.shape is None or len(array.shape) == 1:
        square = None if array.shape is None else array.shape * 2
        return Array(square, array.dtype, made=made)
    if not array.shape:
        return refused("a triangle of a number", made)
    sizes, lower = sizes_of(array.shape), call.name.endswith("tril")
    if array.elements is None or sizes is None or k is None or array.dtype in ("str", "object"):
        return Array(array.shape, array.dtype, made=made)
    pairs = zip(positions(sizes), array.elements, strict=True)
    zero = (convert((0,), array.dtype) or (0,))[0]
    kept = (e if (at[-1] - at[-2] <= k if lower else at[-1] - at[-2] >= k) else zero for at, e in pairs)
    return with_elements(array.shape, array.dtype, kept, made)


@function("numpy.diag", "v, k=0")
def diag(call: Call) -> Value:
    array, made, k = argument(call, "v"), call.made(call["v"]), call.integer("k")
    if array.shape is None or k is None:
        return Array(None, array.dtype, made=made)
    match array.shape:
        case (size,):
            side = size + abs(k)
            found = Array((side, side), array.dtype, made=made)
            return _on_diagonal(found, array, k) if sizes_of((side, side)) is not None else found
        case (rows, columns):
            return _of_diagonal(array, rows, columns, k, made)
        case _:
            return refused("diag takes one or two axes", made)


def _on_diagonal(found: Array, array: Array, k: int) -> Array:
    sizes = sizes_of(found.shape)
    if array.elements is None or sizes is None or array.dtype in ("str", "object"):
        return found
    row_shift, zero = max(-k, 0), convert((0,), array.dtype) or (0,)
    contents = [array.elements[row - row_shift] if column - row == k else zero[0] for row, column in positions(sizes)]
    return with_elements(found.shape or (), found.dtype, contents, found.made)


def _of_diagonal(array: Array, rows: Dim, columns: Dim, k: int, made: Made) -> Value:
    down, right = max(-k, 0), max(k, 0)
    if not (rows.known and columns.known):
        length = rows if rows == columns and k == 0 else unknown_dim()
        return Array((length,), array.dtype, None, array.low, array.high, made=made)
    shape = (Dim(max(0, min(rows.constant - down, columns.constant - right))),)

    def source(index: Index) -> Index:
        return (index[0] + down, index[0] + right)

    elements = moved(array, shape, source)
    if elements is None:
        return Array(shape, array.dtype, None, array.low, array.high, made=made)
    return with_elements(shape, array.dtype, elements, made)


@function("numpy.meshgrid", "*xi, indexing='xy', sparse=False, copy=True")
def meshgrid(call: Call) -> Value:
    arrays = [array_of(value) for value in call.items("xi") or ()]
    made = call.made(*(call.items("xi") or ()))
    lengths = [array.shape[0] if array.shape else (Dim(1) if array.shape == () else unknown_dim()) for array in arrays]
    if call.text("indexing") == "xy" and len(lengths) > 1:
        lengths[:2] = lengths[1], lengths[0]
    shape = None if call.flag("sparse") is not False else tuple(lengths)
    grids = tuple(Array(shape, array.dtype, None, array.low, array.high, made=made) for array in arrays)
    return Sequence("tuple", grids, Dim(len(grids)), None, made)


@function("numpy.fromiter", "iter, dtype=None, count=-1")
def fromiter(call: Call) -> Value:
    value, count = call["iter"], call.dim("count")
    length = value.length if isinstance(value, Sequence) else unknown_dim()
    if count is not None and count != Dim(-1):
        length = count
    return Array((length,), dtype(call).name, made=call.made(value))
