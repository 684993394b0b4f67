"""numpy's functions and methods that fold an axis: sums, means, extremes, positions of extremes."""

from __future__ import annotations

import math
from collections.abc import Callable
from collections.abc import Sequence as Items
from dataclasses import dataclass, replace
from typing import Any

from lstmlint.interpreter.arrays import refused, shape_text
from lstmlint.interpreter.contents import sizes_of
from lstmlint.interpreter.dims import Dim, product, unknown_dim
from lstmlint.interpreter.dtypes import convert, is_float, is_integer, is_number
from lstmlint.interpreter.libraries.numpy_shaping import like, permuted
from lstmlint.interpreter.library import Call, function, method
from lstmlint.interpreter.requests import argument, axes_of, dtype, given
from lstmlint.interpreter.values import Array, Made, Scalar, Table, Unknown, Value


def _mean(line: Items[Any]) -> float:
    total: float = math.fsum(line)
    return total / len(line)


def _median(line: Items[Any]) -> Any:
    ordered = sorted(line)
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


def summed(kind: str | None) -> str | None:
    """The type of a sum: small integers grow."""
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
    "sum": _Fold(sum, summed),
    "prod": _Fold(math.prod, summed),
    "mean": _Fold(_mean, _averaged, within=True),
    "var": _Fold(None, _averaged),
    "std": _Fold(None, _averaged),
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


#: These refuse ``axis=0`` on a number, which the others let pass.
_STRICT = frozenset(
    [
        "mean",
        "std",
        "var",
        "median",
        "nanmedian",
        "average",
        "percentile",
        "quantile",
        "nanpercentile",
        "nanquantile",
        "norm",
    ]
)


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


#: What gives booleans or places, whatever the items are.
_ANY_DTYPE = ("all", "any", "argmax", "argmin", "nanargmax", "nanargmin")


def folded(call: Call, array: Array, made: Made) -> Value:
    """A reduction along the axes asked for."""
    name, fold = _fold_of(call.name)
    kind = dtype(call).of(fold.dtype(array.dtype) if is_number(array.dtype) or name in _ANY_DTYPE else None)
    axes = _axes(call, array)
    keep = call.flag("keepdims")
    if isinstance(axes, Unknown):
        return replace(axes, made=made)
    if array.shape is None or axes is None or keep is None:
        return Array(_open_shape(call, array, keep), kind, None, *_limits(array, fold), made=made)
    reduced = [array.shape[axis] for axis in axes]
    if name == "ptp" and array.dtype == "bool":
        return refused("bool arrays have no difference", made)
    if fold.needs_one and Dim(0) in reduced:
        return refused(f"{name} of an empty axis of {shape_text(array.shape)}", made)
    kept = [(Dim(1) if i in axes else dim) for i, dim in enumerate(array.shape) if keep or i not in axes]
    found = Array(tuple(kept), kind, None, *_limits(array, fold), made=made)
    return _with_contents(call, array, axes, fold, found)


def _axes(call: Call, array: Array) -> tuple[int, ...] | Unknown | None:
    if array.shape is None:
        return None
    if not given(call, "axis"):
        return tuple(range(len(array.shape)))
    return axes_of(call["axis"], len(array.shape), lenient=_lenient(call, array))


def _lenient(call: Call, array: Array) -> bool:
    name = call.name.rpartition(".")[2]
    # Without NaN to look for, nanmean is mean.
    plain = name if is_float(array.dtype) else _NAN.get(name, name)
    return plain not in _STRICT


def _open_shape(call: Call, array: Array, keep: bool | None) -> tuple[Dim, ...] | None:
    """The rank may be known where the sizes are not."""
    if call.is_none("axis") and keep is False:
        return ()
    if array.shape is not None and keep is not None and call.dim("axis") is not None:
        return tuple(unknown_dim() for _ in range(len(array.shape) - (not keep)))
    return None


def _limits(array: Array, fold: _Fold) -> tuple[float | None, float | None]:
    return (array.low, array.high) if fold.within else (0.0, None) if fold.dtype is _position else (None, None)


def sums_exactly(array: Array) -> bool:
    """Whether sums of the contents are not rounded, so that they do not depend on the order numpy adds in."""
    return all(
        isinstance(e, int) or (isinstance(e, float) and abs(e) < 2**31 and (e * 2**20).is_integer())
        for e in array.elements or ()
    )


def _with_contents(call: Call, array: Array, axes: tuple[int, ...], fold: _Fold, found: Array) -> Array:
    groups = _groups(array, axes)
    plain = not dtype(call).asked and call.integer("ddof") in (0, None) and not call.given & {"initial", "where"}
    if groups is None or fold.compute is None or found.dtype is None or not plain or sizes_of(found.shape) is None:
        return found
    if not sums_exactly(array):
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
    if array.dtype == "bool":
        return refused("quantiles of bool arrays", made)
    if axes is not None and array.shape is not None and Dim(0) in (array.shape[axis] for axis in axes):
        return refused(f"quantiles of an empty axis of {shape_text(array.shape)}", made)
    if array.shape is None or axes is None or keep is None or wanted is None:
        return Array(None, None, None, array.low, array.high, made=made)
    kept = [(Dim(1) if i in axes else dim) for i, dim in enumerate(array.shape) if keep or i not in axes]
    kind = "float64" if array.dtype == "float64" or is_integer(array.dtype) else None
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
