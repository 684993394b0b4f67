"""Arithmetic on arrays: the type that numpy gives, contents where they are known, and bounds by intervals."""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from lstmlint.interpreter.arrays import bounds, broadcast, elementwise, from_nested, refused, shape_text
from lstmlint.interpreter.dims import Dim, differ
from lstmlint.interpreter.dtypes import convert, is_float, is_integer, is_number, wider, with_scalar
from lstmlint.interpreter.values import Array, Const, Made, Size, Table, Unknown, Value

COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_COMPUTE: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "//": operator.floordiv,
    "%": operator.mod,
    "**": operator.pow,
    "&": operator.and_,
    "|": operator.or_,
    "^": operator.xor,
    **COMPARE,
}
_LOGICAL: dict[str, Callable[[Any, Any], Any]] = {"+": operator.or_, "*": operator.and_}


def array_arithmetic(symbol: str, left: Array, right: Array, written: tuple[Value, Value], made: Made) -> Value:
    """``left <symbol> right``; ``written`` are the operands as they stand, where a plain number does not widen."""
    if symbol == "@":
        return matmul(left, right, made)
    both_bool = left.dtype == "bool" == right.dtype
    if symbol == "-" and both_bool:
        return refused("bool arrays have no difference", made)
    if symbol in "&|^" and (is_float(left.dtype) or is_float(right.dtype)):
        return refused(f"{symbol} of floats", made)
    if (
        symbol == "**"
        and (is_integer(left.dtype) or left.dtype == "bool")
        and is_integer(right.dtype)
        and _negative(right)
        and left.elements != ()
        and Dim(0) not in (left.shape or ())
    ):
        return refused("integers to negative integer powers", made)
    dtype = _dtype(symbol, left, right, written)
    compute = _LOGICAL.get(symbol, _COMPUTE.get(symbol)) if both_bool else _COMPUTE.get(symbol)
    if symbol == "**":
        compute = _power(left, right)
    if both_bool and symbol in ("//", "%", "**"):
        compute = None
    found = elementwise(left, right, compute, dtype, made)
    if isinstance(found, Array) and found.elements is None and dtype in ("float64", "int64", "float32"):
        low, high = _interval(symbol, left, right)
        return replace(found, low=low, high=high)
    return found


def _negative(array: Array) -> bool:
    return array.elements is not None and any(isinstance(e, int) and e < 0 for e in array.elements)


def _power(base: Array, exponent: Array) -> Callable[[Any, Any], Any] | None:
    """Powers that are not rounded, or rounded alike everywhere: of integers, and squares."""
    small = exponent.elements is not None and all(isinstance(e, int) and 0 <= e <= 16 for e in exponent.elements)
    if is_integer(base.dtype) and small:
        return operator.pow
    return (lambda x, _: x * x) if exponent.elements in ((2,), (2.0,)) and not exponent.shape else None


def _dtype(symbol: str, left: Array, right: Array, written: tuple[Value, Value]) -> str | None:
    if symbol in COMPARE:
        return "bool"
    if not (is_number(left.dtype) and is_number(right.dtype)):
        return None
    kind = common_dtype_of(left, right, written)
    if symbol == "/" and (kind == "bool" or is_integer(kind)):
        return "float64"
    if symbol == "**" and left.dtype == "bool":
        return None
    return "int8" if kind == "bool" and symbol in ("//", "%") else kind


def common_dtype_of(left: Array, right: Array, written: tuple[Value, Value]) -> str | None:
    """The type of two operands together; ``written`` are they as they stand, plain numbers among them."""
    plain = [_python_number(value) for value in written]
    if plain[1] is not None and plain[0] is None:
        return with_scalar(left.dtype, plain[1])
    if plain[0] is not None and plain[1] is None:
        return with_scalar(right.dtype, plain[0])
    return wider(left.dtype, right.dtype)


def _python_number(value: Value) -> object:
    match value:
        case Const(value=number):
            return number
        case Size():
            return 1
        case _:
            return None


def _interval(symbol: str, left: Array, right: Array) -> tuple[float | None, float | None]:
    """Bounds of a result whose contents are not known."""
    if left.low is None or left.high is None or right.low is None or right.high is None:
        return None, None
    if symbol not in ("+", "-", "*", "/") or (symbol == "/" and right.low <= 0 <= right.high):
        return None, None
    compute = _COMPUTE[symbol]
    try:
        ends = [float(compute(a, b)) for a in (left.low, left.high) for b in (right.low, right.high)]
    except ArithmeticError:
        return None, None
    if any(end != end or abs(end) > 2.0**53 for end in ends):
        return None, None
    return min(ends), max(ends)


def array_negated(symbol: str, value: Array, made: Made) -> Value:
    """``-x``, ``+x``, ``~x``."""
    if symbol in "+-" and value.dtype == "bool":
        return refused(f"bool arrays have no {symbol}", made)
    if symbol == "~" and is_float(value.dtype):
        return refused("~ of floats", made)
    found = replace(value, made=made, name=None)
    if symbol == "+":
        return found
    low, high = (None if end is None or symbol == "~" else -end for end in (value.high, value.low))
    if value.elements is None:
        return replace(found, low=low, high=high) if value.dtype in ("int64", "float64", "float32") else _open(found)
    return _computed(found, symbol)


def _open(array: Array) -> Array:
    return replace(array, low=None, high=None)


def _computed(array: Array, symbol: str) -> Array:
    negate: Callable[[Any], Any] = operator.neg if symbol == "-" else operator.not_
    if symbol == "~" and array.dtype != "bool":
        negate = operator.invert
    try:
        elements = convert((negate(e) for e in array.elements or ()), array.dtype)
    except TypeError:
        elements = None
    low, high = (None, None) if elements is None else bounds(elements)
    return replace(array, elements=elements, low=low, high=high)


# --- products of matrices ---------------------------------------------------------------------------------------------


def matmul(left: Array, right: Array, made: Made) -> Value:
    """``left @ right``: the last axis of one meets the last but one of the other; those before broadcast."""
    kind = wider(left.dtype, right.dtype)
    if left.shape is None or right.shape is None:
        return Array(None, kind, made=made)
    if not left.shape or not right.shape:
        return refused("matmul of a number", made)
    inner = left.shape[-1], right.shape[-2 if len(right.shape) > 1 else 0]
    if differ(*inner):
        return refused(f"matmul of shapes {shape_text(left.shape)} and {shape_text(right.shape)}", made)
    outer = broadcast(left.shape[:-2], right.shape[:-2])
    if outer is None or isinstance(outer, Unknown):
        return refused(f"matmul of shapes {shape_text(left.shape)} and {shape_text(right.shape)}", made)
    rows = left.shape[-2:-1] if len(left.shape) > 1 else ()
    columns = right.shape[-1:] if len(right.shape) > 1 else ()
    return Array((*outer, *rows, *columns), kind, made=made)


def numeric(*values: Value) -> bool:
    """Whether all are arrays, numbers or fractions of a size."""
    return all(
        isinstance(value, Array | Size)
        or (isinstance(value, Const) and isinstance(value.value, int | float))
        or (isinstance(value, Unknown) and value.made is not None and value.made.operation == "fraction")
        for value in values
    )


def scalar(value: Value) -> Value:
    """A fraction of a size, of which no more is known, as a number."""
    return Array((), "float64") if isinstance(value, Unknown) else value


def combined(symbol: str, left: Value, right: Value, made: Made) -> Value:
    """``left <symbol> right``, one of them an array or a table."""
    if isinstance(left, Table) or isinstance(right, Table):
        one: Any = left if isinstance(left, Table) else right
        return Table(one.rows, one.width, one.columns, None, replace(made, sources=(left, right), operator=symbol))
    a, b = from_nested(left), from_nested(right)
    if a is None or b is None:
        whole: Any = left if isinstance(left, Array) else right
        return Array(whole.shape if whole.rank else None, None, flavour=whole.flavour, made=made)
    flavour = next((v.flavour for v in (left, right) if isinstance(v, Array) and v.flavour != "numpy"), "numpy")
    a, b = replace(a, flavour=flavour), replace(b, flavour=flavour)
    return array_arithmetic(symbol, a, b, (left, right), replace(made, sources=(left, right), operator=symbol))
