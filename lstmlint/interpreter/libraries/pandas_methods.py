"""Methods of tables and Series that keep their shape, or drop or add rows and columns."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from lstmlint.interpreter.calls import call_with
from lstmlint.interpreter.dims import Dim
from lstmlint.interpreter.dtypes import dtype_of, is_number
from lstmlint.interpreter.join import element_of
from lstmlint.interpreter.libraries.pandas_frames import (
    in_place,
    names_of,
    series,
    unknown_rows,
    unknown_width,
)
from lstmlint.interpreter.library import Call, method
from lstmlint.interpreter.spreading import spread
from lstmlint.interpreter.values import (
    Array,
    Const,
    Mapped,
    Size,
    Table,
    Unknown,
    Value,
)
from lstmlint.interpreter.written_columns import kept, mixed


def _kept(value: Any, call: Call, dtype: str | None, *more: Value, bounds: bool = False) -> Value:
    """The same rows and columns with other contents."""
    made = call.made(value, *more, *(call.items("args") or ()))
    if isinstance(value, Table):
        return replace(value, dtype=dtype, made=made)
    low, high = (value.low, value.high) if bounds else (None, None)
    boxed = value.boxed and not is_number(dtype)
    return replace(value, elements=None, dtype=dtype, low=low, high=high, made=made, boxed=boxed)


# --- the shape stays --------------------------------------------------------------------------------------------------


@method(
    "Table Series",
    "fillna ffill bfill pad backfill interpolate replace where mask clip round abs cumsum cumprod cummax cummin "
    "rank infer_objects convert_dtypes tz_localize tz_convert add sub mul div truediv pow radd rsub rmul rdiv mod "
    "swaplevel combine_first transform rename_axis set_axis droplevel floordiv to_period "
    "to_timestamp normalize",
    "*args, inplace=False, **kwargs",
)
def same_shape(call: Call) -> Value:
    dtype = call.receiver.dtype if call.name.rsplit(".", 1)[1] in _SAME_DTYPE else None
    value, given = _kept(call.receiver, call, dtype), call.items("args") or ()
    found = _numbers_given(given[0]) if call.name == "Series.replace" and len(given) == 1 else None
    return in_place(call, replace(value, low=found[0], high=found[1]) if found is not None else value)


_SAME_DTYPE = frozenset(["fillna", "ffill", "bfill", "clip", "round", "abs", "cumsum", "interpolate", "rename_axis"])


@method("Table Series", "shift", "periods=1, freq=None, **kwargs")
@method("Table Series", "diff pct_change", "periods=1, *args, freq=None, **kwargs")
def shifted(call: Call) -> Value:
    """The first rows become NaN, so integers become floats."""
    by = (call["periods"],) if call.is_none("freq") else ()
    before = call.receiver.dtype
    number = before is not None and before.startswith(("int", "uint", "bool"))
    if call.name.endswith("pct_change"):
        kind = "float64" if before is not None and not before.startswith("obj") else None
        return _kept(call.receiver, call, kind, *by)
    kind = ("float64" if before and not before.startswith("b") else None) if number else before
    moved = call.name.endswith(".shift") and "fill_value" not in call.given
    return _kept(call.receiver, call, kind, *by, bounds=moved)


@method("Table Series", "sort_values sort_index", "*args, axis=0, inplace=False, **kwargs")
def ordered(call: Call) -> Value:
    return in_place(call, _kept(call.receiver, call, call.receiver.dtype, bounds=True))


@method("Table Series", "isna isnull notna notnull isin duplicated between eq ne lt gt le ge", "*args, **kwargs")
def condition(call: Call) -> Value:
    if call.name.endswith("duplicated") and isinstance(call.receiver, Table):
        return series(call.receiver.rows, "bool", call.made(call.receiver))
    return _kept(call.receiver, call, "bool")


@method("Table Series", "copy __copy__ view", "*args, **kwargs")
def copy(call: Call) -> Value:
    found = replace(call.receiver, made=call.made(call.receiver))
    return kept(call.receiver, found) if isinstance(found, Table) else found


@method("Table Series", "astype", "dtype=None, **kwargs")
def astype(call: Call) -> Value:
    dtype = dtype_of(call["dtype"])
    value = _kept(call.receiver, call, dtype, bounds=True)
    if isinstance(value, Array) and dtype is not None and dtype.startswith("float"):
        elements = call.receiver.elements
        numbers = elements and tuple(float(e) for e in elements if isinstance(e, (int, float)))
        return replace(value, elements=numbers if elements and len(numbers or ()) == len(elements) else None)
    return value


@method("Series", "map apply", "func=None, *args, **kwargs", raw=True)
def map_values(call: Call) -> Value:
    """A value for each row: whether that is a number or a list, the function tells."""
    low, high = _numbers_given(call.machine.freeze(call["func"])) or (None, None)
    return replace(_kept(call.receiver, call, None), boxed=_gives_lists(call), low=low, high=high)


def _numbers_given(table: Value) -> tuple[float, float] | None:
    """The least and the greatest number that a dict has for texts; what it does not know becomes NaN, or stays text."""
    pairs = table.items if isinstance(table, Mapped) and not table.open else ()
    numbers = [getattr(value, "value", None) for _, value in pairs]
    texts = all(isinstance(key.value, str) for key, _ in pairs)
    known = [float(number) for number in numbers if isinstance(number, int | float)]
    return (min(known), max(known)) if texts and known and len(known) == len(numbers) else None


def _gives_lists(call: Call) -> bool:
    """Whether what a function or a dict gives for an item may be a list."""
    if isinstance(func := call.machine.freeze(call["func"]), Mapped):
        return func.open or not all(isinstance(value, Const | Size) for _, value in func.items)
    if isinstance(func, Const | Array):
        return False
    item = element_of(spread(call.machine, call.receiver)) or Unknown("an item of a column")
    # What is said of no number may be said of a text.
    tried = (item, Unknown("a text of a column", text=True)) if call.receiver.dtype is None else (item,)
    results = (call_with(call.machine, func, (one,), call.site.span) for one in tried)
    known = next((result for result in results if not isinstance(result, Unknown) or result.text), None)
    return not isinstance(known, Const | Size | Unknown) and not (isinstance(known, Array) and known.shape == ())


@method("Table", "applymap map", "func, *args, **kwargs", raw=True)
def apply_map(call: Call) -> Value:
    return _kept(call.receiver, call, None)


@method("Table", "apply agg aggregate", "func, axis=0, *args, **kwargs", raw=True)
def apply(call: Call) -> Value:
    """The function gets one column, or one row with ``axis=1``, and tells what comes out."""
    table, made = call.receiver, call.made(call.receiver)
    by_row = call.integer("axis") == 1 or call.text("axis") == "columns"
    inner, outer = (table.width, table.rows) if by_row else (table.rows, table.width)
    if isinstance(call["func"], Const):
        return Unknown("a table reduced by name", made)
    result = call_with(call.machine, call["func"], (series(inner, table.dtype, made),), call.site.span)
    match result:
        case Array(shape=(size,)) if not by_row:
            return Table(size, outer, table.columns, result.dtype, made)
        case Array(shape=(size,), flavour="series"):
            return Table(outer, size, None, result.dtype, made)
        case Array(shape=()) | Const() | Size():
            return series(outer, getattr(result, "dtype", None), made)
        case _:
            return series(outer, None, made) if by_row else Unknown("what a function makes of a table", made)


# --- fewer rows -------------------------------------------------------------------------------------------------------


def with_rows(value: Any, rows: Dim, call: Call) -> Value:
    made = call.made(value)
    if isinstance(value, Table):
        return replace(value, rows=rows, made=made)
    return Array((rows,), value.dtype, None, value.low, value.high, "series", made, value.name, boxed=value.boxed)


def rows_of(value: Any) -> Dim:
    if isinstance(value, Table):
        return value.rows
    return value.shape[0] if value.shape else unknown_rows(value)


@method("Table Series", "dropna", "axis=0, how=None, thresh=None, subset=None, inplace=False, **kwargs")
def dropna(call: Call) -> Value:
    if call.integer("axis") == 1 or call.text("axis") == "columns":
        width = unknown_width("dropna", call.receiver)
        return in_place(call, replace(call.receiver, width=width, columns=None, made=call.made(call.receiver)))
    return in_place(call, with_rows(call.receiver, unknown_rows("dropna", call.receiver), call))


@method(
    "Table Series",
    "drop_duplicates query nlargest nsmallest truncate between_time at_time reindex asfreq explode reindex_like "
    "first last",
    "*args, inplace=False, **kwargs",
)
def other_rows(call: Call) -> Value:
    if call.name.endswith("reindex") and "columns" in call.arguments and isinstance(call.receiver, Table):
        names = names_of(call["columns"])
        width = unknown_width(call.receiver, call.site.span) if names is None else Dim(len(names))
        return replace(call.receiver, width=width, columns=names, made=call.made(call.receiver))
    return in_place(call, with_rows(call.receiver, unknown_rows(call.site.span, call.receiver), call))


@method("Table Series", "head tail", "n=5")
def head(call: Call) -> Value:
    rows, count = rows_of(call.receiver), call.dim("n")
    if count is None:
        return with_rows(call.receiver, unknown_rows(call.site.span), call)
    if count.known and count.constant < 0:
        left = rows + count
    elif count.known and rows.known:
        left = Dim(min(rows.constant, count.constant))
    else:
        left = count
    return with_rows(call.receiver, left if not left.known or left.constant >= 0 else Dim(0), call)


@method(
    "Table Series",
    "sample",
    "n=None, frac=None, replace=False, weights=None, random_state=None, axis=None, ignore_index=False",
)
def sample(call: Call) -> Value:
    whole, count = call.number("frac") == 1.0, call.dim("n")
    if call.is_none("n") and call.is_none("frac"):
        count = Dim(1)
    rows = rows_of(call.receiver) if whole else count if count is not None else unknown_rows(call.site.span)
    found = with_rows(call.receiver, rows, call)
    plain = not call.flag("replace") and call.is_none("weights") and call.is_none("axis")
    return mixed(call.receiver, found) if plain and isinstance(found, Table) else found
