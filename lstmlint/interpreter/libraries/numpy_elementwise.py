"""numpy's functions that work on each element: ufuncs, rounding, clip, where, tests."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from lstmlint.interpreter.arithmetic import array_arithmetic, array_negated, common_dtype_of
from lstmlint.interpreter.arrays import bounds, broadcast, elementwise, refused, spread_out, with_elements
from lstmlint.interpreter.dims import Dim, unknown_dim
from lstmlint.interpreter.dtypes import convert, floating, is_float
from lstmlint.interpreter.library import Call, function, method
from lstmlint.interpreter.requests import argument, array_of, cast_as_asked, dtype, given
from lstmlint.interpreter.values import Array, Sequence, Table, Unknown, Value


@dataclass(frozen=True, slots=True)
class _Ufunc:
    """What one function does to a number, and the least and greatest value it can give."""

    compute: Callable[[float], float] | None = None
    low: float | None = None
    high: float | None = None


_FLOATING: dict[str, _Ufunc] = {
    "sin": _Ufunc(math.sin, -1.0, 1.0),
    "cos": _Ufunc(math.cos, -1.0, 1.0),
    "tanh": _Ufunc(math.tanh, -1.0, 1.0),
    "tan": _Ufunc(math.tan),
    "sinh": _Ufunc(math.sinh),
    "cosh": _Ufunc(math.cosh, 1.0),
    "arcsin": _Ufunc(math.asin),
    "arccos": _Ufunc(math.acos),
    "arctan": _Ufunc(math.atan, -math.pi / 2, math.pi / 2),
    "arcsinh": _Ufunc(),
    "arccosh": _Ufunc(),
    "arctanh": _Ufunc(),
    "exp": _Ufunc(math.exp, 0.0),
    "exp2": _Ufunc(None, 0.0),
    "expm1": _Ufunc(math.expm1, -1.0),
    "log": _Ufunc(math.log),
    "log2": _Ufunc(math.log2),
    "log10": _Ufunc(math.log10),
    "log1p": _Ufunc(math.log1p),
    "sqrt": _Ufunc(math.sqrt, 0.0),
    "cbrt": _Ufunc(),
    "deg2rad": _Ufunc(math.radians),
    "radians": _Ufunc(math.radians),
    "rad2deg": _Ufunc(math.degrees),
    "degrees": _Ufunc(math.degrees),
    "rint": _Ufunc(lambda x: float(round(x))),
    "fabs": _Ufunc(math.fabs, 0.0),
    "sinc": _Ufunc(None, -1.0, 1.0),
}


def mapped(
    call: Call,
    value: Value,
    compute: Callable[[Any], Any] | None,
    kind: str | None,
    low: float | None,
    high: float | None,
) -> Value:
    """A function applied to each element; tables stay tables."""
    if isinstance(value, Table):
        return Table(value.rows, value.width, value.columns, kind, call.made(value))
    if isinstance(value, Unknown):
        return Array(None, None, made=call.made(value))
    array = value if isinstance(value, Array) else array_of(value)
    found = replace(array, dtype=kind, elements=None, low=low, high=high, made=call.made(value))
    if compute is None or array.elements is None or kind is None:
        return found
    try:
        elements = convert((compute(e) for e in array.elements), kind)
    except (ArithmeticError, TypeError, ValueError):
        return found
    if elements is None:
        return found
    low, high = bounds(elements)
    return replace(found, elements=elements, low=low, high=high)


@function(" ".join(f"numpy.{name}" for name in _FLOATING), "x, out=None, *, where=True, dtype=None")
def floating_ufunc(call: Call) -> Value:
    ufunc = _FLOATING[call.name.rpartition(".")[2]]
    array = argument(call, "x")
    kind = "float64" if call.name == "numpy.sinc" else floating(array.dtype)
    return mapped(call, call["x"], ufunc.compute, dtype(call).of(kind), ufunc.low, ufunc.high)


@function("numpy.floor numpy.ceil numpy.trunc numpy.fix", "x, out=None, *, where=True, dtype=None")
def whole(call: Call) -> Value:
    """Integers stay integers (numpy 2.1 on). A fraction of a size stays one, for ``int`` to cut."""
    value, name = call["x"], call.name.rpartition(".")[2]
    if isinstance(value, Unknown) and value.made is not None and value.made.operation in ("fraction", "quotient"):
        return value if name != "ceil" else call.unknown("a fraction of a size, rounded up")
    array = argument(call, "x")
    compute = {"floor": math.floor, "ceil": math.ceil}.get(name, math.trunc)
    low = None if array.low is None else float(math.floor(array.low)) if math.isfinite(array.low) else None
    high = None if array.high is None else float(math.ceil(array.high)) if math.isfinite(array.high) else None
    return mapped(call, value, lambda x: float(compute(x)) if is_float(array.dtype) else x, array.dtype, low, high)


@function("numpy.round numpy.around numpy.round_", "a, decimals=0, out=None")
def round_function(call: Call) -> Value:
    return _rounded(call, call["a"])


@method("Array", "round", "decimals=0, out=None")
def round_method(call: Call) -> Value:
    return _rounded(call, call.receiver)


def _rounded(call: Call, value: Value) -> Value:
    array, decimals = value if isinstance(value, Array) else array_of(value), call.integer("decimals")
    kind = "float16" if array.dtype == "bool" else array.dtype
    compute: Callable[[Any], Any] | None = None
    if decimals is not None and 0 <= decimals <= 15 and not (decimals and array.dtype != "float64"):
        scale = 10.0**decimals
        compute = (lambda x: round(x * scale) / scale) if is_float(kind) and decimals else (lambda x: round(x))
    return mapped(call, value, compute, kind, None, None)


@function("numpy.abs numpy.absolute", "x, out=None, *, where=True, dtype=None")
def absolute(call: Call) -> Value:
    array = argument(call, "x")
    kind = {"complex128": "float64", "complex64": "float32"}.get(array.dtype or "", array.dtype)
    high = None if array.low is None or array.high is None else max(abs(array.low), abs(array.high))
    return mapped(call, call["x"], abs, kind, 0.0 if kind != "int8" else None, high)


@function("numpy.square", "x, out=None")
def square(call: Call) -> Value:
    array = argument(call, "x")
    kind = array.dtype if array.dtype != "bool" else "int8"
    return mapped(call, call["x"], (lambda x: x * x) if array.dtype != "bool" else None, kind, None, None)


@function("numpy.sign", "x, out=None")
def sign(call: Call) -> Value:
    array = argument(call, "x")
    if array.dtype == "bool":
        return refused("bool arrays have no sign", call.made(call["x"]))
    return mapped(call, call["x"], lambda x: (x > 0) - (x < 0), array.dtype, -1.0, 1.0)


@function("numpy.negative", "x, out=None")
def negative(call: Call) -> Value:
    return array_negated("-", argument(call, "x"), call.made(call["x"]))


@function("numpy.positive numpy.conj numpy.conjugate numpy.nan_to_num", "x, *args, **kwargs")
def same(call: Call) -> Value:
    array = argument(call, "x")
    finite = array.elements is not None and array.low is not None and math.isfinite(array.low + (array.high or 0.0))
    keeps = finite or not is_float(array.dtype) or (array.elements is None and array.low is not None)
    elements = array.elements if finite or not is_float(array.dtype) else None
    return replace(
        array,
        elements=elements,
        low=array.low if keeps else None,
        high=array.high if keeps else None,
        made=call.made(call["x"]),
    )


@function("numpy.isnan numpy.isfinite numpy.isinf numpy.logical_not numpy.isneginf numpy.isposinf", "x, out=None")
def tested(call: Call) -> Value:
    name = call.name.rpartition(".")[2]
    tests: dict[str, Callable[[Any], Any]] = {
        "isnan": lambda x: x != x,
        "isfinite": lambda x: math.isfinite(x),
        "isinf": lambda x: math.isinf(x),
        "logical_not": lambda x: not x,
    }
    return mapped(call, call["x"], tests.get(name), "bool", None, None)


# --- two operands -----------------------------------------------------------------------------------------------------

_SYMBOLS = {
    "add": "+", "subtract": "-", "multiply": "*", "divide": "/", "true_divide": "/", "floor_divide": "//", "mod": "%",
    "remainder": "%", "power": "**", "pow": "**", "equal": "==", "not_equal": "!=", "less": "<", "less_equal": "<=",
    "greater": ">", "greater_equal": ">=", "bitwise_and": "&", "bitwise_or": "|", "bitwise_xor": "^",
}  # fmt: skip


@function(" ".join(f"numpy.{name}" for name in _SYMBOLS), "x1, x2, out=None, *, where=True, dtype=None")
def operator_ufunc(call: Call) -> Value:
    from lstmlint.interpreter.operators import binary, comparison

    symbol, made = _SYMBOLS[call.name.rpartition(".")[2]], call.made(call["x1"], call["x2"])
    if isinstance(call["x1"], Table) or isinstance(call["x2"], Table):
        return (comparison if symbol in "!=<=>=" else binary)(symbol, call["x1"], call["x2"], made)
    left, right = argument(call, "x1"), argument(call, "x2")
    return _cast(array_arithmetic(symbol, left, right, (call["x1"], call["x2"]), made), call)


def _cast(value: Value, call: Call) -> Value:
    return cast_as_asked(value, dtype(call)) if isinstance(value, Array) else value


@function("numpy.maximum numpy.minimum numpy.fmax numpy.fmin", "x1, x2, out=None, *, where=True, dtype=None")
def extreme(call: Call) -> Value:
    left, right = argument(call, "x1"), argument(call, "x2")
    kind = common_dtype_of(left, right, (call["x1"], call["x2"]))
    pick = max if call.name.endswith(("maximum", "fmax")) else min
    found = elementwise(left, right, pick, kind, call.made(call["x1"], call["x2"]))
    if not isinstance(found, Array) or found.elements is not None:
        return found
    ends = [
        pick(a, b) if a is not None and b is not None else None
        for a, b in ((left.low, right.low), (left.high, right.high))
    ]
    return replace(found, low=ends[0], high=ends[1])


@function("numpy.hypot numpy.arctan2 numpy.logaddexp numpy.float_power", "x1, x2, out=None, *, where=True, dtype=None")
def two_floats(call: Call) -> Value:
    left, right = argument(call, "x1"), argument(call, "x2")
    kind = floating(common_dtype_of(left, right, (call["x1"], call["x2"])))
    kind = "float64" if call.name.endswith("float_power") else kind
    return elementwise(left, right, None, kind, call.made(call["x1"], call["x2"]))


@function("numpy.logical_and numpy.logical_or numpy.logical_xor", "x1, x2, out=None")
def logical(call: Call) -> Value:
    rules: dict[str, Callable[[Any, Any], bool]] = {
        "and": lambda a, b: bool(a) and bool(b),
        "or": lambda a, b: bool(a) or bool(b),
        "xor": lambda a, b: bool(a) != bool(b),
    }
    compute = rules[call.name.rpartition("_")[2]]
    return elementwise(argument(call, "x1"), argument(call, "x2"), compute, "bool", call.made(call["x1"], call["x2"]))


@function("numpy.isclose", "a, b, *args, **kwargs")
def isclose(call: Call) -> Value:
    return elementwise(argument(call, "a"), argument(call, "b"), None, "bool", call.made(call["a"], call["b"]))


@function("numpy.allclose numpy.array_equal numpy.array_equiv numpy.isscalar numpy.may_share_memory", "*args, **kwargs")
def one_condition(call: Call) -> Value:
    return call.unknown("a condition")


# --- clip, where, membership ------------------------------------------------------------------------------------------


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
    parts = [spread_out(part, shape) for part in (condition, left, right)]
    ends = (None if None in pair else pair for pair in ((left.low, right.low), (left.high, right.high)))
    low, high = (None if pair is None else pick(pair) for pair, pick in zip(ends, (min, max), strict=True))  # type: ignore[type-var]
    if shape is None or kind is None or any(part is None for part in parts):
        return Array(shape, kind, None, low, high, made=made)
    picked = convert((a if c else b for c, a, b in zip(*parts, strict=True)), kind)  # type: ignore[arg-type]
    return (
        Array(shape, kind, None, low, high, made=made) if picked is None else with_elements(shape, kind, picked, made)
    )


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
