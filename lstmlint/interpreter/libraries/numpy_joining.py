"""numpy's functions that put arrays together and take them apart."""

from __future__ import annotations

from dataclasses import replace

from lstmlint.interpreter.arrays import combined_bounds, common_dim, common_dtype, refused, shape_text, total
from lstmlint.interpreter.contents import from_lines, lines, sizes_of
from lstmlint.interpreter.dims import Dim, differ, least, unknown_dim
from lstmlint.interpreter.dtypes import convert, is_integer
from lstmlint.interpreter.indexing import index_array
from lstmlint.interpreter.libraries.numpy_shaping import like
from lstmlint.interpreter.library import CONSTANTS, Call, function, method
from lstmlint.interpreter.requests import argument, array_of, axis_in, cast_as_asked, dtype
from lstmlint.interpreter.values import Array, Const, Made, Reference, Sequence, Slice, Unknown, Value, keys_in
from lstmlint.keras_model.graph import dim_of

_ALL = Slice(Const(None), Const(None), Const(None))


def _arrays(call: Call, name: str) -> list[Array] | None:
    """The arrays of a list argument; those of an array are its rows. None where it is not known how many."""
    value = call[name]
    match value:
        case Sequence(items=tuple() as items):
            return [item if isinstance(item, Array) else array_of(item, getattr(item, "made", None)) for item in items]
        case Array(shape=(count, *_)) if count.known and 0 <= count.constant <= 64:
            made = call.made(value)
            rows = [index_array(value, (Const(i),), made) for i in range(count.constant)]
            return [row if isinstance(row, Array) else Array(None) for row in rows]
        case _:
            return None


def _repeated(call: Call, name: str) -> tuple[Array, Dim] | None:
    """What the arrays of a list of unknown length are like, and how many there are."""
    match call[name]:
        case Sequence(items=None, length=length, element=element) if element is not None:
            return array_of(element), length
        case Array(shape=(count,), boxed=True):
            return Array(None), count
        case Array(shape=(count, *rest)) as array:
            return Array(tuple(rest), array.dtype, None, array.low, array.high), count
        case _:
            return None


# --- concatenate ------------------------------------------------------------------------------------------------------


@function("numpy.concatenate numpy.concat", "arrays, axis=0, out=None, dtype=None, casting='same_kind'")
def concatenate(call: Call) -> Value:
    made, axis = call.made(*_sources(call, "arrays")), call.integer("axis")
    arrays = _arrays(call, "arrays")
    if arrays is None:
        return cast_as_asked(_many_joined(_repeated(call, "arrays"), axis, made), dtype(call))
    if call.is_none("axis") and "axis" in call.given:
        arrays, axis = [_flat(array) for array in arrays], 0
    return _as_asked(joined(arrays, axis, made), call)


def _sources(call: Call, name: str) -> tuple[Value, ...]:
    value = call[name]
    return value.items if isinstance(value, Sequence) and value.items else (value,)


def _as_asked(value: Value, call: Call) -> Value:
    return cast_as_asked(value, dtype(call)) if isinstance(value, Array) else value


def _many_joined(repeated: tuple[Array, Dim] | None, axis: int | None, made: Made) -> Array:
    if repeated is None or repeated[0].shape is None or axis is None:
        return Array(None, made=made)
    inner, count = repeated
    shape = list(inner.shape or ())
    at = axis_in(axis, len(shape))
    if at is None:
        return Array(None, made=made)
    shape[at] = shape[at] * count
    return Array(tuple(shape), inner.dtype, None, inner.low, inner.high, made=made)


def _flat(array: Array) -> Array:
    count = total(array)
    return replace(array, shape=(unknown_dim() if count is None else count,))


def joined(arrays: list[Array], axis: int | None, made: Made) -> Value:
    """``np.concatenate``: all sizes but the axis's must agree."""
    if not arrays:
        return refused("there is nothing to concatenate", made)
    shapes = [array.shape for array in arrays if array.shape is not None]
    kind, (low, high) = common_dtype(arrays), combined_bounds(arrays)
    if not shapes or axis is None:
        rank = len(shapes[0]) if shapes else None
        return Array(
            None if rank is None else tuple(unknown_dim() for _ in range(rank)), kind, None, low, high, made=made
        )
    texts = " and ".join(shape_text(shape) for shape in shapes[:3])
    rank, at = len(shapes[0]), axis_in(axis, len(shapes[0]))
    if any(len(shape) != rank for shape in shapes) or not rank or at is None:
        return refused(f"concatenate of shapes {texts} along axis {axis}", made)
    for i, dims in enumerate(zip(*shapes, strict=True)):
        if i != at and any(differ(a, b) for a in dims for b in dims[:1]):
            return refused(f"concatenate of shapes {texts}: they differ on axis {i}", made)
    grown = unknown_dim() if len(shapes) < len(arrays) else _sum(shape[at] for shape in shapes)
    shape = tuple(grown if i == at else common_dim(dims) for i, dims in enumerate(zip(*shapes, strict=True)))
    return _filled(arrays, shape, at, Array(shape, kind, None, low, high, made=made))


def _sum(dims: object) -> Dim:
    total = Dim(0)
    for dim in dims:  # type: ignore[attr-defined]
        total = total + dim
    return total


def _filled(arrays: list[Array], shape: tuple[Dim, ...], axis: int, whole: Array) -> Array:
    sizes = sizes_of(shape)
    if sizes is None:
        return whole
    cut = [lines(array, axis) for array in arrays]
    if any(part is None for part in cut) or whole.dtype is None:
        return whole
    rows = [tuple(e for piece in pieces for e in piece) for pieces in zip(*[part or [] for part in cut], strict=True)]
    elements = convert(from_lines(rows, sizes, axis), whole.dtype)
    return whole if elements is None else like(whole, shape, elements, whole.made)  # type: ignore[arg-type]


# --- stack and its kin ------------------------------------------------------------------------------------------------


@function("numpy.stack", "arrays, axis=0, out=None, *, dtype=None, casting='same_kind'")
def stack(call: Call) -> Value:
    made, axis = call.made(*_sources(call, "arrays")), call.integer("axis")
    arrays = _arrays(call, "arrays")
    if arrays is not None:
        return _as_asked(stacked_on(arrays, axis, made), call)
    repeated = _repeated(call, "arrays")
    if repeated is None or repeated[0].shape is None or axis is None:
        return Array(None, made=made)
    inner, count = repeated
    if count == Dim(0):
        return refused("there is nothing to stack", made)
    shape = list(inner.shape or ())
    at = axis_in(axis, len(shape) + 1)
    if at is None:
        return refused(f"axis {axis} of a stack of {shape_text(inner.shape)}", made)
    shape.insert(at, count)
    return _as_asked(Array(tuple(shape), inner.dtype, None, inner.low, inner.high, made=made), call)


def stacked_on(arrays: list[Array], axis: int | None, made: Made) -> Value:
    """``np.stack``: equal shapes, with a new axis."""
    if not arrays:
        return refused("there is nothing to stack", made)
    shapes = [array.shape for array in arrays if array.shape is not None]
    if not shapes or axis is None:
        return Array(None, common_dtype(arrays), made=made)
    if any(len(s) != len(shapes[0]) or any(map(differ, s, shapes[0])) for s in shapes):
        return refused(f"stack of shapes {' and '.join(shape_text(s) for s in shapes[:3])}", made)
    at = axis_in(axis, len(shapes[0]) + 1)
    if at is None:
        return refused(f"axis {axis} of a stack of {shape_text(shapes[0])}", made)
    common = tuple(common_dim(dims) for dims in zip(*shapes, strict=True))
    raised = [replace(array, shape=(*common[:at], Dim(1), *common[at:])) for array in arrays]
    return joined(raised, at, made)


@function("numpy.vstack numpy.row_stack", "tup, *, dtype=None, casting='same_kind'")
def vstack(call: Call) -> Value:
    return _with_rank(call, lambda shape: (Dim(1), *shape) if len(shape) == 1 else _raised(shape, 2), 0)


@function("numpy.hstack", "tup, *, dtype=None, casting='same_kind'")
def hstack(call: Call) -> Value:
    arrays = _arrays(call, "tup")
    first = arrays[0] if arrays else next(iter(_repeated(call, "tup") or ()), None)
    flat = first is not None and isinstance(first, Array) and first.shape is not None and len(first.shape) <= 1
    return _with_rank(call, lambda shape: _raised(shape, 1), 0 if flat else 1)


@function("numpy.dstack", "tup")
def dstack(call: Call) -> Value:
    return _with_rank(call, _depth, 2)


@function("numpy.column_stack", "tup")
def column_stack(call: Call) -> Value:
    return _with_rank(call, lambda shape: (*_raised(shape, 1), Dim(1)) if len(shape) <= 1 else shape, 1)


def _depth(shape: tuple[Dim, ...]) -> tuple[Dim, ...]:
    match shape:
        case ():
            return (Dim(1),) * 3
        case (size,):
            return (Dim(1), size, Dim(1))
        case (rows, columns):
            return (rows, columns, Dim(1))
        case _:
            return shape


def _raised(shape: tuple[Dim, ...], rank: int) -> tuple[Dim, ...]:
    return shape if len(shape) >= rank else (Dim(1),) * (rank - len(shape)) + shape


def _with_rank(call: Call, raise_rank: object, axis: int) -> Value:
    made = call.made(*_sources(call, "tup"))
    arrays = _arrays(call, "tup")
    if arrays is None:
        repeated = _repeated(call, "tup")
        if repeated is None or repeated[0].shape is None:
            return Array(None, made=made)
        inner = replace(repeated[0], shape=raise_rank(repeated[0].shape))  # type: ignore[operator]
        return _as_asked(_many_joined((inner, repeated[1]), axis, made), call)
    raised = [a if a.shape is None else replace(a, shape=raise_rank(a.shape)) for a in arrays]  # type: ignore[operator]
    return _as_asked(joined(raised, axis, made), call)


CONSTANTS["numpy.c_"] = Reference("numpy.c_")
CONSTANTS["numpy.r_"] = Reference("numpy.r_")


@method("numpy.c_ numpy.r_", "__getitem__", "key")
def put_together(call: Call) -> Value:
    """``np.c_[a, b]`` puts columns side by side, ``np.r_[a, b]`` rows one below the other."""
    values = keys_in(call["key"])
    made = call.made(*values)
    if any(
        isinstance(value, (Slice, Unknown)) or (isinstance(value, Const) and isinstance(value.value, str))
        for value in values
    ):
        return Array(None, made=made)
    arrays = [array_of(value) for value in values]
    if call.name.startswith("numpy.c_"):
        raised = [
            a if a.shape is None or len(a.shape) > 1 else replace(a, shape=(*_raised(a.shape, 1), Dim(1)))
            for a in arrays
        ]
        rank = max((len(a.shape) for a in raised if a.shape is not None), default=2)
        return joined(raised, rank - 1, made)
    return joined([a if a.shape is None else replace(a, shape=_raised(a.shape, 1)) for a in arrays], 0, made)


# --- append, insert, delete -------------------------------------------------------------------------------------------


@function("numpy.append", "arr, values, axis=None")
def append(call: Call) -> Value:
    arrays = [argument(call, "arr"), argument(call, "values")]
    made = call.made(call["arr"], call["values"])
    if call.is_none("axis"):
        return joined([_flat(array) for array in arrays], 0, made)
    return joined(arrays, call.integer("axis"), made)


@function("numpy.insert", "arr, obj, values, axis=None")
def insert(call: Call) -> Value:
    array, at = argument(call, "arr"), call["obj"]
    made = call.made(call["arr"], call["values"])
    flat = _flat(array) if call.is_none("axis") else array
    axis = 0 if call.is_none("axis") else call.integer("axis")
    if flat.shape is None or axis is None or axis_in(axis, len(flat.shape)) is None:
        return Array(None, array.dtype, made=made)
    size, one = flat.shape[axis], _one_place(at)
    if one is not None and _is_beyond(one, size):
        return refused(f"index {one} is out of bounds for axis {axis % len(flat.shape)} of size {size}", made)
    grown = _inserted(at, argument(call, "values"), len(flat.shape), axis % len(flat.shape))
    shape = list(flat.shape)
    shape[axis] = shape[axis] + grown
    low, high = combined_bounds([flat, argument(call, "values")])
    return Array(tuple(shape), array.dtype, None, low, high, made=made)


def _one_place(at: Value) -> Dim | None:
    """The position of an insertion in one place, which may stand in a list."""
    match at:
        case Sequence(items=(only,)):
            return dim_of(only)
        case Array(dtype=dtype, elements=(int() as only,)) if is_integer(dtype):
            return Dim(only)
        case _:
            return dim_of(at)


def _is_beyond(place: Dim, size: Dim) -> bool:
    """Behind the last place there is, which is behind the last item; negative ones count from there."""
    return (least(place) >= 0 and least(place - size) > 0) or (least(-place) > 0 and least(-place - size) > 0)


def _inserted(at: Value, values: Array, rank: int, axis: int) -> Dim:
    """How many places an insertion adds along the axis."""
    listed = isinstance(at, Sequence) or (isinstance(at, Array) and bool(at.shape))
    if isinstance(at, Sequence) and at.length != Dim(1):
        return at.length
    if _one_place(at) is None or values.shape is None or len(values.shape) > rank:
        return unknown_dim()
    # numpy puts axes of 1 in front of the values; for a place that is not in a list their first axis goes along.
    shape = (*[Dim(1)] * (rank - len(values.shape)), *values.shape)
    return shape[axis if listed else 0]


@function("numpy.delete", "arr, obj, axis=None")
def delete(call: Call) -> Value:
    array, made = argument(call, "arr"), call.made(call["arr"])
    flat = _flat(array) if call.is_none("axis") else array
    axis = 0 if call.is_none("axis") else call.integer("axis")
    if flat.shape is None or axis is None or axis_in(axis, len(flat.shape)) is None:
        return Array(None, array.dtype, made=made)
    at = axis % len(flat.shape)
    index, size = call.dim("obj"), flat.shape[at]
    shape = list(flat.shape)
    if index is None or not index.known:
        shape[at] = size - 1 if index is not None else unknown_dim()
        return like(flat, tuple(shape), None, made)
    if size.known and not -size.constant <= index.constant < size.constant:
        return refused(f"index {index} is out of bounds for axis {at} of size {size}", made)
    shape[at] = size - 1
    if not size.known:
        return like(flat, tuple(shape), None, made)
    kept = [i for i in range(min(size.constant, 4096)) if i != index.constant % size.constant]
    if len(kept) != size.constant - 1:
        return like(flat, tuple(shape), None, made)
    picks = Array((Dim(len(kept)),), "int64", tuple(kept))
    return index_array(flat, (*[_ALL] * at, picks), made)
