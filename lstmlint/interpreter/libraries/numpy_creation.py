"""numpy's functions that make arrays from nothing, from shapes, or from lists."""

from __future__ import annotations

import math
from dataclasses import replace

from lstmlint.interpreter.arrays import MOST_AXES, bounds, from_nested, refused, shape_text, with_elements
from lstmlint.interpreter.contents import MOST_ELEMENTS, Index, moved, positions, sizes_of
from lstmlint.interpreter.dims import Dim, floor_divide, symbol_dim, unknown_dim
from lstmlint.interpreter.dtypes import convert
from lstmlint.interpreter.library import CONSTANTS, Call, function
from lstmlint.interpreter.requests import (
    Dtype,
    argument,
    array_of,
    cast_as_asked,
    dtype,
    given,
    one_dim,
    shape_of_value,
    symbolic,
)
from lstmlint.interpreter.values import Array, Const, Made, Scalar, Sequence, Unknown, Value

CONSTANTS["numpy.newaxis"] = Const(None)
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
    fill = {"zeros": 0, "ones": 1}.get(call.name.rpartition(".")[2])
    return filled(call, shape_of_value(call["shape"]), dtype(call).of("float64"), fill)


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


# --- ranges -----------------------------------------------------------------------------------------------------------


@function("numpy.arange", "start=0, stop=None, step=1, dtype=None, *, device=None, like=None")
def arange(call: Call) -> Value:
    first, last = ("start", "stop") if given(call, "stop") else (None, "start")
    dims = (call.dim(first) if first else Dim(0), call.dim(last), call.dim("step"))
    asked, made = dtype(call), call.made(call["start"], call["stop"])
    if all(dim is not None for dim in dims):
        return cast_as_asked(_integers(dims, made), asked)  # type: ignore[arg-type]
    numbers = (call.number(first) if first else 0.0, call.number(last), call.number("step"))
    if any(number is None for number in numbers):
        return Array((unknown_dim(),), asked.of(None), made=made)
    return _fractions(*numbers, asked, made)  # type: ignore[arg-type]


def _integers(marks: tuple[Dim, Dim, Dim], made: Made) -> Value:
    start, stop, step = marks
    if step == Dim(0):
        return refused("a step of 0", made)
    span = stop - start
    if not (span.known and step.known):
        length = span if step == Dim(1) else floor_divide(span + step - 1, step)
        low = float(start.constant) if start.known and step.known and step.constant > 0 else None
        return Array((length,), "int64", low=low, made=made)
    count = max(0, -(-span.constant // step.constant))
    if count <= MOST_ELEMENTS and start.known:
        contents = range(start.constant, start.constant + count * step.constant, step.constant)
        return with_elements((Dim(count),), "int64", contents, made)
    if not start.known:
        return Array((Dim(count),), "int64", made=made)
    ends = sorted((start.constant, start.constant + (count - 1) * step.constant))
    return Array((Dim(count),), "int64", None, float(ends[0]), float(ends[1]), made=made)


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
    if array.shape is None or len(array.shape) < 2:
        return Array(None, array.dtype, made=made)
    sizes, lower = sizes_of(array.shape), call.name.endswith("tril")
    if array.elements is None or sizes is None or k is None or array.dtype in ("str", "object"):
        return Array(array.shape, array.dtype, made=made)
    pairs = zip(positions(sizes), array.elements, strict=True)
    kept = (e if (at[-1] - at[-2] <= k if lower else at[-1] - at[-2] >= k) else type(e)(0) for at, e in pairs)  # type: ignore[misc, arg-type]
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


# --- files ------------------------------------------------------------------------------------------------------------


@function("numpy.load numpy.fromfile numpy.frombuffer numpy.fromstring numpy.memmap", "file, *args, **kwargs")
def load(call: Call) -> Value:
    """What a file holds is not known; what ``np.load`` gives is an array or an archive of arrays."""
    flat = call.name.rpartition(".")[2].startswith("from")
    return Array((unknown_dim(),), None, made=call.made()) if flat else Array(None, made=call.made())


@function("numpy.loadtxt numpy.genfromtxt", "fname, dtype=None, *args, usecols=None, unpack=False, **kwargs")
def loadtxt(call: Call) -> Value:
    """Rows of text: of two axes where several columns are asked for, of one where a single one is."""
    kind, rows, columns = dtype(call).of("float64"), symbol_dim("rows"), call["usecols"]
    if call.flag("unpack") is not False or "args" in call.given:
        return Array(None, kind, made=call.made())
    if isinstance(columns, Sequence) and columns.length.known and columns.length.constant > 1:
        return Array((rows, columns.length), kind, made=call.made())
    return Array((rows,) if call.dim("usecols") is not None else None, kind, made=call.made())
