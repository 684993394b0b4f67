"""Arrays from nested lists, broadcasting and arithmetic: what numpy itself does to shapes and contents."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from lstmlint.interpreter.contents import MOST_ELEMENTS, Index, moved
from lstmlint.interpreter.dims import Comparison, Dim, compare, product, same, unknown_dim
from lstmlint.interpreter.dtypes import convert, scalar_dtype, wider
from lstmlint.interpreter.options import options_of
from lstmlint.interpreter.slices import slice_length
from lstmlint.interpreter.values import Array, Const, Made, Scalar, Sequence, Size, Table, Unknown, Value
from lstmlint.keras_model.graph import unlike

#: numpy's own bound on the number of axes.
MOST_AXES = 64


def refused(why: str, made: Made | None = None) -> Unknown:
    """What a call gives that numpy certainly raises at."""
    return Unknown(f"numpy refuses: {why}", made and replace(made, refused=why))


def refusal(value: Value) -> str | None:
    """Why numpy raises where this value was made; None where it does not, or that cannot be told."""
    match value:
        case Unknown(why=why) if why.startswith("numpy refuses: "):
            return why.removeprefix("numpy refuses: ")
        case Array(made=Made(refused=why)) if why:
            return why
        case _:
            return None


def shape_text(shape: Iterable[Dim] | None) -> str:
    """``(n, 3)``, ``(5,)``; ``?`` where the rank is not known."""
    if shape is None:
        return "?"
    parts = [str(dim) for dim in shape]
    return f"({parts[0]},)" if len(parts) == 1 else f"({', '.join(parts)})"


# --- from nested lists ------------------------------------------------------------------------------------------------


def from_nested(value: Value, made: Made | None = None, dtype: str | None = None) -> Array | None:
    """``np.array(value)``: None where the value is not a nesting of numbers; ragged lists give dtype object."""
    match value:
        case Array():
            return cast(replace(value, flavour="numpy", made=made, name=None), dtype)
        case Table(rows=rows, width=width):
            return Array((rows, width), dtype or value.dtype, made=made)
        case Const(value=bool() | int() | float() | str() | complex() as scalar):
            fits = not isinstance(scalar, int) or abs(scalar) < 2**63
            return cast(with_elements((), scalar_dtype(scalar) if fits else None, (scalar,), made), dtype)
        case Size(dim=dim):
            low, high = bounds(options_of(dim))
            return cast(Array((), "int64", low=low, high=high, made=made), dtype)
        case Unknown(text=True):
            return cast(Array((), "str", made=made), dtype)
        case Sequence(kind="set"):
            return Array((), "object", made=made)
        case Sequence():
            return _from_sequence(value, made, dtype)
        case _:
            return None


def may_hold_lists(column: Value) -> bool:
    """Whether a cell of what becomes a column may be a list: a list's lists do, an array of more axes is refused."""
    match column:
        case Array():
            return column.boxed or column.dtype == "object"
        case Const() | Size():
            return False
        case _:
            array = from_nested(column)
            return array is None or array.boxed or array.dtype == "object" or array.rank not in (0, 1)


def cast(array: Array, dtype: str | None) -> Array:
    """``array.astype(dtype)``; contents and bounds stay where the new type holds them."""
    if dtype is None or dtype == array.dtype:
        return array
    elements = None if array.elements is None else convert(array.elements, dtype)
    keeps = dtype in ("float64", "float32") or _holds(dtype, array)
    low, high = bounds(elements) if elements is not None else (array.low, array.high) if keeps else (None, None)
    return replace(array, dtype=dtype, elements=elements, low=low, high=high)


def _holds(dtype: str, array: Array) -> bool:
    """Whether a type of whole numbers has all between the bounds of others."""
    sign, bits = dtype.startswith("int"), dtype.removeprefix("u").removeprefix("int")
    if not bits.isdigit() or not (array.dtype or "").startswith(("int", "uint")):
        return False
    least, most = (-(2 ** (int(bits) - 1)) if sign else 0), 2 ** (int(bits) - sign) - 1
    known = array.low is not None and array.high is not None
    return dtype == "int64" or (known and least <= (array.low or 0) and (array.high or 0) <= most)


def _from_sequence(value: Sequence, made: Made | None, dtype: str | None) -> Array | None:
    if value.length == Dim(0):
        return Array((Dim(0),), dtype or "float64", (), made=made)
    if value.items is None:
        inner = None if value.element is None else from_nested(value.element)
        if inner is None or inner.shape is None:
            return Array(None, dtype, made=made)
        whole = Array((value.length, *inner.shape), inner.dtype, None, inner.low, inner.high, made=made)
        return cast(whole, dtype)
    once = {key: from_nested(item) for key, item in {id(item): item for item in value.items}.items()}
    inner_arrays = [once[id(item)] for item in value.items]
    if any(array is None for array in inner_arrays):
        return Array(None, dtype, made=made)
    whole = stacked([array for array in inner_arrays if array is not None], made, dtype)
    nested = any(
        isinstance(i, Sequence) and a.dtype == "object" for i, a in zip(value.items, inner_arrays, strict=False) if a
    )
    return _ragged(whole) if nested and dtype != "object" else whole


def _ragged(array: Array) -> Array:
    why = "the items have different shapes, and the array is not said to be one of objects"
    return array if array.made is None else replace(array, made=replace(array.made, refused=why))


def stacked(arrays: list[Array], made: Made | None, dtype: str | None = None) -> Array:
    """Equal shapes become one array with a new first axis; shapes that certainly differ give an array of objects."""
    shapes = [array.shape for array in arrays if array.shape is not None]
    if len(shapes) < len(arrays):
        return Array(None, dtype, made=made)
    if any(unlike(shape, shapes[0]) for shape in shapes):
        ragged = Array((Dim(len(arrays)),), dtype or "object", made=made)
        return ragged if dtype == "object" else _ragged(ragged)
    kind = common_dtype(arrays)
    shape = (Dim(len(arrays)), *(common_dim(dims) for dims in zip(*shapes, strict=True)))
    elements = joined_elements(arrays, kind)
    low, high = combined_bounds(arrays)
    return cast(Array(shape, kind, elements, low, high, made=made), dtype)


def common_dtype(arrays: Iterable[Array]) -> str | None:
    """What arrays put together hold: text as soon as one of them does."""
    kinds = [array.dtype for array in arrays]
    kind = kinds[0] if kinds else None
    for other in kinds[1:]:
        kind = "str" if "str" in (kind, other) and None not in (kind, other) else wider(kind, other)
    return kind


def common_dim(dims: Iterable[Dim]) -> Dim:
    """The size that several sizes are, if they are one: a known one, else the first with a name."""
    return min(dims, key=lambda dim: (not dim.known, dim.anonymous))


def joined_elements(arrays: list[Array], dtype: str | None) -> tuple[Scalar, ...] | None:
    """The contents of several arrays one after the other."""
    if any(array.elements is None for array in arrays):
        return None
    if sum(len(array.elements or ()) for array in arrays) > MOST_ELEMENTS:
        return None
    return convert((element for array in arrays for element in array.elements or ()), dtype)


def combined_bounds(arrays: Iterable[Array]) -> tuple[float | None, float | None]:
    """Bounds that hold for the contents of all; an empty array has none to hold."""
    filled = [array for array in arrays if array.elements != ()]
    lows = [array.low for array in filled]
    highs = [array.high for array in filled]
    return (
        None if not lows or None in lows else min(low for low in lows if low is not None),
        None if not highs or None in highs else max(high for high in highs if high is not None),
    )


def bounds(elements: Iterable[Scalar]) -> tuple[float | None, float | None]:
    """The least and greatest of known contents; None where they are no real numbers."""
    numbers = list(elements)
    if not numbers or not all(isinstance(n, (bool, int, float)) for n in numbers):
        return None, None
    try:
        floats = [float(n) for n in numbers]  # type: ignore[arg-type]
    except OverflowError:
        return None, None
    return (None, None) if any(f != f for f in floats) else (min(floats), max(floats))


def with_elements(
    shape: tuple[Dim, ...], dtype: str | None, elements: Iterable[Scalar], made: Made | None, flavour: str = "numpy"
) -> Array:
    """An array with known contents, its bounds taken from them."""
    contents = tuple(elements)
    return Array(shape, dtype, contents, *bounds(contents), flavour=flavour, made=made)


# --- broadcasting and arithmetic --------------------------------------------------------------------------------------


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
            return refused(f"shapes {shape_text(left)} and {shape_text(right)} do not broadcast")
        else:
            dims.append(a if a.known and not b.known else (b if b.known and not a.known else unknown_dim()))
    return tuple(dims)


def elementwise(
    left: Array, right: Array, function: Callable[[Any, Any], Any] | None, dtype: str | None, made: Made
) -> Value:
    """``left <op> right`` with numpy's broadcasting; contents where both are known."""
    shape = broadcast(left.shape, right.shape)
    if isinstance(shape, Unknown):
        return Unknown(shape.why, made)
    flavour = next((a.flavour for a in (left, right) if a.flavour != "numpy"), "numpy")
    elements = _zipped(left, right, shape, function, dtype)
    if elements is None or shape is None:
        return Array(shape, dtype, flavour=flavour, made=made)
    return with_elements(shape, dtype, elements, made, flavour)


def _zipped(
    left: Array, right: Array, shape: tuple[Dim, ...] | None, function: Callable[[Any, Any], Any] | None, dtype: Any
) -> tuple[Scalar, ...] | None:
    if function is None or dtype is None:
        return None
    a, b = spread_out(left, shape), spread_out(right, shape)
    if a is None or b is None:
        return None
    try:
        return convert((function(x, y) for x, y in zip(a, b, strict=True)), dtype)
    except (ArithmeticError, TypeError, ValueError):
        return None


def spread_out(array: Array, shape: tuple[Dim, ...] | None) -> tuple[Scalar, ...] | None:
    """The contents of an array broadcast to ``shape``."""
    if array.shape is None or shape is None or array.shape == shape:
        return array.elements
    skipped, ones = len(shape) - len(array.shape), [dim == Dim(1) for dim in array.shape]

    def source(index: Index) -> Index:
        return tuple(0 if one else i for one, i in zip(ones, index[skipped:], strict=True))

    return moved(array, shape, source)


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


__all__ = [
    "MOST_ELEMENTS",
    "OPERATORS",
    "broadcast",
    "elementwise",
    "from_nested",
    "refusal",
    "refused",
    "scalar_dtype",
    "slice_length",
    "stacked",
    "total",
    "wider",
]
