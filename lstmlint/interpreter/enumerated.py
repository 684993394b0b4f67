"""The numbers a loop puts in a list: ``labels.append(i % 3)``, for each turn, where its index says which they are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from lstmlint.interpreter.dims import Dim, Symbol, same
from lstmlint.interpreter.values import Const, Sequence, Size, Value

#: A list keeps its numbers up to this many.
MOST_NUMBERS = 1024
_DIVIDES = {"%": int.__mod__, "//": int.__floordiv__}


def kept_numbers(before: object, second: object, widened: object, turns: Dim, index: Value | None) -> Sequence | None:
    """A list after a loop that appends one number a turn, from what it was before and after two turns.

    ``widened`` is what is known of it where nobody knows its numbers.
    """
    if not isinstance(before, Sequence) or not isinstance(second, Sequence) or not isinstance(widened, Sequence):
        return None
    if before.items is None or second.items is None or len(second.items) != len(before.items) + 2 or not turns.known:
        return None
    *kept, one, other = second.items
    if len(kept) + turns.constant > MOST_NUMBERS or tuple(kept) != before.items or not all(map(_is_number, kept)):
        return None
    added = in_turns(other, turns.constant, index) if _alike(one, other) else None
    items = None if added is None else (*before.items, *added)
    return None if items is None else replace(widened, items=items, length=Dim(len(items)), element=None)


def in_turns(item: Value, turns: int, index: Value | None) -> tuple[Const, ...] | None:
    """What an item is in each turn of a loop over ``index``; None for what is no number, or the index in other words.

    An index that only moves on (``2*i + 1``) is known better as it is: two of its windows lie side by side.
    """
    match item, index:
        case Const(), _ if _is_number(item):
            return (item,) * turns
        case Size(dim=dim, made=made), Size(dim=Dim(constant=0, terms=((((symbol,), 1),)))):
            values = _values_of(symbol, turns)
            found = [_at(dim, symbol, value) for value in values or () if _is_divided(dim)]
            known = tuple(Const(value, made) for value in found if value is not None)
            return known if known and len(known) == turns else None
        case _:
            return None


def _is_number(value: Value) -> bool:
    return isinstance(value, Const) and isinstance(value.value, int | float)


def _alike(one: Value, other: Value) -> bool:
    """Whether two turns give the same item, by the same way: other ways may part later on."""
    match one, other:
        case Const(value=first, made=made), Const(value=second, made=twin):
            same_way = made is not None and twin is not None and made.span == twin.span
            return one is other or (same_way and type(first) is type(second) and bool(first == second))
        case Size(dim=first), Size(dim=second):
            return same(first, second)
        case _:
            return False


def _values_of(symbol: Symbol, turns: int) -> range | None:
    if symbol.high is None or not symbol.high.known or not symbol.step:
        return None
    first, last = symbol.low, symbol.high.constant
    found = range(first, last + 1, symbol.step) if symbol.step > 0 else range(last, first - 1, symbol.step)
    return found if len(found) == turns else None


def _is_divided(dim: Dim) -> bool:
    return any(isinstance(symbol.key, tuple) and symbol.key[0] in _DIVIDES for symbol in dim.symbols)


def _at(dim: Dim, index: Symbol, value: int) -> int | None:
    """A size where the index has a value; None where it hangs on more than the index."""
    total = dim.constant
    for monomial, factor in dim.terms:
        for number in _numbers(monomial, index, value):
            if number is None:
                return None
            factor *= number
        total += factor
    return total


def _numbers(symbols: tuple[Symbol, ...], index: Symbol, value: int) -> Iterator[int | None]:
    for symbol in symbols:
        match symbol.key:
            case key if key == index.key:
                yield value
            case (str() as operator, Dim() as dividend, Dim(terms=()) as divisor) if operator in _DIVIDES:
                number = _at(dividend, index, value)
                yield None if number is None or not divisor.constant else _DIVIDES[operator](number, divisor.constant)
            case _:
                yield None
