"""numpy's functions that count: arange, linspace."""

from __future__ import annotations

import math
from dataclasses import replace

from lstmlint.interpreter.arrays import refused, with_elements
from lstmlint.interpreter.contents import MOST_ELEMENTS
from lstmlint.interpreter.dims import Dim, floor_divide, unknown_dim
from lstmlint.interpreter.library import CONSTANTS, Call, function, method
from lstmlint.interpreter.requests import (
    Dtype,
    argument,
    cast_as_asked,
    dtype,
    given,
    one_dim,
)
from lstmlint.interpreter.values import Array, Const, Made, Reference, Sequence, Slice, Unknown, Value
from lstmlint.keras_model.graph import dim_of


@function("numpy.arange", "start=0, stop=None, step=1, dtype=None, *, device=None, like=None")
def arange(call: Call) -> Value:
    first, last = ("start", "stop") if given(call, "stop") else (None, "start")
    dims = (call.dim(first) if first else Dim(0), call.dim(last), call.dim("step"))
    asked, made = dtype(call), call.made(call["start"], call["stop"])
    if all(dim is not None for dim in dims):
        return cast_as_asked(_integers(dims, made), asked)  # type: ignore[arg-type]
    numbers = (call.number(first) if first else 0.0, call.number(last), call.number("step"))
    if any(number is None for number in numbers):
        return _of_numbers_read(call, dims, last, asked, made)
    return _fractions(*numbers, asked, made)  # type: ignore[arg-type]


def _of_numbers_read(
    call: Call, dims: tuple[Dim | None, Dim | None, Dim | None], last: str, asked: Dtype, made: Made
) -> Array:
    """``np.arange(n)`` where n was drawn or read: whole numbers, if n is one."""
    names = ("start" if last == "stop" else None, last, "step")
    given_dims = zip(names, dims, strict=True)
    whole = all(dim is not None or (name is not None and _is_whole(call[name])) for name, dim in given_dims)
    length = one_dim(call[last]) if whole and dims[0] == Dim(0) and dims[2] == Dim(1) else None
    shape = (length if isinstance(length, Dim) else unknown_dim(),)
    return Array(shape, asked.of("int64" if whole else None), made=made)


def _is_whole(value: Value) -> bool:
    """A whole number that was drawn, or read from an array."""
    return isinstance(value, Array) and value.shape == () and value.dtype == "int64"


def _integers(marks: tuple[Dim, Dim, Dim], made: Made) -> Value:
    start, _, step = marks
    length = _count(*marks)
    if length is None:
        return refused("a step of 0", made)
    if not (length.known and step.known):
        low = float(start.constant) if start.known and step.known and step.constant > 0 else None
        return Array((length,), "int64", low=low, made=made)
    count = length.constant
    if count <= MOST_ELEMENTS and start.known:
        contents = range(start.constant, start.constant + count * step.constant, step.constant)
        return with_elements((Dim(count),), "int64", contents, made)
    if not start.known:
        return Array((Dim(count),), "int64", made=made)
    ends = sorted((start.constant, start.constant + (count - 1) * step.constant))
    return Array((Dim(count),), "int64", None, float(ends[0]), float(ends[1]), made=made)


def _count(start: Dim, stop: Dim, step: Dim) -> Dim | None:
    """How many whole numbers there are from start to stop, None for a step of 0."""
    if step == Dim(0):
        return None
    span = stop - start
    if span.known and step.known:
        return Dim(max(0, -(-span.constant // step.constant)))
    return span if step == Dim(1) else floor_divide(span + step - 1, step)


def _fractions(start: float, stop: float, step: float, asked: Dtype, made: Made) -> Value:
    if step == 0 or any(number != number for number in (start, stop, step)):
        return refused("a step of 0", made)
    length = (stop - start) / step
    if abs(length) > 1e15:
        return Array((unknown_dim(),), asked.of("float64"), made=made)
    count = max(0, math.ceil(length))
    if count > MOST_ELEMENTS or asked.asked:
        return Array((Dim(count),), asked.of("float64"), made=made)
    # As numpy fills it: from the first two numbers, not from the step.
    pace = (start + step) - start
    return with_elements((Dim(count),), "float64", (start + i * pace for i in range(count)), made)


@function("numpy.linspace", "start, stop, num=50, endpoint=True, retstep=False, dtype=None, axis=0")
def linspace(call: Call) -> Value:
    made, asked = call.made(call["start"], call["stop"]), dtype(call)
    count = one_dim(call["num"])
    if isinstance(count, Unknown):
        return replace(count, made=made)
    if count.known and count.constant < 0:
        return refused("a negative number of samples", made)
    ends = argument(call, "start"), argument(call, "stop")
    if any(end.shape != () for end in ends):
        return Array(None, asked.of("float64"), made=made)
    line = _line(call, count, asked, made)
    if call.flag("retstep"):
        return Sequence("tuple", (line, Array((), "float64", made=made)), Dim(2), None, made)
    return line


def _line(call: Call, count: Dim, asked: Dtype, made: Made) -> Array:
    start, stop, endpoint = call.number("start"), call.number("stop"), call.flag("endpoint")
    if start is None or stop is None or asked.asked:
        return Array((count,), asked.of("float64"), made=made)
    low, high = min(start, stop), max(start, stop)
    if not count.known or count.constant > MOST_ELEMENTS or endpoint is None or not math.isfinite(stop - start):
        return Array((count,), "float64", None, low, high, made=made)
    number = count.constant
    parts = number - 1 if endpoint else number
    step = (stop - start) / parts if parts > 0 else stop - start
    contents = [i * step + start for i in range(number)]
    if endpoint and number > 1:
        contents[-1] = stop
    return with_elements((count,), "float64", contents, made)


@function("numpy.logspace numpy.geomspace", "start, stop, num=50, endpoint=True, base=10.0, dtype=None, axis=0")
def logspace(call: Call) -> Value:
    count, made = one_dim(call["num"]), call.made(call["start"], call["stop"])
    if isinstance(count, Unknown):
        return replace(count, made=made)
    if any(argument(call, name).shape != () for name in ("start", "stop")):
        return Array(None, made=made)
    return Array((count,), dtype(call).of("float64"), made=made)


CONSTANTS["numpy.mgrid"] = Reference("numpy.mgrid")
CONSTANTS["numpy.ogrid"] = Reference("numpy.ogrid")


@method("numpy.mgrid numpy.ogrid", "__getitem__", "key")
def grid(call: Call) -> Value:
    """``np.mgrid[0:rows, 0:columns]`` is (2, rows, columns); ``np.ogrid`` gives (rows, 1) and (1, columns)."""
    key, made = call["key"], call.made(call["key"])
    if isinstance(key, Slice):
        length = _marked(key)
        return Array((length,), "int64", made=made) if length is not None else Array(None, made=made)
    marks = [_marked(one) for one in key.items or ()] if isinstance(key, Sequence) else []
    lengths = tuple(length for length in marks if length is not None)
    if not lengths or len(lengths) != len(marks):
        return Array(None, made=made) if call.name.startswith("numpy.mgrid") else Unknown("a grid", made)
    if call.name.startswith("numpy.mgrid"):
        return Array((Dim(len(lengths)), *lengths), "int64", made=made)
    axes = range(len(lengths))
    opened = (tuple(lengths[axis] if axis == own else Dim(1) for axis in axes) for own in axes)
    return Sequence("tuple", tuple(Array(shape, "int64", made=made) for shape in opened), Dim(len(lengths)), made=made)


def _marked(key: Value) -> Dim | None:
    """How many whole numbers ``start:stop:step`` counts; a step of ``5j`` or of fractions is not followed."""
    if not isinstance(key, Slice):
        return None
    none = [isinstance(end, Const) and end.value is None for end in (key.start, key.step)]
    start, step = (dim_of(end) for end in (key.start, key.step))
    marks = (Dim(0) if none[0] else start, dim_of(key.stop), Dim(1) if none[1] else step)
    return _count(*marks) if all(mark is not None for mark in marks) else None  # type: ignore[arg-type]
