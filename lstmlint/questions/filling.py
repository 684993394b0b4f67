"""Which rows of an array that was made whole and filled in a loop were never written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lstmlint.interpreter.dims import Dim, least
from lstmlint.interpreter.values import Array, Const, Made, Value
from lstmlint.keras_model.graph import dim_of

_EMPTY = ("numpy.zeros", "numpy.empty", "numpy.ones", "numpy.full", "numpy.zeros_like", "numpy.empty_like")
#: What keeps every row where it is.
_KEEPS = frozenset(
    {"Array.astype", "numpy.array", "numpy.asarray", "numpy.reshape", "Array.reshape", "numpy.expand_dims"}
)


@dataclass(frozen=True, slots=True, eq=False)
class Unfilled:
    """``rows`` rows of ``array``, from ``first`` on, hold what they were made with."""

    array: Array
    made: Made
    first: Dim
    rows: Dim


def rows_left(value: Value) -> Unfilled | None:
    """The rows at the end that a loop certainly does not reach; None where all may be written."""
    array = _filled(value)
    fills = list(_fills(array)) if array is not None else []
    if array is None or array.shape is None or not fills or fills[-1] is None:
        return None
    ends = [_end(made) for made in fills[:-1] if made is not None]
    start = fills[-1]
    if None in ends or not ends or start is None:
        return None
    last = max((end for end in ends if end is not None), key=lambda end: (end.constant, str(end)))
    if any(end is not None and least(last - end) < 0 for end in ends):
        return None
    left = array.shape[0] - last
    return Unfilled(array, start, last, left) if least(left) > 0 else None


def _filled(value: Value) -> Array | None:
    """The array behind a value that keeps its rows, as it stood after the last write."""
    for _ in range(12):
        made = getattr(value, "made", None)
        if not isinstance(value, Array) or made is None or not value.shape:
            return None
        if made.operation == "filled":
            return value
        if made.operation not in _KEEPS or not made.sources:
            return None
        source = made.sources[0]
        if not isinstance(source, Array) or source.shape is None or source.shape[:1] != value.shape[:1]:
            return None
        value = source
    return None


def _fills(value: Value) -> Iterator[Made | None]:
    """The writes into an array, and last the step that made it; None where that is not followed."""
    for _ in range(400):
        made = getattr(value, "made", None)
        if made is None or (made.operation != "filled" and made.operation not in _EMPTY):
            break
        yield made
        if made.operation != "filled":
            return
        value = made.sources[0]
    yield None


def _end(made: Made) -> Dim | None:
    """The row behind the last one that a write reaches in its loop: ``X[i] = ...`` for ``i`` in ``range(n)``."""
    # A number written into some rows is a mark, and zero in the others one as well: labels, one-hot rows.
    row = dim_of(made.sources[2]) if len(made.sources) > 2 and not isinstance(made.sources[1], Const) else None
    if row is None or (row.known and row.constant < 0):
        return None
    for symbol in row.symbols:
        if symbol.high is None or any(len(term) > 1 or factor != 1 for term, factor in row.terms if symbol in term):
            return None
        row = row - Dim(0, (((symbol,), 1),)) + symbol.high
    return row + 1
