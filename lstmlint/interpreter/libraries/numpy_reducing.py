"""numpy's functions and methods that fold an axis: sums, means, extremes, positions of extremes."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from collections.abc import Sequence as Items
from dataclasses import dataclass, replace
from typing import Any

from lstmlint.interpreter.arrays import bounds, refused, shape_text, total
from lstmlint.interpreter.contents import sizes_of
from lstmlint.interpreter.dims import Dim, product, unknown_dim
from lstmlint.interpreter.dtypes import convert, is_integer, is_number
from lstmlint.interpreter.libraries.numpy_shaping import like, permuted
from lstmlint.interpreter.library import Call, function, method
from lstmlint.interpreter.requests import argument, axes_of, dtype, given
from lstmlint.interpreter.values import Array, Made, Scalar, Table, Unknown, Value


def _mean(line: Items[Any]) -> float:
    return math.fsum(line) / len(line)


def _variance(line: Items[Any]) -> float:
    middle = _mean(line)
    return math.fsum((x - middle) ** 2 for x in line) / len(line)


def _median(line: Items[Any]) -> float:
    ordered = sorted(line)
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


def _summed(kind: str | None) -> str | None:
    if kind == "bool" or is_integer(kind):
        return "uint64" if kind is not None and kind.startswith("u") else "int64"
    return kind


def _averaged(kind: str | None) -> str | None:
    return "float64" if kind == "bool" or is_integer(kind) else kind


def _same(kind: str | None) -> str | None:
    return kind


def _position(kind: str | None) -> str | None:
    return "int64"


def _truth(kind: str | None) -> str | None:
    return "bool"


@dataclass(frozen=True, slots=True)
class _Fold:
    """What one line of elements becomes, of which type; ``within`` says that it stays inside their bounds."""

    compute: Callable[[Items[Any]], Any] | None
    dtype: Callable[[str | None], str | None]
    within: bool = False
    needs_one: bool = False


_FOLDS: dict[str, _Fold] = {
    "sum": _Fold(sum, _summed),
    "prod": _Fold(math.prod, _summed),
    "mean": _Fold(_mean, _averaged, within=True),
    "var": _Fold(_variance, _averaged),
    "std": _Fold(lambda line: math.sqrt(_variance(line)), _averaged),
    "min": _Fold(min, _same, within=True, needs_one=True),
    "max": _Fold(max, _same, within=True, needs_one=True),
    "ptp": _Fold(lambda line: max(line) - min(line), _same, needs_one=True),
    "all": _Fold(lambda line: all(line), _truth),
    "any": _Fold(lambda line: any(line), _truth),
    "median": _Fold(_median, _averaged, within=True),
    "argmax": _Fold(lambda line: max(range(len(line)), key=line.__getitem__), _position, needs_one=True),
    "argmin": _Fold(lambda line: min(range(len(line)), key=line.__getitem__), _position, needs_one=True),
    "count_nonzero": _Fold(lambda line: sum(map(bool, line)), _position),
}
_OTHER_NAMES = {"amin": "min", "amax": "max", "product": "prod"}
_NAN = {
    f"nan{name}": name for name in ("sum", "prod", "mean", "var", "std", "min", "max", "median", "argmax", "argmin")
}


def _fold_of(name: str) -> tuple[str, _Fold]:
    plain = name.rpartition(".")[2]
    plain = _OTHER_NAMES.get(plain, _NAN.get(plain, plain))
    return plain, _FOLDS[plain]


_FUNCTIONS = {
    "a, axis=None, dtype=None, out=None, keepdims=False, initial=None, where=True": "sum prod nansum nanprod product",
    "a, axis=None, dtype=None, out=None, keepdims=False, *, where=True": "mean nanmean",
    "a, axis=None, dtype=None, out=None, ddof=0, keepdims=False, *, where=True, mean=None": "std var nanstd nanvar",
    "a, axis=None, out=None, keepdims=False, initial=None, where=True": "min max amin amax ptp nanmin nanmax",
    "a, axis=None, out=None, keepdims=False, *, where=True": "any all argmax argmin nanargmax nanargmin",
    "a, axis=None, out=None, overwrite_input=False, keepdims=False": "median nanmedian",
    "a, axis=None, *, keepdims=False": "count_nonzero",
}
_METHODS = {
    "axis=None, dtype=None, out=None, keepdims=False, **kwargs": "sum prod mean",
    "axis=None, dtype=None, out=None, ddof=0, keepdims=False, **kwargs": "std var",
    "axis=None, out=None, keepdims=False, **kwargs": "min max ptp any all argmax argmin",
}


def _fold_function(call: Call) -> Value:
    value = call["a"]
    if isinstance(value, Table) and call.is_none("axis"):
        return call.unknown("a reduction of a table")
    return folded(call, argument(call, "a"), call.made(value))


def _fold_method(call: Call) -> Value:
    return folded(call, call.receiver, call.made(call.receiver))


for _parameters, _names in _FUNCTIONS.items():
    function(" ".join(f"numpy.{name}" for name in _names.split()), _parameters)(_fold_function)
for _parameters, _names in _METHODS.items():
    method("Array", _names, _parameters)(_fold_method)


def folded(call: Call, array: Array, made: Made) -> Value:
    """A reduction along the axes asked for."""
    name, fold = _fold_of(call.name)
    kind = dtype(call).of(fold.dtype(array.dtype) if is_number(array.dtype) or name in ("all", "any") else None)
    axes = _axes(call, array)
    keep = call.flag("keepdims")
    if isinstance(axes, Unknown):
        return replace(axes, made=made)
    if array.shape is None or axes is None or keep is None:
        return Array(_open_shape(call, array, keep), kind, None, *_limits(array, fold), made=made)
    reduced = [array.shape[axis] for axis in axes]
    if fold.needs_one and any(dim == Dim(0) for dim in reduced) and _not_empty(array.shape, axes, name):
        return refused(f"{name} of an empty axis of {shape_text(array.shape)}", made)
    kept = [(Dim(1) if i in axes else dim) for i, dim in enumerate(array.shape) if keep or i not in axes]
    found = Array(tuple(kept), kind, None, *_limits(array, fold), made=made)
    return _with_contents(call, array, axes, fold, found)


def _not_empty(shape: tuple[Dim, ...], axes: tuple[int, ...], name: str) -> bool:
    """Whether there is a result to be found: an empty result asks nothing of the empty axis."""
    return name.startswith("arg") or all(dim != Dim(0) for i, dim in enumerate(shape) if i not in axes)


def _axes(call: Call, array: Array) -> tuple[int, ...] | Unknown | None:
    if array.shape is None:
        return None
    return tuple(range(len(array.shape))) if not given(call, "axis") else axes_of(call["axis"], len(array.shape))


def _open_shape(call: Call, array: Array, keep: bool | None) -> tuple[Dim, ...] | None:
    """The rank may be known where the sizes are not."""
    if call.is_none("axis") and keep is False:
        return ()
    if array.shape is not None and keep is not None and call.dim("axis") is not None:
        return tuple(unknown_dim() for _ in range(len(array.shape) - (not keep)))
    return None


def _limits(array: Array, fold: _Fold) -> tuple[float | None, float | None]:
    return (array.low, array.high) if fold.within else (0.0, None) if fold.dtype is _position else (None, None)


def _with_contents(call: Call, array: Array, axes: tuple[int, ...], fold: _Fold, found: Array) -> Array:
    groups = _groups(array, axes)
    plain = not dtype(call).asked and call.integer("ddof") in (0, None) and not call.given & {"initial", "where"}
    if groups is None or fold.compute is None or found.dtype is None or not plain or sizes_of(found.shape) is None:
        return found
    if array.low is None or not (math.isfinite(array.low) and math.isfinite(array.high or 0.0)):
        return found
    try:
        elements = convert((fold.compute(group) for group in groups), found.dtype)
    except (ArithmeticError, ValueError, TypeError):
        return found
    return found if elements is None else like(found, found.shape, elements, found.made)  # type: ignore[arg-type]


def _groups(array: Array, axes: tuple[int, ...]) -> list[tuple[Scalar, ...]] | None:
    """The elements that fold together, for each element of the result."""
    assert array.shape is not None
    if sizes_of(array.shape) is None or array.elements is None or (array.made is None and not array.shape):
        return None if not array.elements else [array.elements]
    others = [i for i in range(len(array.shape)) if i not in axes]
    last = permuted(array, (*others, *axes), array.made)  # type: ignore[arg-type]
    width = product(array.shape[axis] for axis in axes).constant
    if last.elements is None or not width:
        return None
    return [last.elements[i : i + width] for i in range(0, len(last.elements), width)]


# --- quantiles and averages -------------------------------------------------------------------------------------------


@function(
    "numpy.percentile numpy.quantile numpy.nanpercentile numpy.nanquantile",
    "a, q, axis=None, out=None, overwrite_input=False, method='linear', keepdims=False, **kwargs",
)
def percentile(call: Call) -> Value:
    array, made = argument(call, "a"), call.made(call["a"])
    wanted = argument(call, "q").shape
    axes, keep = _axes(call, array), call.flag("keepdims")
    if isinstance(axes, Unknown):
        return replace(axes, made=made)
    if array.shape is None or axes is None or keep is None or wanted is None:
        return Array(None, None, None, array.low, array.high, made=made)
    kept = [(Dim(1) if i in axes else dim) for i, dim in enumerate(array.shape) if keep or i not in axes]
    kind = "float64" if array.dtype in ("float64", "bool") or is_integer(array.dtype) else None
    return Array((*wanted, *kept), kind, None, array.low, array.high, made=made)


@function("numpy.average", "a, axis=None, weights=None, returned=False, *, keepdims=False")
def average(call: Call) -> Value:
    if call.flag("returned") is not False:
        return call.unknown("an average and its weights")
    array, made = argument(call, "a"), call.made(call["a"])
    axes, keep = _axes(call, array), call.flag("keepdims")
    if isinstance(axes, Unknown):
        return replace(axes, made=made)
    if array.shape is None or axes is None or keep is None:
        return Array(None, made=made)
    kept = tuple((Dim(1) if i in axes else dim) for i, dim in enumerate(array.shape) if keep or i not in axes)
    kind = _averaged(array.dtype) if not given(call, "weights") else None
    return Array(kept, kind, made=made)


# --- along an axis, the shape kept ------------------------------------------------------------------------------------


@function("numpy.cumsum numpy.cumprod numpy.nancumsum numpy.nancumprod", "a, axis=None, dtype=None, out=None")
def cumulative(call: Call) -> Value:
    return _cumulated(call, argument(call, "a"), call.made(call["a"]))


@method("Array", "cumsum cumprod", "axis=None, dtype=None, out=None")
def cumulative_method(call: Call) -> Value:
    return _cumulated(call, call.receiver, call.made(call.receiver))


def _cumulated(call: Call, array: Array, made: Made) -> Value:
    kind = dtype(call).of(_summed(array.dtype) if is_number(array.dtype) else None)
    if array.shape is None:
        return Array((unknown_dim(),) if call.is_none("axis") else None, kind, made=made)
    if call.is_none("axis"):
        count = total(array)
        shape: tuple[Dim, ...] = (count,) if count is not None else (unknown_dim(),)
        found = Array(shape, kind, made=made)
        return _running(call, array, found)
    axes = axes_of(call["axis"], len(array.shape))
    if isinstance(axes, Unknown):
        return replace(axes, made=made)
    found = Array(array.shape, kind, flavour=array.flavour, made=made)
    return _running(call, array, found) if len(array.shape) == 1 else found


def _running(call: Call, array: Array, found: Array) -> Array:
    if array.elements is None or dtype(call).asked or found.dtype is None or "sum" not in call.name:
        return found
    if call.name.startswith("numpy.nan") or sizes_of(found.shape) is None:
        return found
    elements = convert(itertools.accumulate(array.elements), found.dtype)  # type: ignore[arg-type]
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
    axes = axes_of(call["axis"], len(array.shape))
    if isinstance(axes, Unknown) or not array.shape:
        return refused(f"a sort of {shape_text(array.shape)} along axis {call.integer('axis')}", made)
    found = Array(array.shape, kind, None, low, high, made=made)
    if order is None or array.elements is None or len(array.shape) != 1 or array.low is None:
        return found
    return like(found, found.shape, order(array.elements), made)


# --- norms ------------------------------------------------------------------------------------------------------------


@function("numpy.linalg.norm", "x, ord=None, axis=None, keepdims=False")
def norm(call: Call) -> Value:
    array, made = argument(call, "x"), call.made(call["x"])
    axes, keep = _axes(call, array), call.flag("keepdims")
    if isinstance(axes, Unknown):
        return replace(axes, made=made)
    if array.shape is None or axes is None or keep is None:
        return Array(() if call.is_none("axis") and keep is False else None, None, low=0.0, made=made)
    kept = tuple((Dim(1) if i in axes else dim) for i, dim in enumerate(array.shape) if keep or i not in axes)
    return Array(kept, _averaged(array.dtype), low=0.0, made=made)
