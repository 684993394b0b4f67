"""Arithmetic and truth of abstract values."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

from lstmlint.interpreter.arithmetic import array_negated, combined, numeric, scalar
from lstmlint.interpreter.arrays import OPERATORS
from lstmlint.interpreter.dims import (
    Dim,
    as_dim,
    exact_quotient,
    floor_divide,
    least,
    modulo,
    truncated,
    unknown_dim,
)
from lstmlint.interpreter.join import element_of, join_all
from lstmlint.interpreter.texts import gives_text
from lstmlint.interpreter.values import (
    Array,
    Const,
    Made,
    Mapped,
    Reference,
    Sequence,
    Size,
    Table,
    Tensor,
    Unknown,
    Value,
)
from lstmlint.keras_model.graph import dim_of

#: Integers and texts beyond this many bits or characters are not computed.
LARGEST_BITS = 256
LONGEST_TEXT = 10_000


def binary(symbol: str, left: Value, right: Value, made: Made) -> Value:
    """``left <symbol> right``. Tensors are the caller's: they need a graph."""
    match left, right:
        case (Unknown(text=True), _) | (_, Unknown(text=True)) if gives_text(symbol, left, right):
            return Unknown("a text", made, text=True)
        case Const(value=str()), Unknown() | Sequence() if symbol == "%":
            return Unknown("a text", made, text=True)
        case (Reference(kind="path"), _) | (_, Reference(kind="path")) if symbol == "/":
            return Reference("path", {}, made)
        case (_, Unknown(made=Made("fraction"))) | (Unknown(made=Made("fraction")), _) if numeric(left, right):
            return combined(symbol, scalar(left), scalar(right), made)
        case Unknown(), _:
            return Unknown(left.why, made)
        case _, Unknown():
            return Unknown(right.why, made)
        case Const(), Const():
            return _constants(symbol, left, right, made)
        case Sequence(kind="set"), Sequence(kind="set"):
            return Sequence("set", None, unknown_dim(), join_all([element_of(left), element_of(right)]), made)
        case (Sequence(), _) | (_, Sequence()) if symbol in "+*" and not _has_array(left, right):
            return _sequences(symbol, left, right, made)
        case (Array() | Table(), _) | (_, Array() | Table()):
            return combined(symbol, left, right, made)
    dims = dim_of(left), dim_of(right)
    if dims[0] is not None and dims[1] is not None:
        return _sizes(symbol, dims[0], dims[1], made)
    return _size_with_number(symbol, left, right, made)


def _has_array(*values: Value) -> bool:
    return any(isinstance(value, (Array, Table)) for value in values)


def _constants(symbol: str, left: Const, right: Const, made: Made) -> Value:
    a, b = left.value, right.value
    compute = _COMPUTE.get(symbol)
    if compute is None or not _affordable(symbol, a, b):
        return Unknown(f"a {symbol} of constants that is too large to follow", made)
    try:
        return Const(compute(a, b), made)
    except (ArithmeticError, TypeError, ValueError, MemoryError):
        return Unknown(f"{symbol} that Python refuses", made)


_COMPUTE: dict[str, Callable[[Any, Any], Any]] = {
    **OPERATORS,
    "**": operator.pow,
    "&": operator.and_,
    "|": operator.or_,
    "^": operator.xor,
    "<<": operator.lshift,
    ">>": operator.rshift,
}


def _affordable(symbol: str, a: Any, b: Any) -> bool:
    """Whether computing costs nothing: ``9**9**9``, ``1 << 10**9`` and ``"a" * 10**9`` do not."""
    if any(isinstance(x, int) and x.bit_length() > LARGEST_BITS for x in (a, b)):
        return False
    match symbol, a, b:
        case "**", int() | float(), int():
            return abs(b) < 1024 and (isinstance(a, float) or a.bit_length() * max(abs(b), 1) <= LARGEST_BITS)
        case "<<", int(), int():
            return 0 <= b <= LARGEST_BITS
        case "*", str() | bytes(), int():
            return len(a) * max(b, 0) <= LONGEST_TEXT
        case "*", int(), str() | bytes():
            return len(b) * max(a, 0) <= LONGEST_TEXT
        case "+", str() | bytes(), str() | bytes():
            return len(a) + len(b) <= LONGEST_TEXT
        case "%", str() | bytes(), _:
            return len(a) < 200 and "*" not in str(a) and not any(c.isdigit() for c in str(a))
        case _:
            return True


def _sizes(symbol: str, left: Dim, right: Dim, made: Made) -> Value:
    match symbol:
        case "+":
            result = left + right
        case "-":
            result = left - right
        case "*":
            result = left * right
        case "//":
            result = floor_divide(left, right)
        case "%":
            result = modulo(left, right)
        case "/":
            exact = exact_quotient(left, right)
            return Unknown("a quotient", Made("quotient", made.span, (Size(exact or floor_divide(left, right)),)))
        case "**" if right.value == 2:
            result = left * left
        case _:
            result = unknown_dim()
    return from_dim(result, made)


def from_dim(dim: Dim, made: Made | None = None) -> Value:
    """A size as a value: a plain constant where it is known."""
    return Size(dim, made) if dim.value is None else Const(dim.value, made)


def _size_with_number(symbol: str, left: Value, right: Value, made: Made) -> Value:
    """``len(data) * 0.8`` is kept as a fraction of a size, for ``int`` to cut."""
    match symbol, left, right:
        case "*", Size(), Const(value=float() as factor):
            return _fraction(left.dim, factor, made)
        case "*", Const(value=float() as factor), Size():
            return _fraction(right.dim, factor, made)
        case "/", Size(), Const(value=float() as divisor) if divisor:
            return _fraction(left.dim, 1 / divisor, made)
    return Unknown("arithmetic on values that are not known", made)


def _fraction(dim: Dim, factor: float, made: Made) -> Unknown:
    """Not a size yet; ``int()`` finds the size in what it was made from."""
    return Unknown("a fraction of a size", Made("fraction", made.span, (Size(truncated(dim, factor)),)))


def _sequences(symbol: str, left: Value, right: Value, made: Made) -> Value:
    match symbol, left, right:
        case "+", Sequence(), Sequence():
            return _concatenated(left, right, made)
        case "*", Sequence(), _:
            return _repeated(left, dim_of(right), made)
        case "*", _, Sequence():
            return _repeated(right, dim_of(left), made)
        case _:
            return Unknown(f"{symbol} of a list", made)


def _concatenated(left: Sequence, right: Sequence, made: Made) -> Sequence:
    if left.items is not None and right.items is not None and len(left.items) + len(right.items) <= 4096:
        return Sequence(left.kind, left.items + right.items, left.length + right.length, None, made)
    element = join_all([element_of(left), element_of(right)])
    return Sequence(left.kind, None, left.length + right.length, element, made)


def _repeated(value: Sequence, times: Dim | None, made: Made) -> Sequence:
    count = None if times is None else times.value
    if value.items is not None and count is not None and max(count, 0) * len(value.items) <= 4096:
        items = value.items * max(count, 0)
        return Sequence(value.kind, items, Dim(len(items)), None, made)
    length = unknown_dim() if times is None else value.length * times
    return Sequence(value.kind, None, length, element_of(value), made)


def truth(value: Value) -> bool | None:
    """Whether a value counts as true; None where it cannot be told."""
    match value:
        case Const(value=constant):
            return bool(constant)
        case Size(dim=dim):
            return True if least(dim) > 0 or least(-dim) > 0 else None
        case Sequence(length=length):
            return bool(length.value) if length.known else (True if least(length) > 0 else None)
        case Mapped(open=False, items=items):
            return bool(items)
        case Array(shape=(), elements=(element,)):
            return bool(element)
        case Reference(kind="object" | "model") | Tensor():
            return True
        case _:
            return None


def unary(symbol: str, value: Value, made: Made) -> Value:
    """``-x``, ``+x``, ``~x``, ``not x``."""
    if symbol == "not":
        known = truth(value)
        return Unknown("a condition", made) if known is None else Const(not known, made)
    dim = dim_of(value)
    match symbol, value:
        case "-", Const(value=(int() | float() | complex()) as number):
            return Const(-number, made)
        case "~", Const(value=int() as number):
            return Const(~number, made)
        case "+", Const() | Size():
            return value
        case "-", Size() if dim is not None:
            return Size(-dim, made)
        case _, Array():
            return array_negated(symbol, value, made)
        case _, Table():
            return value
        case _:
            return Unknown(f"{symbol} of a value that is not known", made)


def to_int(value: Value, made: Made) -> Value:
    """``int(value)``."""
    match value:
        case Const(value=(int() | float() | str()) as content):
            try:
                number = int(content)
            except (ValueError, OverflowError):
                return Unknown("int of something that is no number", made)
            return Const(number, made) if number.bit_length() <= LARGEST_BITS else from_dim(as_dim(number), made)
        case Size():
            return value
        case Unknown(made=Made(operation="fraction" | "quotient", sources=(Size() | Const(),))):
            return value.made.sources[0]  # type: ignore[union-attr]
        case Array(shape=(), elements=(int() | float() as element,)):
            return to_int(Const(element), made)
        case _:
            return Size(unknown_dim(), made)


__all__ = ["binary", "from_dim", "to_int", "truth", "unary"]
