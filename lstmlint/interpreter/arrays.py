"""Arrays from nested lists, broadcasting, arithmetic and indexing: what numpy itself does to shapes and contents."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from lstmlint.interpreter.dims import Comparison, Dim, compare, differ, floor_divide, product, same, unknown_dim
from lstmlint.interpreter.join import element_of
from lstmlint.interpreter.values import Array, Const, Made, Scalar, Sequence, Size, Slice, Table, Unknown, Value
from lstmlint.keras_model.graph import dim_of

#: Contents are kept for arrays of at most this many elements.
MOST_ELEMENTS = 2048
_KINDS = {bool: "bool", int: "int64", float: "float64", complex: "complex128", str: "str"}


def scalar_dtype(value: Scalar) -> str | None:
    return _KINDS.get(type(value))


def wider(left: str | None, right: str | None) -> str | None:
    """The dtype of arithmetic between two, as numpy promotes the common ones."""
    if left == right:
        return left
    order = ["bool", "uint8", "int8", "int16", "int32", "int64", "float16", "float32", "float64", "complex128"]
    if left in order and right in order:
        wide = max(left, right, key=order.index)
        if wide == "float32" and {left, right} & {"int32", "int64"}:
            return "float64"
        return wide
    return None


def from_nested(value: Value, made: Made | None = None, dtype: str | None = None) -> Array | None:
    """``np.array(value)``: None where the value is not a nesting of numbers; ragged lists give dtype object."""
    match value:
        case Array():
            return Array(value.shape, dtype or value.dtype, value.elements, value.low, value.high, "numpy", made)
        case Table(rows=rows, width=width):
            return Array((rows, width), dtype or value.dtype, made=made)
        case Const(value=bool() | int() | float() | str() | complex() as scalar):
            bounds = _bounds([scalar])
            return Array((), dtype or scalar_dtype(scalar), (scalar,), *bounds, made=made)
        case Size():
            return Array((), dtype or "int64", made=made)
        case Sequence():
            return _from_sequence(value, made, dtype)
        case _:
            return None


def _from_sequence(value: Sequence, made: Made | None, dtype: str | None) -> Array | None:
    if value.items is None:
        inner = None if value.element is None else from_nested(value.element)
        if inner is None or inner.shape is None:
            return Array(None, dtype, made=made)
        return Array((value.length, *inner.shape), dtype or inner.dtype, None, inner.low, inner.high, made=made)
    if not value.items:
        return Array((Dim(0),), dtype or "float64", (), made=made)
    inner_arrays = [from_nested(item) for item in value.items]
    if any(array is None for array in inner_arrays):
        return Array(None, dtype, made=made)
    return stacked([array for array in inner_arrays if array is not None], made, dtype)


def stacked(arrays: list[Array], made: Made | None, dtype: str | None = None) -> Array:
    """Equal shapes become one array with a new first axis; shapes that certainly differ give an array of objects."""
    shapes = [array.shape for array in arrays]
    if any(shape is None for shape in shapes):
        return Array(None, dtype, made=made)
    first = shapes[0]
    assert first is not None
    if any(shape is not None and _certainly_unequal(shape, first) for shape in shapes):
        return Array((Dim(len(arrays)),), dtype or "object", made=made)
    count = sum(len(array.elements or ()) for array in arrays)
    known = all(array.elements is not None for array in arrays) and count <= MOST_ELEMENTS
    kind = arrays[0].dtype
    for array in arrays[1:]:
        kind = wider(kind, array.dtype)
    elements = tuple(e for array in arrays for e in array.elements or ()) if known else None
    low, high = _combined_bounds(arrays)
    return Array((Dim(len(arrays)), *first), dtype or kind, elements, low, high, made=made)


def _certainly_unequal(left: tuple[Dim, ...], right: tuple[Dim, ...]) -> bool:
    return len(left) != len(right) or any(differ(a, b) for a, b in zip(left, right, strict=True))


def _combined_bounds(arrays: Iterable[Array]) -> tuple[float | None, float | None]:
    lows, highs = [a.low for a in arrays], [a.high for a in arrays]
    known_lows = [low for low in lows if low is not None]
    known_highs = [high for high in highs if high is not None]
    return (
        min(known_lows) if len(known_lows) == len(lows) and lows else None,
        max(known_highs) if len(known_highs) == len(highs) and highs else None,
    )


def _bounds(elements: Iterable[Scalar]) -> tuple[float | None, float | None]:
    numbers = list(elements)
    if not numbers or not all(isinstance(n, (bool, int, float)) for n in numbers):
        return None, None
    try:
        floats = [float(n) for n in numbers]  # type: ignore[arg-type]
    except OverflowError:
        return None, None
    return (None, None) if any(f != f for f in floats) else (min(floats), max(floats))


def with_elements(shape: tuple[Dim, ...], dtype: str | None, elements: Iterable[Scalar], made: Made | None) -> Array:
    """An array with known contents, its bounds taken from them."""
    contents = tuple(elements)
    return Array(shape, dtype, contents, *_bounds(contents), made=made)


def broadcast(left: tuple[Dim, ...] | None, right: tuple[Dim, ...] | None) -> tuple[Dim, ...] | Unknown | None:
    """The shape of ``left + right``; Unknown with the reason where numpy certainly refuses."""
    if left is None or right is None:
        return None
    rank = max(len(left), len(right))
    one = Dim(1)
    padded = [(one,) * (rank - len(shape)) + shape for shape in (left, right)]
    dims = []
    for a, b in zip(*padded, strict=True):
        if a == one:
            dims.append(b)
        elif b == one or same(a, b):
            dims.append(a)
        elif compare(a, b) is Comparison.DIFFERENT and a.known and b.known:
            return Unknown(f"shapes {_text(left)} and {_text(right)} do not broadcast")
        else:
            dims.append(a if a.known and not b.known else (b if b.known and not a.known else unknown_dim()))
    return tuple(dims)


def _text(shape: tuple[Dim, ...]) -> str:
    return f"({', '.join(map(str, shape))})"


def elementwise(
    left: Array, right: Array, function: Callable[[Any, Any], Any] | None, dtype: str | None, made: Made
) -> Value:
    """``left <op> right`` with numpy's broadcasting; contents where both are known and shapes are equal or scalar."""
    shape = broadcast(left.shape, right.shape)
    if isinstance(shape, Unknown):
        return shape
    flavour = next((a.flavour for a in (left, right) if a.flavour != "numpy"), "numpy")
    elements = _zipped(left, right, function)
    if elements is None or shape is None:
        return Array(shape, dtype, flavour=flavour, made=made)
    low, high = _bounds(elements)
    return Array(shape, dtype, elements, low, high, flavour, made)


def _zipped(left: Array, right: Array, function: Callable[[Any, Any], Any] | None) -> tuple[Scalar, ...] | None:
    if function is None or left.elements is None or right.elements is None:
        return None
    a, b = left.elements, right.elements
    if left.shape != right.shape:
        if len(a) == 1 and left.rank is not None and left.rank <= (right.rank or 0):
            a = a * len(b)
        elif len(b) == 1 and right.rank is not None and right.rank <= (left.rank or 0):
            b = b * len(a)
        else:
            return None
    try:
        return tuple(function(x, y) for x, y in zip(a, b, strict=True))
    except (ArithmeticError, TypeError, ValueError):
        return None


# --- indexing ---------------------------------------------------------------------------------------------------------


def index_array(array: Array, keys: tuple[Value, ...], made: Made) -> Value:
    """``array[keys]`` for integers, slices, None, Ellipsis, masks and integer arrays, as numpy indexes."""
    if array.shape is None:
        return Array(None, array.dtype, None, array.low, array.high, array.flavour, made)
    consumed = sum(_axes_taken(key) for key in keys)
    if consumed > len(array.shape):
        return Unknown(f"too many indices: {consumed} for an array of {len(array.shape)} axes", made)
    expanded = list(_without_ellipsis(keys, len(array.shape) - consumed))
    if any(isinstance(key, Unknown) for key in expanded):
        return Array(None, array.dtype, None, array.low, array.high, array.flavour, made)
    shape = _indexed_shape(array.shape, expanded)
    elements = _indexed_elements(array, expanded)
    if shape == () and elements is not None:
        return Array((), array.dtype, elements, *_bounds(elements), flavour=array.flavour, made=made)
    return Array(shape, array.dtype, elements, array.low, array.high, array.flavour, made)


def _axes_taken(key: Value) -> int:
    match key:
        case Const(value=value) if value is None or value is Ellipsis:
            return 0
        case Array(dtype="bool", shape=tuple() as shape):
            return len(shape)
        case _:
            return 1


def _without_ellipsis(keys: tuple[Value, ...], missing: int) -> Iterator[Value]:
    whole = Slice(Const(None), Const(None), Const(None))
    seen = False
    for key in keys:
        if isinstance(key, Const) and key.value is Ellipsis:
            if not seen:
                yield from [whole] * missing
            seen = True
        else:
            yield key
    if not seen:
        yield from [whole] * missing


def _indexed_shape(shape: tuple[Dim, ...], keys: list[Value]) -> tuple[Dim, ...] | None:
    result: list[Dim] = []
    fancy: list[tuple[Dim, ...]] = []
    fancy_at: int | None = None
    axis = 0
    for key in keys:
        match key:
            case Const(value=None):
                result.append(Dim(1))
                continue
            case Slice():
                result.append(slice_length(shape[axis], key))
            case Array(dtype="bool", shape=tuple() as mask):
                fancy_at = len(result) if fancy_at is None else fancy_at
                fancy.append((unknown_dim(),))
                axis += len(mask)
                continue
            case Array() | Sequence():
                inner = from_nested(key)
                if inner is None or inner.shape is None:
                    return None
                fancy_at = len(result) if fancy_at is None else fancy_at
                fancy.append((unknown_dim(),) if inner.dtype == "bool" else inner.shape)
            case Const(value=bool()):
                return None
            case Const(value=int()) | Size():
                pass
            case _:
                return None
        axis += 1
    if fancy:
        together: Any = fancy[0]
        for other in fancy[1:]:
            together = broadcast(together, other)
        if together is None or isinstance(together, Unknown):
            return None
        assert fancy_at is not None
        result[fancy_at:fancy_at] = together
    return tuple(result)


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
        return unknown_dim()
    if size.known and all(bound is _ABSENT or bound.known for bound in (start, stop)):
        marks = [None if bound is _ABSENT else bound.constant for bound in (start, stop)]
        return Dim(len(range(*slice(marks[0], marks[1], stride).indices(size.constant))))
    if stride < 0:
        return size if start is _ABSENT and stop is _ABSENT and stride == -1 else unknown_dim()
    first = Dim(0) if start is _ABSENT else _from_end(start, size)
    last = size if stop is _ABSENT else _from_end(stop, size)
    length = last - first
    if length.known and length.constant < 0:
        return Dim(0)
    if stride == 1:
        return length
    return floor_divide(length + (stride - 1), Dim(stride))


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


def _indexed_elements(array: Array, keys: list[Value]) -> tuple[Scalar, ...] | None:
    if array.elements is None or array.shape is None or not all(dim.known for dim in array.shape):
        return None
    picks: list[list[int]] = []
    axis = 0
    for key in keys:
        if isinstance(key, Const) and key.value is None:
            continue
        size = array.shape[axis].constant
        chosen = _chosen(key, size)
        if chosen is None:
            return None
        picks.append(chosen)
        axis += 1
    sizes = [dim.constant for dim in array.shape]
    strides = [1] * len(sizes)
    for i in range(len(sizes) - 2, -1, -1):
        strides[i] = strides[i + 1] * sizes[i + 1]
    offsets = [0]
    for chosen, stride in zip(picks, strides, strict=True):
        offsets = [offset + index * stride for offset in offsets for index in chosen]
    return tuple(array.elements[offset] for offset in offsets)


def _chosen(key: Value, size: int) -> list[int] | None:
    match key:
        case Slice():
            bounds = [None if b is _ABSENT else b for b in map(_bound, (key.start, key.stop, key.step))]
            if any(
                b is None and not _is_absent(k) for b, k in zip(bounds, (key.start, key.stop, key.step), strict=True)
            ):
                return None
            numbers = [None if b is None else b.value for b in bounds]
            if any(n is None and b is not None for n, b in zip(numbers, bounds, strict=True)) or numbers[2] == 0:
                return None
            return list(range(*slice(*numbers).indices(size)))
        case Const(value=int() as index) if not isinstance(index, bool) and -size <= index < size:
            return [index % size]
        case _:
            return None


def _is_absent(value: Value) -> bool:
    return isinstance(value, Const) and value.value is None


def total(array: Array) -> Dim | None:
    """The number of elements."""
    return None if array.shape is None else product(array.shape)


OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "//": operator.floordiv,
    "%": operator.mod,
}


def sequence_element(value: Sequence) -> Value:
    """What an item of a sequence is like; Unknown for an empty one."""
    return element_of(value) or Unknown("an item of an empty list")
