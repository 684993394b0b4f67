"""numpy's functions along an axis that keep it: running sums, differences, sorting."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from lstmlint.interpreter.arrays import bounds, refused, shape_text, total
from lstmlint.interpreter.contents import sizes_of
from lstmlint.interpreter.dims import Dim, unknown_dim
from lstmlint.interpreter.dtypes import convert, is_number
from lstmlint.interpreter.libraries.numpy_reducing import summed, sums_exactly
from lstmlint.interpreter.libraries.numpy_shaping import like
from lstmlint.interpreter.library import Call, function, method
from lstmlint.interpreter.requests import argument, axes_of, dtype, given
from lstmlint.interpreter.values import Array, Made, Unknown, Value


@function("numpy.cumsum numpy.cumprod numpy.nancumsum numpy.nancumprod", "a, axis=None, dtype=None, out=None")
def cumulative(call: Call) -> Value:
    return _cumulated(call, argument(call, "a"), call.made(call["a"]))


@method("Array", "cumsum cumprod", "axis=None, dtype=None, out=None")
def cumulative_method(call: Call) -> Value:
    return _cumulated(call, call.receiver, call.made(call.receiver))


def _cumulated(call: Call, array: Array, made: Made) -> Value:
    kind = dtype(call).of(summed(array.dtype) if is_number(array.dtype) else None)
    if array.shape is None:
        return Array((unknown_dim(),) if call.is_none("axis") else None, kind, made=made)
    if call.is_none("axis"):
        count = total(array)
        shape: tuple[Dim, ...] = (count,) if count is not None else (unknown_dim(),)
        found = Array(shape, kind, made=made)
        return _running(call, array, found)
    array = replace(array, shape=array.shape or (Dim(1),))
    assert array.shape is not None
    axes = axes_of(call["axis"], len(array.shape))
    if isinstance(axes, Unknown):
        return replace(axes, made=made)
    found = Array(array.shape, kind, flavour=array.flavour, made=made)
    return _running(call, array, found) if len(array.shape) == 1 else found


def _running(call: Call, array: Array, found: Array) -> Array:
    if array.elements is None or dtype(call).asked or found.dtype is None or "sum" not in call.name:
        return found
    if not sums_exactly(array):
        return found
    if call.name.startswith("numpy.nan") or sizes_of(found.shape) is None:
        return found
    elements = convert(itertools.accumulate(array.elements), found.dtype)
    low, high = bounds(elements) if elements is not None else (None, None)
    return replace(found, elements=elements, low=low, high=high)


@function("numpy.diff", "a, n=1, axis=-1, prepend=None, append=None")
def diff(call: Call) -> Value:
    array, made = argument(call, "a"), call.made(call["a"])
    times, axis = call.integer("n"), call.integer("axis")
    if array.shape is None or times is None or axis is None or given(call, "prepend") or given(call, "append"):
        rank = None if array.shape is None else len(array.shape)
        return Array(None if rank is None else tuple(unknown_dim() for _ in range(rank)), None, made=made)
    axes = axes_of(call["axis"], len(array.shape))
    if not array.shape or isinstance(axes, Unknown) or axes is None or times < 0:
        return refused(f"diff of {shape_text(array.shape)} along axis {axis}", made)
    shape = list(array.shape)
    less = shape[axes[0]] - times
    shape[axes[0]] = Dim(max(less.constant, 0)) if less.known else less
    return _differences(array, tuple(shape), times, made)


def _differences(array: Array, shape: tuple[Dim, ...], times: int, made: Made) -> Array:
    found = Array(shape, array.dtype, made=made)
    if array.elements is None or times != 1 or len(shape) != 1 or array.dtype not in ("int64", "float64"):
        return found
    pairs = zip(array.elements, array.elements[1:], strict=False)
    return like(found, shape, (b - a for a, b in pairs), made)  # type: ignore[operator]


@function("numpy.sort", "a, axis=-1, kind=None, order=None, *, stable=None")
def sort(call: Call) -> Value:
    array, made = argument(call, "a"), call.made(call["a"])
    return _ordered(call, array, made, array.dtype, sorted)


@function("numpy.argsort", "a, axis=-1, kind=None, order=None, *, stable=None")
def argsort(call: Call) -> Value:
    return _ordered(call, argument(call, "a"), call.made(call["a"]), "int64", None)


@method("Array", "argsort", "axis=-1, kind=None, order=None, *, stable=None")
def argsort_method(call: Call) -> Value:
    return _ordered(call, call.receiver, call.made(call.receiver), "int64", None)


def _ordered(call: Call, array: Array, made: Made, kind: str | None, order: Callable[..., Any] | None) -> Value:
    low, high = (array.low, array.high) if order is not None else (0.0, None)
    if call.is_none("axis"):
        count = total(array)
        return Array((unknown_dim() if count is None else count,), kind, None, low, high, made=made)
    if array.shape is None:
        return Array(None, kind, None, low, high, made=made)
    if not array.shape and order is None and call.integer("axis") in (0, -1):
        return Array((Dim(1),), kind, None, 0.0, 0.0, made=made)
    axes = axes_of(call["axis"], len(array.shape))
    if isinstance(axes, Unknown) or not array.shape:
        return refused(f"a sort of {shape_text(array.shape)} along axis {call.integer('axis')}", made)
    found = Array(array.shape, kind, None, low, high, made=made)
    if order is None or array.elements is None or len(array.shape) != 1 or array.low is None:
        return found
    return like(found, found.shape, order(array.elements), made)
