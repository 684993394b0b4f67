"""Tables and Series gone through row by row, and turned into something else."""

from __future__ import annotations

from dataclasses import replace

from lstmlint.interpreter.assign import rebind
from lstmlint.interpreter.dims import Dim
from lstmlint.interpreter.join import element_of
from lstmlint.interpreter.libraries.pandas_frames import (
    as_table,
    columns_value,
    series,
)
from lstmlint.interpreter.libraries.pandas_methods import rows_of
from lstmlint.interpreter.library import Call, method
from lstmlint.interpreter.spreading import spread
from lstmlint.interpreter.values import (
    Array,
    Const,
    Mapped,
    Sequence,
    Table,
    Unknown,
    Value,
)


@method("Table", "iterrows itertuples items iteritems", "*args, **kwargs")
def iterate(call: Call) -> Value:
    table, made = call.receiver, call.made(call.receiver)
    label = Unknown("a label of the index", made)
    if call.name.endswith("itertuples"):
        return Sequence("list", None, table.rows, Unknown("a row of a table", made), made)
    if call.name.endswith("iterrows"):
        pair = Sequence("tuple", (label, series(table.width, table.dtype, made)), Dim(2))
        return Sequence("list", None, table.rows, pair, made)
    name = element_of(columns_value(table, made)) or label
    pair = Sequence("tuple", (name, series(table.rows, table.dtype, made)), Dim(2))
    return Sequence("list", None, table.width, pair, made)


@method("Table", "keys", "")
def keys(call: Call) -> Value:
    return columns_value(call.receiver, call.made(call.receiver))


@method("Series", "tolist to_list", "")
def to_list(call: Call) -> Value:
    found = spread(call.machine, call.receiver)
    return call.machine.new_list(Sequence("list", found.items, found.length, found.element, call.made(call.receiver)))


@method("Series", "items iteritems", "")
def series_items(call: Call) -> Value:
    element = spread(call.machine, call.receiver).element or Array((), call.receiver.dtype)
    pair = Sequence("tuple", (Unknown("a label of the index"), element), Dim(2))
    return Sequence("list", None, rows_of(call.receiver), pair, call.made(call.receiver))


@method("Series", "to_frame", "name=None")
def to_frame(call: Call) -> Value:
    table = as_table(call.receiver, call.made(call.receiver))
    name = call.text("name")
    if table is None:
        return Unknown("a table of a Series of unknown rank", call.made(call.receiver))
    return replace(table, columns=(name,)) if name is not None else table


@method("Table Series", "to_dict", "*args, **kwargs")
def to_dict(call: Call) -> Value:
    return call.machine.new_dict(Mapped((), True, None, None, call.made(call.receiver)))


@method(
    "Table Series",
    "to_csv to_excel to_json to_pickle to_parquet to_sql info hist boxplot to_hdf to_feather to_latex to_markdown",
    "*args, **kwargs",
)
def written(call: Call) -> Value:
    return Const(None, call.made(call.receiver))


@method("Table", "update", "other, **kwargs")
def update(call: Call) -> Value:
    """In place: any cell may hold another value since."""
    rebind(call.machine, call.receiver, replace(call.receiver, dtype=None, filled=()))
    return Const(None, call.made(call.receiver, call["other"]))


@method("Table Series", "squeeze", "axis=None")
def squeeze(call: Call) -> Value:
    value = call.receiver
    if isinstance(value, Table) and value.width == Dim(1):
        return series(value.rows, value.dtype, call.made(value))
    known = isinstance(value, Table) and value.width.known
    return value if known or isinstance(value, Array) else Unknown("a table squeezed", call.made(value))


@method("Table", "dot __matmul__", "other")
def dot(call: Call) -> Value:
    match call["other"]:
        case Array(shape=(_,)):
            return series(call.receiver.rows, None, call.made(call.receiver, call["other"]))
        case Array(shape=(_, width)) | Table(width=width):
            return Table(call.receiver.rows, width, None, None, call.made(call.receiver, call["other"]))
        case _:
            return call.unknown("a product of tables")
