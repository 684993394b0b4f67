"""Parts of tables and Series: ``df['a']``, ``iloc``, ``loc``, ``values``, ``columns``."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from lstmlint.interpreter.dims import Dim
from lstmlint.interpreter.dtypes import dtype_of
from lstmlint.interpreter.indexing import index_array
from lstmlint.interpreter.libraries.pandas_frames import (
    ALL,
    as_table,
    bounds_of,
    column,
    columns_kept,
    columns_value,
    names_of,
    rows_taken,
    series,
    unknown_width,
)
from lstmlint.interpreter.library import Call, attribute, method
from lstmlint.interpreter.machine import Machine
from lstmlint.interpreter.operators import from_dim
from lstmlint.interpreter.slices import slice_length
from lstmlint.interpreter.values import (
    Array,
    Const,
    Made,
    Reference,
    Scalar,
    Sequence,
    Slice,
    Table,
    Unknown,
    Value,
)
from lstmlint.interpreter.written_columns import cut
from lstmlint.text.source import Position, Span


def read(value: Value, operation: str = "attribute") -> Made:
    """What was read stands where its owner was made: attributes have no place of their own."""
    made = getattr(value, "made", None)
    span = made.span if made is not None else Span("", Position(1, 1), Position(1, 1))
    return Made(operation, span, (value,))


# --- df[...] ----------------------------------------------------------------------------------------------------------


@method("Table", "__getitem__", "key")
def get_item(call: Call) -> Value:
    """A column by name, columns by a list of names, rows by a slice or mask."""
    table, key = call.receiver, call["key"]
    made = Made("index", call.site.span, (table, key))
    match key:
        case Const(value=(str() | int()) as name):
            return column(table, name, made)
        case Array(shape=()):
            return column(table, key.elements[0] if key.elements else None, made)
        case Table():
            return replace(table, made=made)
        case Array(dtype="bool") | Slice():
            rows = rows_taken(table.rows, key, by_label=False, whole=table)
            return cut(table, replace(table, rows=rows if rows is not None else table.rows, made=made), key)
        case Sequence() | Array(shape=(_,)):
            return _listed(table, key, made)
        case _:
            return Unknown("a part of a table by a key that is not known", made)


def _listed(table: Table, key: Any, made: Made) -> Value:
    names = names_of(key)
    if names is None:
        length = key.length if isinstance(key, Sequence) else key.shape[0]
        return Table(table.rows, length, None, table.dtype, made)
    if names and all(isinstance(name, bool) for name in names):
        return Table(Dim(sum(map(bool, names))), table.width, table.columns, table.dtype, made)
    return columns_kept(table, names, made)


@method("Table", "get", "key, default=None")
def get(call: Call) -> Value:
    return get_item(call)


@method("Table", "filter", "items=None, like=None, regex=None, axis=None")
def filter_columns(call: Call) -> Value:
    names = names_of(call["items"])
    made = call.made(call.receiver)
    if names is not None:
        return columns_kept(call.receiver, names, made)
    return Table(call.receiver.rows, unknown_width(call.receiver, call.site.span), None, call.receiver.dtype, made)


@method("Table", "select_dtypes", "*args, **kwargs")
def select_dtypes(call: Call) -> Value:
    width = unknown_width(call.receiver, call.site.span)
    return Table(call.receiver.rows, width, None, None, call.made(call.receiver))


# --- iloc, loc --------------------------------------------------------------------------------------------------------


@attribute("Table Series", "iloc")
def iloc(machine: Machine, value: Any) -> Value:
    return Reference("pandas.iloc", {"frame": value}, read(value))


@attribute("Table Series", "loc")
def loc(machine: Machine, value: Any) -> Value:
    return Reference("pandas.loc", {"frame": value}, read(value))


@attribute("Table Series", "iat at ix")
def at(machine: Machine, value: Any) -> Value:
    return Reference("pandas.loc", {"frame": value}, read(value))


@method("pandas.iloc pandas.loc", "__getitem__", "key")
def located(call: Call) -> Value:
    """``df.iloc[rows, columns]``; slices of ``loc`` are labels, both ends included."""
    frame, key = call.receiver.fields["frame"], call["key"]
    made, by_label = Made("index", call.site.span, (frame, key)), call.name.startswith("pandas.loc")
    pair = key.items if isinstance(key, Sequence) and key.kind == "tuple" and key.items else (key,)
    if isinstance(frame, Array):
        return _of_series(frame, pair[0], by_label, made)
    return _of_table(frame, pair[0], pair[1] if len(pair) > 1 else ALL, by_label, made)


def _of_series(values: Array, key: Value, by_label: bool, made: Made) -> Value:
    if not by_label or not isinstance(key, (Slice, Const)) or values.shape is None:
        found = index_array(values, (key,), made)
        return replace(found, name=values.name) if isinstance(found, Array) else found
    rows = rows_taken(values.shape[0], key, by_label=True, whole=values)
    return Array(() if rows is None else (rows,), values.dtype, None, values.low, values.high, "series", made)


def _of_table(table: Table, row: Value, across: Value, by_label: bool, made: Made) -> Value:
    rows = rows_taken(table.rows, row, by_label=by_label, whole=table)
    chosen = _chosen_columns(table, across, by_label)
    if isinstance(chosen, Array) and chosen.boxed and rows is None:
        return Unknown("a cell that may hold a list", made)
    if isinstance(chosen, Array):
        shape = () if rows is None else (rows,)
        if rows == table.rows:
            return replace(chosen, made=made)
        return Array(shape, chosen.dtype, flavour="series", made=made, name=chosen.name, boxed=chosen.boxed)
    if rows is None:
        low, high = bounds_of(chosen)
        return replace(series(chosen.width, table.dtype, made), boxed=bool(table.boxed), low=low, high=high)
    found = replace(chosen, rows=rows, made=made)
    return found if by_label or chosen is not table else cut(table, found, row)


def _chosen_columns(table: Table, key: Value, by_label: bool) -> Table | Array:
    """The columns a key takes, of all rows; an Array for a single one."""
    nowhere = read(table)
    match key:
        case Slice(start=Const(value=None), stop=Const(value=None), step=Const(value=None)):
            return table
        case Slice() if by_label:
            return _labelled(table, key, nowhere)
        case Slice():
            return _positioned(table, key, nowhere)
        case Sequence(items=tuple() as items) if by_label and all(isinstance(i, Const) for i in items):
            return columns_kept(table, tuple(item.value for item in items), nowhere)
        case Sequence(items=tuple() as items) if table.columns is not None and _positions(items, table) is not None:
            names = tuple(table.columns[place] for place in _positions(items, table) or ())
            return columns_kept(table, names, nowhere)
        case Sequence(length=length) | Array(shape=(length,)) if getattr(key, "dtype", None) != "bool":
            return Table(table.rows, length, None, table.dtype, nowhere)
        case Const(value=int() as place) if not by_label:
            known = table.columns is not None and -len(table.columns) <= place < len(table.columns)
            return column(table, table.columns[place] if known and table.columns else None, nowhere)
        case Const(value=name):
            return column(table, name, nowhere)
        case Array(shape=()):
            return column(table, None, nowhere)
        case _:
            return Table(table.rows, unknown_width(table, key), None, table.dtype, nowhere)


def _positions(items: tuple[Value, ...], table: Table) -> list[int] | None:
    places = [item.value for item in items if isinstance(item, Const) and type(item.value) is int]
    width = len(table.columns or ())
    return places if len(places) == len(items) and all(-width <= place < width for place in places) else None


def _positioned(table: Table, key: Slice, made: Made) -> Table:
    width = slice_length(table.width, key)
    names: tuple[Scalar, ...] | None = None
    marks: list[Any] = [
        bound.value if isinstance(bound, Const) else Ellipsis for bound in (key.start, key.stop, key.step)
    ]
    if table.columns is not None and all(mark is None or isinstance(mark, int) for mark in marks):
        names = table.columns[slice(*marks)]
    # pandas makes floats of no columns, whatever the others hold.
    return Table(table.rows, width, names, table.dtype if width != Dim(0) else None, made)


def _labelled(table: Table, key: Slice, made: Made) -> Table:
    names = table.columns
    ends = [bound.value if isinstance(bound, Const) else Ellipsis for bound in (key.start, key.stop)]
    if names is None or any(end is not None and end not in names for end in ends):
        return Table(table.rows, unknown_width(table, key), None, table.dtype, made)
    first = 0 if ends[0] is None else names.index(ends[0])
    last = len(names) if ends[1] is None else names.index(ends[1]) + 1
    return columns_kept(table, names[first:last], made)


# --- attributes -------------------------------------------------------------------------------------------------------


@attribute("Table", "values array")
def table_values(machine: Machine, value: Any) -> Value:
    low, high = bounds_of(value)
    return Array((value.rows, value.width), value.dtype, None, low, high, made=read(value), boxed=bool(value.boxed))


@attribute("Series", "values array")
def series_values(machine: Machine, value: Any) -> Value:
    return replace(value, flavour="numpy", name=None, made=read(value))


@method("Table", "to_numpy as_matrix to_records get_values", "dtype=None, **kwargs")
def to_numpy(call: Call) -> Value:
    table = call.receiver
    if call.name.endswith("as_matrix") and (names := names_of(call["dtype"])) is not None:
        return Array((table.rows, Dim(len(names))), table.dtype, made=call.made(table))
    if call.name.endswith("to_records"):
        return Array((table.rows,), None, made=call.made(table))
    kind, (low, high) = dtype_of(call["dtype"]) or table.dtype, bounds_of(table)
    return Array((table.rows, table.width), kind, None, low, high, made=call.made(table))


@method("Series", "to_numpy as_matrix get_values ravel", "dtype=None, **kwargs")
def series_to_numpy(call: Call) -> Value:
    dtype = dtype_of(call["dtype"]) or call.receiver.dtype
    return replace(call.receiver, flavour="numpy", name=None, dtype=dtype, made=call.made(call.receiver))


@attribute("Table", "columns")
def columns(machine: Machine, value: Any) -> Value:
    return columns_value(value, read(value, "columns"))


@attribute("Table", "index")
def table_index(machine: Machine, value: Any) -> Value:
    return series(value.rows, None, read(value))


@attribute("Series", "index")
def series_index(machine: Machine, value: Any) -> Value:
    return series(value.shape[0] if value.shape else None, None, read(value))


@attribute("Table", "shape")
def shape(machine: Machine, value: Any) -> Value:
    return Sequence("tuple", (from_dim(value.rows), from_dim(value.width)), Dim(2), None, read(value))


@attribute("Table", "size")
def size(machine: Machine, value: Any) -> Value:
    return from_dim(value.rows * value.width, read(value))


@attribute("Table", "ndim")
def ndim(machine: Machine, value: Any) -> Value:
    return Const(2)


@attribute("Table", "T")
def transposed(machine: Machine, value: Any) -> Value:
    return Table(value.width, value.rows, None, value.dtype, read(value))


@attribute("Table", "dtypes")
def dtypes(machine: Machine, value: Any) -> Value:
    return series(value.width, "object", read(value))


@attribute("Table Series", "empty")
def empty(machine: Machine, value: Any) -> Value:
    return Unknown("whether a table is empty", read(value))


@attribute("Series", "name")
def series_name(machine: Machine, value: Any) -> Value:
    return Const(value.name) if value.name is not None else Unknown("the name of a Series")


@attribute("Index", "values array T str")
def index_values(machine: Machine, value: Any) -> Value:
    return value


@attribute("Index", "size")
def index_size(machine: Machine, value: Any) -> Value:
    return from_dim(value.length)


@attribute("Index", "shape")
def index_shape(machine: Machine, value: Any) -> Value:
    return Sequence("tuple", (from_dim(value.length),), Dim(1))


@method("Index", "tolist to_list copy to_numpy")
def index_list(call: Call) -> Value:
    content = call.receiver
    return call.machine.new_list(Sequence("list", content.items, content.length, content.element, call.made(content)))


@method("Index", "get_loc", "key")
def position(call: Call) -> Value:
    names, key = names_of(call.receiver), call["key"]
    if names is not None and isinstance(key, Const) and key.value in names:
        return Const(names.index(key.value), call.made(call.receiver))
    return call.unknown("the position of a column")


@method("Index", "drop difference", "labels, *args, **kwargs")
def without(call: Call) -> Value:
    content, gone = call.receiver, names_of(call["labels"])
    if content.items is not None and gone is not None:
        items = tuple(item for item in content.items if item.value not in gone)
        return Sequence("Index", items, Dim(len(items)), None, call.made(content))
    length = content.length - len(gone) if gone is not None else unknown_width(content)
    return Sequence("Index", None, length, content.element or Array((), "str"), call.made(content))


__all__ = ["as_table", "read"]
