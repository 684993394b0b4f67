"""Methods of tables that drop, add, rename or join columns."""

from __future__ import annotations

from dataclasses import replace

from lstmlint.interpreter.assign import rebind
from lstmlint.interpreter.dims import Dim, same
from lstmlint.interpreter.libraries.pandas_frames import (
    as_table,
    in_place,
    names_of,
    series,
    unknown_rows,
    unknown_width,
)
from lstmlint.interpreter.libraries.pandas_methods import rows_of, with_rows
from lstmlint.interpreter.library import Call, method
from lstmlint.interpreter.values import (
    Array,
    Const,
    Mapped,
    Scalar,
    Sequence,
    Table,
    Value,
)
from lstmlint.interpreter.written_columns import kept, renamed

# --- fewer or more columns --------------------------------------------------------------------------------------------


@method(
    "Table",
    "drop",
    "labels=None, axis=0, index=None, columns=None, level=None, inplace=False, errors='raise'",
)
def drop(call: Call) -> Value:
    across = call.integer("axis") == 1 or call.text("axis") == "columns"
    given = call["columns"] if not call.is_none("columns") else call["labels"] if across else None
    if given is None:
        return in_place(call, with_rows(call.receiver, unknown_rows(call.site.span, call.receiver), call))
    return in_place(call, _without(call, call.receiver, given))


def _without(call: Call, table: Table, given: Value) -> Table:
    gone, made = names_of(given), call.made(call.receiver, given)
    if gone is None:
        length = given.length if isinstance(given, Sequence) else None
        single = isinstance(given, Array) and given.shape == ()
        width = table.width - 1 if single else unknown_width(table, given) if length is None else table.width - length
        return Table(table.rows, width, None, table.dtype, made)
    filled = tuple(entry for entry in table.filled if entry[0] not in gone)
    if table.columns is not None:
        names = tuple(name for name in table.columns if name not in gone)
        return Table(table.rows, Dim(len(names)), names, table.dtype if names else None, made, filled)
    sure = call.text("errors") == "raise"
    width = table.width - len(set(gone)) if sure else unknown_width(table, given)
    return Table(table.rows, width, None, table.dtype, made, filled)


@method("Series", "drop", "*args, inplace=False, **kwargs")
def droprows_of(call: Call) -> Value:
    return in_place(call, with_rows(call.receiver, unknown_rows(call.site.span, call.receiver), call))


@method("Table", "pop", "item")
def pop(call: Call) -> Value:
    from lstmlint.interpreter.libraries.pandas_select import get_item

    taken = get_item(replace(call, arguments={"key": call["item"]}))
    rebind(call.machine, call.receiver, _without(replace(call, arguments={}), call.receiver, call["item"]))
    return taken


@method("Table", "insert", "loc, column, value, allow_duplicates=False")
def insert(call: Call) -> Value:
    table, place, name = call.receiver, call.integer("loc"), call["column"]
    columns = None
    if table.columns is not None and isinstance(name, Const) and place is not None:
        columns = (*table.columns[:place], name.value, *table.columns[place:])
    made = call.made(table, call["value"])
    rebind(call.machine, table, Table(table.rows, table.width + 1, columns, None, made))
    return Const(None, made)


@method("Table", "assign", "**kwargs")
def assign_columns(call: Call) -> Value:
    table = call.receiver
    names = tuple(name for name in call.arguments if name != "kwargs")
    if table.columns is None:
        return Table(table.rows, unknown_width(table, call.site.span), None, None, call.made(table))
    columns = tuple(dict.fromkeys((*table.columns, *names)))
    return Table(table.rows, Dim(len(columns)), columns, None, call.made(table, *call.arguments.values()))


@method("Table Series", "reset_index", "level=None, drop=False, inplace=False, **kwargs")
def reset_index(call: Call) -> Value:
    """The index becomes a column in front, unless it is dropped."""
    value, made = call.receiver, call.made(call.receiver)
    if call.flag("drop"):
        found = replace(value, made=made)
        return in_place(call, kept(value, found) if isinstance(found, Table) else found)
    if isinstance(value, Table):
        return in_place(call, Table(value.rows, value.width + 1, None, None, made))
    return Table(rows_of(value), Dim(2), None, None, made)


@method("Table", "set_index", "keys, drop=True, append=False, inplace=False, **kwargs")
def set_index(call: Call) -> Value:
    table, keys = call.receiver, call["keys"]
    if call.flag("drop") is False or (isinstance(keys, Array) and keys.rank == 1):
        return in_place(call, replace(table, made=call.made(table)))
    return in_place(call, _without(replace(call, arguments={"errors": Const("raise")}), table, keys))


@method("Table", "rename", "mapper=None, index=None, columns=None, axis=None, copy=None, inplace=False, **kwargs")
def rename(call: Call) -> Value:
    table = call.receiver
    across = call.integer("axis") == 1 or call.text("axis") == "columns"
    names = call["columns"] if not call.is_none("columns") else call["mapper"] if across else Const(None)
    found = replace(table, columns=_renamed(table.columns, names), made=call.made(table))
    return in_place(call, renamed(table, found))


def _renamed(columns: tuple[Scalar, ...] | None, names: Value) -> tuple[Scalar, ...] | None:
    if columns is None or (isinstance(names, Const) and names.value is None):
        return columns
    if not isinstance(names, Mapped) or names.open:
        return None
    found = [names.get(name) for name in columns]
    if any(new is not None and not isinstance(new, Const) for new in found):
        return None
    return tuple(new.value if isinstance(new, Const) else old for new, old in zip(found, columns, strict=True))


@method("Series", "rename", "index=None, **kwargs")
def rename_series(call: Call) -> Value:
    return replace(call.receiver, name=call.text("index"), made=call.made(call.receiver))


@method("Table", "join merge", "other, on=None, how='left', **kwargs")
def join(call: Call) -> Value:
    """Beside one another, row by row of the index."""
    left, right = call.receiver, as_table(call["other"], call.made(call["other"]))
    made = call.made(left, call["other"])
    if right is None:
        return Table(unknown_rows(left, call["other"]), unknown_width(left, call["other"]), None, None, made)
    if call.name.endswith("join") and call.is_none("on"):
        names = (*left.columns, *right.columns) if left.columns is not None and right.columns is not None else None
        # A label that is there twice meets each of its twins: the rows are not known.
        rows = unknown_rows(left, right)
        return Table(rows, left.width + right.width, names, None, made)
    shared = names_of(call["on"])
    width = left.width + right.width - len(shared) if shared else unknown_width(left, right)
    return Table(unknown_rows(left, right), width, None, None, made)


@method("Table Series", "append", "other, *args, **kwargs")
def append(call: Call) -> Value:
    """pandas 1: one below the other."""
    other, made = call["other"], call.made(call.receiver, call["other"])
    if isinstance(call.receiver, Table):
        table = as_table(other, made)
        if table is not None and (same(table.width, call.receiver.width)):
            return replace(call.receiver, rows=call.receiver.rows + table.rows, dtype=None, made=made)
        return Table(unknown_rows(other), unknown_width(call.receiver, other), None, None, made)
    rows = other.shape[0] if isinstance(other, Array) and other.shape else None
    return series(None if rows is None else rows_of(call.receiver) + rows, call.receiver.dtype, made)


@method("Table", "transpose swapaxes", "*args")
def transpose(call: Call) -> Value:
    table = call.receiver
    return Table(table.width, table.rows, None, table.dtype, call.made(table))
