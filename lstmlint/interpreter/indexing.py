"""``array[keys]`` as numpy indexes: integers, slices, None, Ellipsis, masks and integer arrays."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from lstmlint.interpreter.arrays import bounds, broadcast, from_nested, refused, shape_text, spread_out
from lstmlint.interpreter.contents import Index, moved, positions, sizes_of
from lstmlint.interpreter.dims import Dim, differ, least, symbol_dim, unknown_dim
from lstmlint.interpreter.dtypes import is_integer
from lstmlint.interpreter.slices import chosen, slice_length
from lstmlint.interpreter.values import Array, Const, Made, Sequence, Size, Slice, Unknown, Value, history

_WHOLE = Slice(Const(None), Const(None), Const(None))


@dataclass(frozen=True, slots=True)
class _Part:
    """One key as it acts: ``axis`` it takes (None: a new axis), and a Slice, an integer array, or nothing."""

    axis: int | None
    slice: Slice | None = None
    fancy: Array | None = None


def index_array(array: Array, keys: tuple[Value, ...], made: Made) -> Value:
    """``array[keys]``; Unknown beginning with ``numpy refuses`` where numpy certainly raises."""
    if array.shape is None or any(isinstance(key, Unknown) for key in keys):
        return _loose(array, None, made)
    keys = tuple(_plain(key) for key in keys)
    if array.flavour == "numpy":
        for key in keys:
            if isinstance(key, Const) and isinstance(key.value, (str, float)):
                return refused(f"{key.value!r} is no index", made)
    consumed = sum(_axes_taken(key) for key in keys)
    if consumed > len(array.shape):
        return refused(f"too many indices: {consumed} for an array of shape {shape_text(array.shape)}", made)
    missing = len(array.shape) - consumed
    parts = (
        None if not missing and _between_arrays(keys) else _parts(array.shape, list(_without_ellipsis(keys, missing)))
    )
    if parts is None:
        return _loose(array, None, made)
    if isinstance(parts, Unknown):
        return replace(parts, made=made)
    return _indexed(array, parts, made)


def _loose(array: Array, shape: tuple[Dim, ...] | None, made: Made) -> Array:
    return Array(shape, array.dtype, None, array.low, array.high, array.flavour, made, boxed=array.boxed)


def _plain(key: Value) -> Value:
    """Lists as arrays; a number that numpy gave as the integer it is."""
    match key:
        case Sequence():
            return from_nested(key) or Unknown("an index that is not known")
        case Array(shape=(), elements=(int() as number,)) if not isinstance(number, bool):
            return Const(number)
        case Array(shape=(), dtype=dtype) if is_integer(dtype):
            return Size(unknown_dim())
        case _:
            return key


def _axes_taken(key: Value) -> int:
    match key:
        case Const(value=value) if value is None or value is Ellipsis or isinstance(value, bool):
            return 0
        case Array(dtype="bool", shape=tuple() as shape):
            return len(shape)
        case _:
            return 1


def _between_arrays(keys: tuple[Value, ...]) -> bool:
    """Whether ``...`` stands between arrays: numpy puts their axes first, also where it stands for no axis."""
    place = next((i for i, key in enumerate(keys) if isinstance(key, Const) and key.value is Ellipsis), None)
    sides = () if place is None else (keys[:place], keys[place + 1 :])
    return bool(sides) and all(any(isinstance(key, Array) for key in side) for side in sides)


def _without_ellipsis(keys: tuple[Value, ...], missing: int) -> Iterator[Value]:
    seen = False
    for key in keys:
        if isinstance(key, Const) and key.value is Ellipsis:
            if not seen:
                yield from [_WHOLE] * missing
            seen = True
        else:
            yield key
    if not seen:
        yield from [_WHOLE] * missing


def _parts(shape: tuple[Dim, ...], keys: list[Value]) -> list[_Part] | Unknown | None:
    """What each key does; Unknown where numpy refuses one, None where one cannot be told."""
    parts: list[_Part] = []
    axis = 0
    for key in keys:
        found = _part(shape, axis, key)
        if found is None or isinstance(found, Unknown):
            return found
        parts.extend(found)
        axis += sum(part.axis is not None for part in found)
    return parts


def _part(shape: tuple[Dim, ...], axis: int, key: Value) -> list[_Part] | Unknown | None:
    match key:
        case Const(value=None):
            return [_Part(None)]
        case Slice():
            floats = any(isinstance(p, Const) and isinstance(p.value, float) for p in (key.start, key.stop, key.step))
            zero = isinstance(key.step, Const) and key.step.value == 0 and key.step.value is not None
            return refused("slice indices must be integers, the step not 0") if floats or zero else [_Part(axis, key)]
        case Const(value=bool()):
            return None
        case Const(value=int() as number):
            return _integer(shape, axis, number)
        case Size():
            return [_Part(axis, None, Array((), "int64"))]
        case Array(dtype="bool", shape=tuple() as mask):
            return _mask(shape, axis, key, mask)
        case Array(shape=tuple()):
            return _integers(shape, axis, key)
        case _:
            return None


def _integer(shape: tuple[Dim, ...], axis: int, number: int) -> list[_Part] | Unknown:
    size = shape[axis].value
    if size is not None and not -size <= number < size:
        return refused(f"index {number} is out of bounds for axis {axis} of size {size}")
    return [_Part(axis, None, Array((), "int64", (number,)))]


def _integers(shape: tuple[Dim, ...], axis: int, key: Array) -> list[_Part] | Unknown | None:
    if key.elements == () and key.dtype == "float64":
        return [_Part(axis, None, replace(key, dtype="int64"))]
    if key.dtype is None:
        # A mask of the axis, or the positions to take: one axis either way.
        return [_Part(axis, None, Array((unknown_dim(),), "int64"))] if key.rank == 1 else None
    if not is_integer(key.dtype):
        return refused(f"arrays of {key.dtype} are no indices")
    size = shape[axis].value
    for number in key.elements or ():
        if size is not None and isinstance(number, int) and not -size <= number < size:
            return refused(f"index {number} is out of bounds for axis {axis} of size {size}")
    return [_Part(axis, None, key)]


def _mask(shape: tuple[Dim, ...], axis: int, key: Array, mask: tuple[Dim, ...]) -> list[_Part] | Unknown | None:
    if not mask:
        return None
    covered = shape[axis : axis + len(mask)]
    for own, other in zip(covered, mask, strict=True):
        if differ(own, other) and (own.known or least(own) > 0):
            return refused(f"a mask of shape {shape_text(mask)} does not fit {shape_text(covered)}")
    sizes = sizes_of(mask)
    if sizes is None or key.elements is None:
        count = unknown_dim()
        return [_Part(axis + i, None, Array((count,), "int64")) for i in range(len(mask))]
    found = [index for index, kept in zip(positions(sizes), key.elements, strict=True) if kept]
    columns = [tuple(index[i] for index in found) for i in range(len(mask))]
    return [_Part(axis + i, None, Array((Dim(len(found)),), "int64", column)) for i, column in enumerate(columns)]


def _indexed(array: Array, parts: list[_Part], made: Made) -> Value:
    assert array.shape is not None
    fancy = [part.fancy for part in parts if part.fancy is not None]
    together: Any = ()
    for one in fancy:
        together = broadcast(together, one.shape)
        if together is None:
            return _loose(array, None, made)
        if isinstance(together, Unknown):
            return replace(together, made=made)
    at = _fancy_position(parts)
    plain = [(part, _size(array.shape, part)) for part in parts if part.fancy is None]
    dims = [size for _, size in plain]
    shape = (*dims[:at], *together, *dims[at:])
    elements = _contents(array, parts, shape, together, at)
    if elements is None and shape == () and (array.dtype == "object" or array.boxed):
        return _object(array, made)
    found = _loose(array, shape, made)
    if elements is None:
        return found
    low, high = bounds(elements)
    return replace(found, elements=elements, low=low, high=high)


def _object(array: Array, made: Made) -> Value:
    """An item of an array of objects: those of the texts of ``keras.datasets`` are lists of word ids."""
    if any(step.operation.startswith("keras.datasets.") for step in history(array)):
        word = Array((), "int64", None, array.low, array.high, made=made)
        return Sequence("list", None, symbol_dim("words"), word, made)
    return Unknown("an item of an array of objects", made)


def _size(shape: tuple[Dim, ...], part: _Part) -> Dim:
    return Dim(1) if part.axis is None or part.slice is None else slice_length(shape[part.axis], part.slice)


def _fancy_position(parts: list[_Part]) -> int:
    """Where the axes of integer arrays go: in their place if they stand side by side, else in front."""
    where = [i for i, part in enumerate(parts) if part.fancy is not None]
    if not where or where[-1] - where[0] >= len(where):
        return 0
    return where[0]


def _contents(
    array: Array, parts: list[_Part], shape: tuple[Dim, ...], together: tuple[Dim, ...], at: int
) -> tuple[Any, ...] | None:
    own = sizes_of(array.shape)
    if own is None or array.elements is None or sizes_of(shape) is None:
        return None
    picks: list[Any] = []
    for part in parts:
        picks.append(_pick(part, own, together))
        if picks[-1] is None:
            return None
    return moved(array, shape, _source(parts, picks, own, sizes_of(together) or (), at))


def _pick(part: _Part, own: Index, together: tuple[Dim, ...]) -> Any:
    if part.fancy is not None:
        return spread_out(part.fancy, together)
    return chosen(part.slice, own[part.axis]) if part.slice is not None and part.axis is not None else ()


def _source(parts: list[_Part], picks: list[Any], own: Index, together: Index, at: int) -> Any:
    """From an index of the result to the index of the array that it shows."""
    wide = len(together)

    def source(index: Index) -> Index:
        inside, rest = index[at : at + wide], iter(index[:at] + index[at + wide :])
        flat = 0
        for size, i in zip(together, inside, strict=True):
            flat = flat * size + i
        found = []
        for part, pick in zip(parts, picks, strict=True):
            position = flat if part.fancy is not None else next(rest)
            if part.axis is not None:
                found.append(pick[position] % own[part.axis])
        return tuple(found)

    return source
