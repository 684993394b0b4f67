"""numpy's functions that limit, choose and look for elements: clip, where, nonzero, isin."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from lstmlint.interpreter.arithmetic import common_dtype_of
from lstmlint.interpreter.arrays import (
    bounds,
    broadcast,
    combined_bounds,
    elementwise,
    refused,
    spread_out,
    with_elements,
)
from lstmlint.interpreter.dims import Dim, unknown_dim
from lstmlint.interpreter.dtypes import convert
from lstmlint.interpreter.library import Call, function, method
from lstmlint.interpreter.requests import argument, array_of, given
from lstmlint.interpreter.values import Array, Sequence, Table, Unknown, Value


@function("numpy.clip", "a, a_min=None, a_max=None, out=None, *, min=None, max=None, dtype=None")
def clip(call: Call) -> Value:
    names = ("a_min" if given(call, "a_min") else "min", "a_max" if given(call, "a_max") else "max")
    return _clipped(call, call["a"], names)


@method("Array", "clip", "min=None, max=None, out=None, **kwargs")
def clip_method(call: Call) -> Value:
    return _clipped(call, call.receiver, ("min", "max"))


def _clipped(call: Call, value: Value, names: tuple[str, str]) -> Value:
    found: Value = value if isinstance(value, (Array, Table)) else array_of(value)
    made = call.made(value)
    for name, pick in zip(names, (max, min), strict=True):
        if isinstance(found, Array) and given(call, name):
            limit = argument(call, name)
            kind = common_dtype_of(found, limit, (found, call[name]))
            low, high = found.low, found.high
            clipped = elementwise(found, limit, pick, kind, made)
            found = _bounded(clipped, limit, low, high, pick) if isinstance(clipped, Array) else clipped
    return replace(found, made=made) if isinstance(found, (Array, Table)) else found


def _bounded(array: Array, limit: Array, low: float | None, high: float | None, pick: Callable[..., float]) -> Array:
    if array.elements is not None:
        return array
    if pick is max:
        least = limit.low if low is None else low if limit.low is None else max(low, limit.low)
        most = None if high is None or limit.high is None else max(high, limit.high)
        return replace(array, low=least, high=most)
    most = limit.high if high is None else high if limit.high is None else min(high, limit.high)
    least = None if low is None or limit.low is None else min(low, limit.low)
    return replace(array, low=least, high=most)


@function("numpy.where", "condition, x=None, y=None")
def where(call: Call) -> Value:
    condition = argument(call, "condition")
    if "x" not in call.given:
        return indices(call, condition)
    left, right = argument(call, "x"), argument(call, "y")
    made = call.made(call["condition"], call["x"], call["y"])
    shape = broadcast(left.shape, right.shape)
    if not isinstance(shape, Unknown):
        shape = broadcast(condition.shape, shape)
    if isinstance(shape, Unknown):
        return Unknown(shape.why, made)
    kind = common_dtype_of(left, right, (call["x"], call["y"]))
    return _picked(condition, left, right, Array(shape, kind, None, *combined_bounds([left, right]), made=made))


def _picked(condition: Array, left: Array, right: Array, whole: Array) -> Array:
    """Of two arrays the elements that a condition chooses, where all three are known."""
    masks, ones, others = (spread_out(part, whole.shape) for part in (condition, left, right))
    if whole.shape is None or masks is None or ones is None or others is None:
        return whole
    picked = convert((a if c else b for c, a, b in zip(masks, ones, others, strict=True)), whole.dtype)
    if picked is None or whole.dtype is None:
        return whole
    return with_elements(whole.shape, whole.dtype, picked, whole.made)


@function("numpy.nonzero", "a")
def nonzero(call: Call) -> Value:
    return indices(call, argument(call, "a"))


@method("Array", "nonzero", "")
def nonzero_method(call: Call) -> Value:
    return indices(call, call.receiver)


def indices(call: Call, array: Array) -> Value:
    """One array of positions for each axis."""
    if array.shape is None:
        return call.unknown("the positions in an array of unknown rank")
    if not array.shape:
        return refused("nonzero of an array without axes", call.made(array))
    columns = positions_of(array)
    count = unknown_dim() if columns is None else Dim(len(columns[0]))
    found = []
    for axis, _ in enumerate(array.shape):
        contents = None if columns is None else columns[axis]
        one = Array(
            (count,), "int64", contents, *(bounds(contents) if contents else (0.0, None)), made=call.made(array)
        )
        found.append(one)
    return Sequence("tuple", tuple(found), Dim(len(found)), None, call.made(array))


def positions_of(array: Array) -> list[tuple[int, ...]] | None:
    """For each axis the positions of what is not zero, where the contents are known."""
    from lstmlint.interpreter.contents import positions, sizes_of

    sizes = sizes_of(array.shape)
    if sizes is None or array.elements is None:
        return None
    found = [index for index, element in zip(positions(sizes), array.elements, strict=True) if element]
    return [tuple(index[axis] for index in found) for axis in range(len(sizes))]


@function("numpy.argwhere", "a")
def argwhere(call: Call) -> Value:
    array = argument(call, "a")
    if array.shape is None:
        return Array((unknown_dim(), unknown_dim()), "int64", made=call.made(array))
    columns = positions_of(array)
    count = unknown_dim() if not columns else Dim(len(columns[0]))
    return Array((count, Dim(len(array.shape))), "int64", made=call.made(array))


@function("numpy.flatnonzero", "a")
def flatnonzero(call: Call) -> Value:
    array = argument(call, "a")
    count = unknown_dim() if array.elements is None else Dim(sum(bool(e) for e in array.elements))
    return Array((count,), "int64", made=call.made(array))


@function("numpy.isin numpy.in1d", "element, test_elements, *args, invert=False, **kwargs")
def isin(call: Call) -> Value:
    array, among = argument(call, "element"), argument(call, "test_elements")
    made = call.made(call["element"], call["test_elements"])
    shape = array.shape
    if call.name.endswith("in1d"):
        from lstmlint.interpreter.arrays import total

        count = total(array)
        shape = (unknown_dim() if count is None else count,)
    if array.elements is None or among.elements is None or call.flag("invert") is None or shape is None:
        return Array(shape, "bool", made=made)
    inside = bool(call.flag("invert"))
    return with_elements(shape, "bool", ((e in among.elements) != inside for e in array.elements), made)


@function("numpy.interp", "x, xp, fp, *args, **kwargs")
def interp(call: Call) -> Value:
    line = argument(call, "fp")
    kept = (None, None) if call.items("args") or call.given & {"left", "right"} else (line.low, line.high)
    return Array(argument(call, "x").shape, "float64", None, *kept, made=call.made(call["x"], call["fp"]))


@function("numpy.digitize", "x, bins, right=False")
def digitize(call: Call) -> Value:
    bins = argument(call, "bins")
    high = float(bins.shape[0].constant) if bins.shape and bins.shape[0].known else None
    return Array(argument(call, "x").shape, "int64", None, 0.0, high, made=call.made(call["x"]))


@function("numpy.searchsorted", "a, v, *args, **kwargs")
def searchsorted(call: Call) -> Value:
    return Array(argument(call, "v").shape, "int64", low=0.0, made=call.made(call["v"]))


@function("numpy.real numpy.imag numpy.angle", "val, deg=False")
def part(call: Call) -> Value:
    array = argument(call, "val")
    kind = {"complex128": "float64", "complex64": "float32"}.get(array.dtype or "")
    return Array(array.shape, kind, made=call.made(call["val"]))
