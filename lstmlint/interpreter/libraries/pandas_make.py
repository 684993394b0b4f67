"""Tables and Series made from what the program has: ``DataFrame``, ``Series``, ``concat``, dates."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from lstmlint.interpreter.arrays import from_nested, may_hold_lists
from lstmlint.interpreter.assign import MOST_FILLED
from lstmlint.interpreter.dims import Dim, differ, unknown_dim
from lstmlint.interpreter.dtypes import dtype_of
from lstmlint.interpreter.libraries.pandas_frames import as_table, names_of, series, unknown_rows, unknown_width
from lstmlint.interpreter.library import Call, function
from lstmlint.interpreter.values import Array, Const, Made, Mapped, Scalar, Sequence, Size, Table, Unknown, Value
from lstmlint.interpreter.written_columns import from_rows


@function(
    "pandas.DataFrame pandas.DataFrame.from_records", "data=None, index=None, columns=None, dtype=None, copy=None"
)
def data_frame(call: Call) -> Value:
    """``DataFrame(data)``; Unknown where pandas certainly refuses."""
    columns, made = names_of(call["columns"]), call.made(call["data"])
    dtype = dtype_of(call["dtype"])
    match call["data"]:
        case Const(value=None):
            return _empty(call, columns)
        case Mapped(open=False) as mapped:
            table: Value = _from_dict(call, mapped, columns)
        case Mapped(length=length) as mapped:
            table = Table(unknown_rows(mapped), length or unknown_width(mapped), columns, None, made)
        case Sequence(items=tuple() as items) if items and all(isinstance(item, Mapped) for item in items):
            table = _from_records(call, items)
        case data:
            table = _from_array(call, data, columns)
    if isinstance(table, Table) and not isinstance(call["data"], Array | Table):
        table = replace(table, boxed=frozenset(_boxed(call["data"])))
    if isinstance(table, Table) and table.made is not None and not call.is_none("index"):
        table = replace(table, made=replace(table.made, sources=(*table.made.sources, call["index"])))
    return replace(table, dtype=dtype, filled=()) if isinstance(table, Table) and dtype is not None else table


def _boxed(data: Value) -> Iterator[Any]:
    """The columns of a table whose cells may hold lists: all that are not certainly numbers or texts."""
    match data:
        case Mapped(open=False, items=items):
            yield from (key.value for key, value in items if may_hold_lists(value))
        case Const(value=None) | Sequence(items=()):
            return
        case _:
            array = from_nested(data)
            if array is None or array.rank not in (1, 2) or array.dtype == "object":
                yield ...


def _empty(call: Call, columns: tuple[Scalar, ...] | None) -> Value:
    """Rows come with the first column that is assigned."""
    rows = call["index"].length if isinstance(call["index"], Sequence) else _index_rows(call)
    given = not call.is_none("columns")
    width = Dim(len(columns)) if columns is not None else (unknown_width() if given else Dim(0))
    return Table(rows or unknown_rows(), width, columns if given else (), None, call.made())


def _index_rows(call: Call) -> Dim | None:
    index = call.array("index")
    return index.shape[0] if index is not None and index.shape else None


def _from_dict(call: Call, mapped: Mapped, columns: tuple[Scalar, ...] | None) -> Value:
    lengths = [length for _, value in mapped.items if (length := _column_length(value)) is not None]
    if any(differ(length, lengths[0]) for length in lengths) and not _aligned(mapped):
        return Unknown("a table of columns of different lengths", call.made(call["data"]))
    rows = _index_rows(call) or (lengths[0] if lengths else Dim(1))
    if any(differ(length, rows) for length in lengths):
        rows = unknown_rows(mapped)
    names = columns if columns is not None else tuple(key.value for key, _ in mapped.items)
    dtypes = {array.dtype if (array := from_nested(value)) and array.rank == 1 else None for _, value in mapped.items}
    dtype = next(iter(dtypes)) if len(dtypes) == 1 else None
    made = call.made(call["data"])
    filled = () if columns is not None else tuple((key.value, value, made) for key, value in mapped.items[:MOST_FILLED])
    return Table(rows, Dim(len(names)), names, dtype, made, filled)


def _column_length(value: Value) -> Dim | None:
    match value:
        case Array(shape=(length,)) | Sequence(length=length):
            return length
        case Array(shape=None) | Unknown():
            return unknown_dim()
        case _:
            return None


def _aligned(mapped: Mapped) -> bool:
    """Series are aligned by their index instead of refused."""
    return any(isinstance(value, Array) and value.flavour == "series" for _, value in mapped.items)


def _from_records(call: Call, items: tuple[Any, ...]) -> Value:
    names = tuple(dict.fromkeys(key.value for item in items for key, _ in item.items))
    known = not any(item.open for item in items)
    width = Dim(len(names)) if known else unknown_width(call["data"])
    made = call.made(call["data"])
    filled = from_rows(call["data"], names[:MOST_FILLED], made) if known else ()
    return Table(Dim(len(items)), width, names if known else None, None, made, filled)


def _from_array(call: Call, data: Value, columns: tuple[Scalar, ...] | None) -> Value:
    made = call.made(data)
    if isinstance(data, Table) and columns is not None:
        return Table(data.rows, Dim(len(columns)), columns, data.dtype, made)
    if isinstance(data, Sequence) and data.items == ():
        return _empty(call, columns)
    table = as_table(from_nested(data) if isinstance(data, Sequence) else data, made)
    if table is not None and table.dtype == "str" and isinstance(data, Sequence) and table.width != Dim(1):
        table = replace(table, dtype=None)  # numpy makes texts of all, pandas looks at each column
    if table is None:
        if isinstance(data, Array) and data.shape is not None:
            return Unknown(f"a table of an array of {len(data.shape)} axes", made)
        rows = data.length if isinstance(data, Sequence) else unknown_rows(data)
        return Table(rows, Dim(len(columns)) if columns else unknown_width(data), columns, None, made)
    if columns is None:
        if not call.is_none("columns"):
            return Table(table.rows, table.width, None, table.dtype, made)
        return replace(table, filled=from_rows(data, (table.columns or ())[:MOST_FILLED], made))
    if differ(table.width, len(columns)):
        return Unknown(f"{len(columns)} column names for a table of {table.width} columns", made)
    filled = from_rows(data, columns[:MOST_FILLED], made)
    return Table(table.rows, Dim(len(columns)), columns, table.dtype, made, filled)


@function("pandas.Series", "data=None, index=None, dtype=None, name=None, copy=None")
def new_series(call: Call) -> Value:
    made, data = call.made(call["data"]), call["data"]
    if isinstance(data, Mapped):
        return series(data.count, None, made, call.text("name"))
    array = call.array("data")
    if array is None:
        return series(_index_rows(call), dtype_of(call["dtype"]), made, call.text("name"))
    rows = _index_rows(call) if array.shape == () else None
    shape = (rows or Dim(1),) if array.shape == () else array.shape
    if shape is not None and len(shape) != 1:
        return Unknown(f"a Series of an array of {len(shape)} axes", made)
    dtype = dtype_of(call["dtype"]) or array.dtype
    elements = array.elements if array.shape != () else None
    return Array(shape, dtype, elements, array.low, array.high, "series", made, call.text("name"))


@function(
    "pandas.date_range pandas.bdate_range pandas.period_range",
    "start=None, end=None, periods=None, freq=None, **kwargs",
)
def date_range(call: Call) -> Value:
    return series(call.dim("periods") or unknown_rows(call.site.span), "datetime64[ns]", call.made())


@function("pandas.to_datetime pandas.DatetimeIndex pandas.to_timedelta", "arg=None, *args, **kwargs")
def to_datetime(call: Call) -> Value:
    return _same_rows(call, call["arg"], "datetime64[ns]")


@function("pandas.to_numeric pandas.Categorical pandas.Index", "arg, *args, **kwargs")
def to_numeric(call: Call) -> Value:
    return _same_rows(call, call["arg"], None)


@function("pandas.cut pandas.qcut", "x, *args, **kwargs")
def cut(call: Call) -> Value:
    return _same_rows(call, call["x"], None)


def _same_rows(call: Call, value: Value, dtype: str | None) -> Value:
    match value:
        case Table(rows=rows):
            return series(rows, dtype, call.made(value))
        case Array(shape=(rows,)) | Sequence(length=rows):
            return series(rows, dtype, call.made(value))
        case Const() | Size():
            return Unknown("a date or number", call.made(value))
        case _:
            return Unknown(getattr(value, "why", "a column that is not known"), call.made(value))


def _joined_rows(parts: list[Table]) -> Dim:
    """Rows are aligned by their index: as many as every part has, where all have the same."""
    rows = {part.rows for part in parts}
    return next(iter(rows)) if len(rows) == 1 else unknown_rows()


@function("pandas.concat", "objs, axis=0, join='outer', ignore_index=False, *args, **kwargs")
def concat(call: Call) -> Value:
    """Below one another, or beside one another with ``axis=1``."""
    objects = call["objs"]
    made = call.made(objects)
    if isinstance(objects, Mapped):
        return Unknown("tables of a dict put together", made)
    items = call.items("objs")
    if items is None:
        return _concat_unknown(call, objects)
    kept = [item for item in items if not (isinstance(item, Const) and item.value is None)]
    across = call.integer("axis") == 1 or call.text("axis") == "columns"
    if not across and kept and all(isinstance(item, Array) and item.rank == 1 for item in kept):
        return _concat_series(call, kept)
    parts = [as_table(item, made) for item in kept]
    tables = [part for part in parts if part is not None]
    if len(tables) != len(parts) or not tables:
        return _concat_some(tables, across, made)
    return _beside(tables, call) if across else _below(tables, call)


def _concat_some(tables: list[Table], across: bool, made: Made) -> Value:
    """Beside one another even Series make a table, and below a table there are more rows of it."""
    if across or tables:
        return Table(unknown_rows(made.span), unknown_width(made.span), None, None, made)
    return Unknown("tables that are not known, put together", made)


def _concat_unknown(call: Call, objects: Value) -> Value:
    """A list grown in a loop: below one another the rows add up, beside one another the columns."""
    made = call.made(objects)
    element = objects.element if isinstance(objects, Sequence) else None
    table = as_table(element, made) if element is not None else None
    if call.integer("axis") == 1 or call.text("axis") == "columns":
        return _beside_itself(table, element, objects, made)
    match element:
        case Table(width=width, columns=columns, dtype=dtype):
            return Table(unknown_rows(objects), width, columns, dtype, made)
        case Array(rank=1, dtype=dtype, flavour="series", name=name):
            return series(unknown_rows(objects), dtype, made, name)
        case _:
            return Unknown("tables of a list that is not known, put together", made)


def _beside_itself(table: Table | None, element: Value | None, objects: Value, made: Made) -> Table:
    """Beside one another even Series make a table; its rows are known where all parts are one table, shifted."""
    length = objects.length if isinstance(objects, Sequence) else None
    if table is None or length is None:
        return Table(unknown_rows(objects), unknown_width(made.span), None, None, made)
    shifted = getattr(getattr(element, "made", None), "operation", "").endswith(".shift")
    rows = table.rows if table.rows.known or shifted else unknown_rows(objects)
    return Table(rows, table.width * length, None, table.dtype, made)


def _concat_series(call: Call, items: list[Any]) -> Value:
    rows = Dim(0)
    for item in items:
        rows = rows + (item.shape[0] if item.shape else unknown_dim())
    dtypes = {item.dtype for item in items}
    name = items[0].name if len({item.name for item in items}) == 1 else None
    return series(rows, next(iter(dtypes)) if len(dtypes) == 1 else None, call.made(call["objs"]), name)


def _beside(tables: list[Table], call: Call) -> Table:
    width = Dim(0)
    for table in tables:
        width = width + table.width
    names = None
    if all(table.columns is not None for table in tables):
        names = tuple(name for table in tables for name in table.columns or ())
    dtype = tables[0].dtype if len({table.dtype for table in tables}) == 1 else None
    return Table(_joined_rows(tables), width, names, dtype, call.made(call["objs"]))


def _below(tables: list[Table], call: Call) -> Table:
    rows = Dim(0)
    for table in tables:
        rows = rows + table.rows
    dtype = tables[0].dtype if len({table.dtype for table in tables}) == 1 else None
    made = call.made(call["objs"])
    if call.text("join") == "outer" and all(table.columns is not None for table in tables):
        names = tuple(dict.fromkeys(name for table in tables for name in table.columns or ()))
        same = all(set(table.columns or ()) == set(names) for table in tables)
        return Table(rows, Dim(len(names)), names, dtype if same else None, made)
    widths = {table.width for table in tables}
    width = next(iter(widths)) if len(widths) == 1 else unknown_width()
    return Table(rows, width, None, dtype if len(widths) == 1 else None, made)


@function(
    "pandas.get_dummies",
    "data, prefix=None, prefix_sep='_', dummy_na=False, columns=None, sparse=False, drop_first=False, dtype=None",
)
def get_dummies(call: Call) -> Value:
    """One column a value: known where the contents are."""
    data, made = call["data"], call.made(call["data"])
    if isinstance(data, Table):
        return Table(data.rows, unknown_width(data, call.site.span), None, None, made)
    array = call.array("data")
    if array is None or array.shape is None or len(array.shape) != 1:
        return Table(unknown_rows(data), unknown_width(data, call.site.span), None, None, made)
    if array.elements is None or None in array.elements:
        return Table(array.shape[0], unknown_width("dummies", data), None, "bool", made)
    names = tuple(sorted(set(array.elements), key=lambda e: (str(type(e)), e)))[1 if call.flag("drop_first") else 0 :]
    plain = names if call.is_none("prefix") else None
    return Table(array.shape[0], Dim(len(names) + bool(call.flag("dummy_na"))), plain, "bool", made)


@function("pandas.merge pandas.merge_asof pandas.merge_ordered", "left, right, how='inner', on=None, **kwargs")
def merge(call: Call) -> Value:
    left, right = call["left"], call["right"]
    shared, made = names_of(call["on"]), call.made(left, right)
    if isinstance(left, Table) and isinstance(right, Table) and shared is not None:
        return Table(unknown_rows(left, right), left.width + right.width - len(shared), None, None, made)
    return Table(unknown_rows(left, right), unknown_width(left, right), None, None, made)


@function("pandas.isna pandas.isnull pandas.notna pandas.notnull", "obj")
def is_missing(call: Call) -> Value:
    value, made = call["obj"], call.made(call["obj"])
    match value:
        case Table():
            return replace(value, dtype="bool", made=made)
        case Array(shape=shape):
            return Array(shape, "bool", flavour=value.flavour, made=made)
        case _:
            return Unknown("whether a value is missing", made)
