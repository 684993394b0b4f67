"""Columns of a table whose cells stand in the program, and what is left of them as rows are mixed or cut."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from lstmlint.interpreter.arrays import from_nested
from lstmlint.interpreter.dims import Dim
from lstmlint.interpreter.indexing import index_array
from lstmlint.interpreter.named_numbers import PASSES
from lstmlint.interpreter.values import Array, Const, Made, Mapped, Scalar, Sequence, Slice, Table, Value, rows_of

#: How a column is made that holds the cells of another in a random order.
MIXED = "mixed"
_SPLIT = "sklearn.model_selection.train_test_split"
_RANDOM = ("numpy.random", "numpy.random.RandomState", "numpy.random.Generator")
_MIXES = frozenset(
    {
        *(f"{owner}.{name}" for owner in _RANDOM for name in ("permutation", "shuffle")),
        *(MIXED, _SPLIT, "sklearn.utils.shuffle", "Series.sample"),
    }
)
#: That a number is missed so rarely counts as never.
_NEVER = 1e-4


def from_rows(data: Value, names: tuple[Scalar, ...], made: Made) -> tuple[tuple[Scalar, Value, Made], ...]:
    """The columns of a list of rows, each of as many cells or a dict, as a table keeps what was put into it."""
    items = data.items if isinstance(data, Sequence) else None
    if not items or not all(isinstance(row, Sequence | Mapped) for row in items):
        return ()
    columns = []
    for place, name in enumerate(names):
        cells = tuple(_cell(row, place, name) for row in items)
        if None not in cells:
            columns.append((name, Sequence("list", cells, Dim(len(cells)), None, made), made))
    return tuple(columns)


def _cell(row: Value, place: int, name: Scalar) -> Value | None:
    match row:
        case Sequence(items=tuple() as cells) if place < len(cells):
            found: Value = cells[place]
            return found
        case Mapped(open=False):
            return row.get(name)
        case _:
            return None


def kept(before: Table, after: Table) -> Table:
    """``after`` has the rows of ``before`` in the same order."""
    return _carried(before, after, lambda column, _: column)


def mixed(before: Table, after: Table) -> Table:
    """``after`` has rows of ``before`` in a random order."""
    return _carried(before, after, _loose)


def cut(before: Table, after: Table, rows: Value) -> Table:
    """``after`` has the rows of ``before`` that a slice takes."""

    def taken(column: Array, made: Made) -> Array | None:
        found = index_array(column, (rows,), replace(made, operation="index", sources=(column, rows)))
        return found if isinstance(found, Array) else None

    return _carried(before, after, taken) if isinstance(rows, Slice) else after


def renamed(before: Table, after: Table) -> Table:
    """``after`` is ``before`` with other names, in the order of its columns."""
    carried = _carried(before, replace(after, filled=()), lambda column, _: column).filled
    if before.columns is None or after.columns is None or len(set(before.columns)) != len(after.columns):
        return after
    names = dict(zip(before.columns, after.columns, strict=True))
    new = tuple((names[old], value, made) for old, value, made in carried if old in names)
    return replace(after, filled=(*(entry for entry in after.filled if entry[2] is not after.made), *new))


def _loose(column: Array, made: Made) -> Array:
    return replace(column, elements=None, made=replace(made, operation=MIXED, sources=(column,)))


def _carried(before: Table, after: Table, change: Callable[[Array, Made], Array | None]) -> Table:
    made, columns = after.made, []
    for name, given, since in before.filled if made is not None else ():
        array = from_nested(given, getattr(given, "made", None))
        if since is not before.made or array is None or array.flavour == "series" or not _is_written(array):
            continue
        changed = change(array, made) if made is not None else None
        if changed is not None and made is not None:
            columns.append((name, changed, made))
    carried = {name for name, _, _ in columns}
    return replace(after, filled=(*(entry for entry in after.filled if entry[0] not in carried), *columns))


def _is_written(array: Array) -> bool:
    return array.rank == 1 and (array.elements is not None or meets_its_bounds(array))


def meets_its_bounds(array: Array) -> bool:
    """Whether the least and the greatest number are certainly there, of numbers in the program put in random order."""
    rows = rows_of(array)
    source = _source(array) if rows is not None and rows.known and array.low is not None else None
    numbers = source.elements if source is not None else None
    if not numbers or rows is None or len(numbers) < rows.constant:
        return False
    return all(_is_met(end, numbers, rows.constant) for end in (array.low, array.high))


def _is_met(end: float | None, numbers: tuple[Scalar, ...], rows: int) -> bool:
    """Whether ``rows`` of the numbers, drawn without putting back, hold one that is the end."""
    equal = sum(number == end for number in numbers)
    return bool(equal) and (rows > len(numbers) - equal or (1 - equal / len(numbers)) ** rows < _NEVER)


def _source(array: Array) -> Array | None:
    """The numbers as they stand in the program, if since then they were only mixed, and cut after that."""
    value: Value | None = array
    is_cut = False
    for _ in range(40):
        if isinstance(value, Sequence):
            value = from_nested(value, value.made)
        made: Made | None = getattr(value, "made", None)
        if not isinstance(value, Array) or value.rank != 1:
            return None
        if value.elements is not None:
            return None if is_cut else value
        if made is None or not made.sources:
            return None
        match made.sources:
            case (Table() as table, key) if made.operation == "index":
                value = table.given_to(_name(table, key))
            case (Array() as before, Slice()) if made.operation == "index":
                value, is_cut = before, True
            case (before, Array(made=Made(operation=order))) if made.operation == "index" and order in _MIXES:
                value, is_cut = before, False
            case (before, *_) if made.operation in PASSES or made.operation in _MIXES:
                value, is_cut = before, is_cut and made.operation not in _MIXES
            case _:
                return None
    return None


def _name(table: Table, key: Value) -> Scalar | None:
    """The column that ``df[name]`` and ``df.iloc[:, place]`` read, of all rows."""
    match key:
        case Const(value=name):
            return name  # type: ignore[no-any-return]
        case Sequence(items=(Slice(start=Const(value=None), stop=Const(value=None)), Const(value=int() as place))):
            inside = table.columns is not None and -len(table.columns) <= place < len(table.columns)
            return table.columns[place] if inside and table.columns else None
        case Sequence(items=(Slice(start=Const(value=None), stop=Const(value=None)), Const(value=str() as name))):
            return name
        case _:
            return None
