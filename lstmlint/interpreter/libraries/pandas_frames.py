"""Tables and Series: how they are made from one another, and changed in place."""

from __future__ import annotations

from dataclasses import replace

from lstmlint.interpreter.arrays import from_nested
from lstmlint.interpreter.assign import rebind, write_back
from lstmlint.interpreter.dims import Dim, symbol_dim
from lstmlint.interpreter.library import Call
from lstmlint.interpreter.slices import slice_length
from lstmlint.interpreter.values import (
    Array,
    Const,
    Made,
    Scalar,
    Sequence,
    Slice,
    Table,
    Unknown,
    Value,
)

ALL = Slice(Const(None), Const(None), Const(None))


def unknown_rows(*key: object) -> Dim:
    """A row count that nobody knows before the program runs; the same for the same call on the same data."""
    return symbol_dim("rows", key=("rows", *key))


def unknown_width(*key: object) -> Dim:
    return symbol_dim("columns", 1, key=("columns", *key))


def names_of(value: Value) -> tuple[Scalar, ...] | None:
    """The column names of a list of texts or numbers, or of a single one."""
    match value:
        case Const(value=None):
            return None
        case Const(value=name):
            return (name,)
        case Sequence(items=tuple() as items) if all(isinstance(item, Const) for item in items):
            return tuple(item.value for item in items)
        case Array(elements=tuple() as elements, shape=(_,)):
            return elements
        case _:
            return None


def columns_value(table: Table, made: Made | None) -> Sequence:
    """``df.columns``: an Index of the names."""
    if table.columns is not None:
        return Sequence("Index", tuple(Const(name) for name in table.columns), table.width, None, made)
    return Sequence("Index", None, table.width, Array((), "str", made=made), made)


def as_table(value: Value, made: Made, columns: tuple[Scalar, ...] | None = None) -> Table | None:
    """A DataFrame of what an array, Series or Table holds; None where its shape is not known to be one or two axes."""
    match value:
        case Table():
            return replace(value, made=made)
        case Array(shape=(rows,), name=name):
            return Table(rows, Dim(1), columns or ((name,) if name is not None else (0,)), value.dtype, made)
        case Array(shape=(rows, width)):
            numbers = tuple(range(width.constant)) if width.known and width.constant <= 256 else None
            return Table(rows, width, columns or numbers, value.dtype, made)
        case _:
            return None


def series(rows: Dim | None, dtype: str | None, made: Made, name: str | None = None) -> Array:
    return Array(None if rows is None else (rows,), dtype, flavour="series", made=made, name=name)


def column(table: Table, name: Scalar, made: Made) -> Array:
    """``df['a']``: of what was assigned to it the kind of number and the bounds are known, contents of arrays too."""
    given = table.given_to(name)
    array = from_nested(given) if given is not None else None
    plain = series(table.rows, table.dtype, made, name if isinstance(name, str) else None)
    if table.holds_lists(name):
        plain = replace(plain, boxed=True)
    # Rows of another table find their places by index, or leave gaps.
    if array is None or (array.flavour == "series" and not (array.dtype or "").startswith(("float", "str"))):
        return plain
    # Cells that stand in the program have the place that they have there.
    elements = array.elements if array.flavour != "series" and array.shape == plain.shape else None
    return replace(plain, dtype=array.dtype, low=array.low, high=array.high, elements=elements)


def bounds_of(table: Table) -> tuple[float | None, float | None]:
    """The least and the greatest number in any column, where the program itself put each of them in."""
    lows, highs = list[float](), list[float]()
    for name in table.columns or ():
        given = _put_into(table, name)
        array = from_nested(given) if given is not None else None
        if array is None or array.low is None or array.high is None:
            return None, None
        lows.append(array.low)
        highs.append(array.high)
    return (min(lows), max(highs)) if lows else (None, None)


def _put_into(table: Table, name: Scalar) -> Value | None:
    """What a column was made of, here or in the table that these are rows of."""
    value: Value = table
    for _ in range(20):
        if not isinstance(value, Table) or value.made is None:
            return None
        found = value.given_to(name)
        if found is not None or value.made.operation != "index" or not value.made.sources:
            return found
        value = value.made.sources[0]
    return None


def columns_kept(table: Table, names: tuple[Scalar, ...], made: Made) -> Table:
    """``df[['a', 'b']]``."""
    filled = tuple(entry for entry in table.filled if entry[0] in names)
    return Table(table.rows, Dim(len(names)), names, table.dtype, made, filled, table.boxed)


def rows_taken(rows: Dim, key: Value, *, by_label: bool, whole: object) -> Dim | None:
    """How many rows a key takes; None where it takes one and drops the axis."""
    match key:
        case Slice(start=Const(value=None), stop=Const(value=None)):
            return slice_length(rows, key)
        case Slice() if not by_label:
            return slice_length(rows, key)
        case Slice():
            return unknown_rows(whole, key)
        case Array(dtype="bool") | Table():
            return unknown_rows(key)
        case Array(shape=(count,)):
            return count
        case Array(shape=()) | Const() if not isinstance(key, Const) or isinstance(key.value, (int, str, float)):
            return None
        case Sequence(items=tuple() as items) if items and all(
            isinstance(item, Const) and isinstance(item.value, bool) for item in items
        ):
            return Dim(sum(bool(item.value) for item in items))
        case Sequence(length=count):
            return count
        case Unknown():
            return unknown_rows(key)
        case _:
            return None


# --- in place ---------------------------------------------------------------------------------------------------------


def in_place(call: Call, result: Value) -> Value:
    """``inplace=True``: every name of the receiver has the result, and the call gives None."""
    if call.flag("inplace") is not True:
        return result
    rebind(call.machine, call.receiver, result)
    write_back(call.machine, call.receiver, result)
    return Const(None, call.made(call.receiver))
