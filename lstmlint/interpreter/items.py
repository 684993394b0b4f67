"""Integers that stand in an array of which nobody knows the contents: ``s`` and ``s + 9`` are nine apart."""

from __future__ import annotations

from lstmlint.interpreter.dims import Dim, symbol_dim
from lstmlint.interpreter.dtypes import is_integer
from lstmlint.interpreter.values import Array, Const, Made, Size, Value

#: Steps of arithmetic looked through.
_DEEPEST = 20
#: Numbers of which the least is not known.
_LOWEST = -(10**9)


def item_of(value: Value, deepest: int = _DEEPEST) -> Dim | None:
    """An integer, or that at any place of a row of them, as what stands at the same place of the array it comes from.

    Two that come from one array by sums with plain numbers differ by as much at every place.
    """
    match value:
        case Const(value=int() as number) if not isinstance(number, bool):
            return Dim(number)
        case Size(dim=dim):
            return dim
        case Array(shape=(), elements=(int() as number,)) if not isinstance(number, bool):
            return Dim(number)
        case Array(shape=() | (_,), dtype=dtype, made=made) if is_integer(dtype) and deepest:
            return _sum_of(made, deepest) or _standing_in(value)
        case _:
            return None


def _sum_of(made: Made | None, deepest: int) -> Dim | None:
    """Of a row and a plain number: what two rows add up to at one place is not known here."""
    if made is None or made.operation != "arithmetic" or made.operator not in ("+", "-") or len(made.sources) != 2:
        return None
    left, right = (item_of(source, deepest - 1) for source in made.sources)
    if left is None or right is None or all(map(_is_row, made.sources)):
        return None
    return left + right if made.operator == "+" else left - right


def _is_row(value: Value) -> bool:
    return isinstance(value, Array) and bool(value.shape)


def _standing_in(value: Array) -> Dim | None:
    """A row of integers itself, or one that a loop takes out of it."""
    made = value.made
    row = made.sources[0] if made is not None and made.operation == "index" and len(made.sources) == 1 else None
    base = value if value.shape else row
    if not isinstance(base, Array) or base.shape is None or len(base.shape) != 1 or not is_integer(base.dtype):
        return None
    low = _LOWEST if base.low is None else int(base.low)
    return symbol_dim("?", low, key=("item", base), step=None)
