"""numpy's functions that work on each element: ufuncs, rounding, clip, where, tests."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from lstmlint.interpreter.arithmetic import array_arithmetic, array_negated, common_dtype_of
from lstmlint.interpreter.arrays import bounds, broadcast, elementwise, refused
from lstmlint.interpreter.dims import Dim
from lstmlint.interpreter.dtypes import convert, floating, is_float
from lstmlint.interpreter.library import Call, function, method
from lstmlint.interpreter.requests import argument, array_of, cast_as_asked, dtype
from lstmlint.interpreter.values import Array, Made, Reference, Table, Unknown, Value


@dataclass(frozen=True, slots=True)
class _Ufunc:
    """What one function does to a number, where all libraries round it alike; the least and greatest value it gives."""

    compute: Callable[[float], float] | None = None
    low: float | None = None
    high: float | None = None


@function("numpy.vectorize", "pyfunc=None, *args, **kwargs", raw=True)
def vectorized(call: Call) -> Value:
    return Reference("numpy.vectorize", {"function": call["pyfunc"]}, call.made())


@method("numpy.vectorize", "__call__", "*args, **kwargs")
def call_vectorized(call: Call) -> Value:
    """One value for each element; several arrays are broadcast."""
    made = call.made(*(call.items("args") or ()))
    shape: tuple[Dim, ...] | None = ()
    for value in call.items("args") or ():
        wider = broadcast(shape, array_of(value).shape)
        if isinstance(wider, Unknown):
            return replace(wider, made=made)
        shape = wider
    return Array(shape, None, made=made)


_FLOATING: dict[str, _Ufunc] = {
    "sin": _Ufunc(None, -1.0, 1.0),
    "cos": _Ufunc(None, -1.0, 1.0),
    "tanh": _Ufunc(None, -1.0, 1.0),
    "tan": _Ufunc(),
    "sinh": _Ufunc(),
    "cosh": _Ufunc(None, 1.0),
    "arcsin": _Ufunc(),
    "arccos": _Ufunc(),
    "arctan": _Ufunc(None, -math.pi / 2, math.pi / 2),
    "arcsinh": _Ufunc(),
    "arccosh": _Ufunc(),
    "arctanh": _Ufunc(),
    "exp": _Ufunc(None, 0.0),
    "exp2": _Ufunc(None, 0.0),
    "expm1": _Ufunc(None, -1.0),
    "log": _Ufunc(),
    "log2": _Ufunc(),
    "log10": _Ufunc(),
    "log1p": _Ufunc(),
    "sqrt": _Ufunc(math.sqrt, 0.0),
    "cbrt": _Ufunc(),
    "deg2rad": _Ufunc(),
    "radians": _Ufunc(),
    "rad2deg": _Ufunc(),
    "degrees": _Ufunc(),
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
    if decimals and array.dtype == "bool":
        return refused("bool arrays rounded to decimals", call.made(value))
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

#: The operators that functions of these names stand for.
SYMBOLS = {
    "add": "+", "subtract": "-", "multiply": "*", "divide": "/", "true_divide": "/", "floor_divide": "//", "mod": "%",
    "remainder": "%", "power": "**", "pow": "**", "equal": "==", "not_equal": "!=", "less": "<", "less_equal": "<=",
    "greater": ">", "greater_equal": ">=", "bitwise_and": "&", "bitwise_or": "|", "bitwise_xor": "^",
}  # fmt: skip
_COMPARE = frozenset({"equal", "not_equal", "less", "less_equal", "greater", "greater_equal"})


@function(" ".join(f"numpy.{name}" for name in SYMBOLS), "x1, x2, out=None, *, where=True, dtype=None")
def operator_ufunc(call: Call) -> Value:
    """``numpy.subtract(a, b)`` is ``a - b``, also in what is written down of it."""
    from lstmlint.interpreter.comparisons import comparison
    from lstmlint.interpreter.operators import binary

    symbol, compares = SYMBOLS[call.name.rpartition(".")[2]], call.name.rpartition(".")[2] in _COMPARE
    made = Made("comparison" if compares else "arithmetic", call.site.span, (call["x1"], call["x2"]), operator=symbol)
    if isinstance(call["x1"], Table) or isinstance(call["x2"], Table):
        return (comparison if compares else binary)(symbol, call["x1"], call["x2"], made)
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
