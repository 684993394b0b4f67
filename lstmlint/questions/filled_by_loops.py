"""In which order loops inside loops put the rows into a list that became an array."""

from __future__ import annotations

from lstmlint.interpreter.dims import Dim, product, same
from lstmlint.interpreter.values import Array, Made, Sequence, Size, Value
from lstmlint.questions.provenance import ancestors, scales
from lstmlint.questions.stages import steps_back

_GATHERS = frozenset({"numpy.array", "numpy.asarray", "numpy.stack", "numpy.vstack", "pandas.DataFrame"})
#: What leaves the rows in their order.
_KEEPS = _GATHERS | {"Array.astype", "Array.copy", "attribute", "Table.to_numpy"}


def laid_by_loops(array: Array) -> tuple[Dim, ...] | None:
    """``(days, shops, items)`` of rows that were put in day by day, and for each day shop by shop."""
    for value, made in steps_back(array) if array.shape else ():
        if isinstance(value, Sequence):
            told = len(value.turns) > 1 and same(product(value.turns), (array.shape or ())[0])
            return (*value.turns, *(array.shape or ())[1:]) if told and not _is_noise(value) else None
        if made is None or not (made.operation in _KEEPS or scales(made)):
            return None
    return None


def _is_noise(rows: Sequence) -> bool:
    """Whether rows may be numbers that are drawn alike for any place: then no order is meant."""
    row = rows.items[-1] if rows.items else rows.element
    behind = list(ancestors(row)) if row is not None else []
    return not any(_tells_its_place(value) for value in behind)


def _tells_its_place(value: Value) -> bool:
    made: Made | None = getattr(value, "made", None)
    return (isinstance(value, Size) and not value.dim.known) or (made is not None and made.operation == "index")
