"""Rolling windows, groups, resampling, and the accessors of texts and dates."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from lstmlint.interpreter.calls import call_with
from lstmlint.interpreter.dims import Dim
from lstmlint.interpreter.libraries.pandas_frames import names_of, series, unknown_rows, unknown_width
from lstmlint.interpreter.libraries.pandas_select import get_item, read
from lstmlint.interpreter.library import Call, attribute, method
from lstmlint.interpreter.machine import Machine
from lstmlint.interpreter.values import Array, Reference, Sequence, Table, Unknown, Value

_NUMBERS = "mean sum std var min max median count quantile skew kurt apply agg aggregate corr cov first last prod sem"


@method("Table Series", "rolling ewm expanding", "*args, **kwargs")
def rolling(call: Call) -> Value:
    return Reference("pandas.rolling", {"frame": call.receiver}, call.made(call.receiver))


@method("pandas.rolling", _NUMBERS, "*args, **kwargs", raw=True)
def roll(call: Call) -> Value:
    """A value for every row of every column."""
    frame = call.receiver.fields["frame"]
    made = call.made(frame)
    if isinstance(frame, Table):
        return replace(frame, dtype="float64", made=made)
    return series(frame.shape[0] if frame.shape else None, "float64", made, frame.name)


@method("pandas.rolling pandas.groupby pandas.resample", "__getitem__", "key")
def of_columns(call: Call) -> Value:
    frame = call.receiver.fields["frame"]
    if not isinstance(frame, Table):
        return call.unknown("a column of a Series")
    part = get_item(replace(call, receiver=frame))
    return Reference(call.receiver.kind, {**call.receiver.fields, "frame": part}, call.made(frame))


@method("Table Series", "groupby resample", "by=None, *args, **kwargs", raw=True)
def group(call: Call) -> Value:
    kind = f"pandas.{call.name.rsplit('.', 1)[1]}"
    fields = {"frame": call.receiver, "by": call.machine.freeze(call["by"])}
    return Reference(kind, fields, call.made(call.receiver))


@method(
    "pandas.groupby pandas.resample",
    f"{_NUMBERS} nunique ohlc asfreq ffill bfill interpolate",
    "*args, **kwargs",
    raw=True,
)
def one_row_a_group(call: Call) -> Value:
    """As many rows as groups; the keys leave the columns."""
    frame, made = call.receiver.fields["frame"], call.made(call.receiver.fields["frame"])
    rows = unknown_rows("groups", frame, call.receiver.fields["by"])
    if not isinstance(frame, Table):
        return series(rows, None, made, getattr(frame, "name", None))
    name = call.name.rsplit(".", 1)[1]
    keys = names_of(call.receiver.fields["by"])
    if name in ("apply", "agg", "aggregate", "ohlc"):
        return Unknown("a table reduced by group", made)
    if call.receiver.kind == "pandas.resample":
        return replace(frame, rows=rows, dtype=None, made=made)
    if frame.columns is None or keys is None:
        return Table(rows, unknown_width("groups", frame), None, None, made)
    kept = tuple(column for column in frame.columns if column not in keys)
    return Table(rows, frame.width - (len(frame.columns) - len(kept)), kept, None, made)


@method(
    "pandas.groupby pandas.resample",
    "transform shift diff cumsum cumcount pct_change fillna rank",
    "*args, **kwargs",
    raw=True,
)
def same_rows(call: Call) -> Value:
    """A value for each row of what was grouped."""
    frame = call.receiver.fields["frame"]
    made = call.made(frame)
    if isinstance(frame, Table):
        keys = names_of(call.receiver.fields["by"])
        if call.name.endswith("cumcount"):
            return series(frame.rows, "int64", made)
        if frame.columns is None or keys is None:
            return Table(frame.rows, unknown_width("groups", frame), None, None, made)
        kept = tuple(column for column in frame.columns if column not in keys)
        return Table(frame.rows, frame.width - (len(frame.columns) - len(kept)), kept, None, made)
    return series(frame.shape[0] if frame.shape else None, None, made, frame.name)


@method("pandas.groupby", "get_group head tail sample filter nth", "*args, **kwargs", raw=True)
def some_rows(call: Call) -> Value:
    frame = call.receiver.fields["frame"]
    made = call.made(frame)
    if isinstance(frame, Table):
        return replace(frame, rows=unknown_rows(call.site.span, frame), made=made)
    return series(unknown_rows(call.site.span, frame), None, made)


@method("pandas.groupby", "size ngroup value_counts", "*args, **kwargs")
def group_sizes(call: Call) -> Value:
    rows = unknown_rows("groups", call.receiver.fields["frame"], call.receiver.fields["by"])
    return series(rows, "int64", call.made(call.receiver.fields["frame"]))


@method("pandas.groupby", "__iter__", "")
def groups(call: Call) -> Value:
    """The key of each group, and the rows that have it."""
    frame, by = call.receiver.fields["frame"], call.receiver.fields["by"]
    made = call.made(frame, by)
    rows, count = unknown_rows("group", frame), unknown_rows("groups", frame, by)
    part = replace(frame, rows=rows, made=made) if isinstance(frame, Table) else series(rows, None, made)
    return Sequence("list", None, count, Sequence("tuple", (Unknown("the key of a group"), part), Dim(2)), made)


@method("pandas.groupby", "pipe", "func, *args", raw=True)
def pipe(call: Call) -> Value:
    return call_with(call.machine, call["func"], (call.receiver,), call.site.span)


# --- accessors --------------------------------------------------------------------------------------------------------


@attribute("Series", "str dt cat")
def accessor(machine: Machine, value: Any) -> Value:
    return Reference("pandas.accessor", {"series": value}, read(value))


_TEXT = (
    "lower upper strip lstrip rstrip replace split contains startswith endswith len cat extract slice get join pad "
    "zfill title capitalize isdigit isnumeric find count match findall encode decode strftime day_name month_name "
    "normalize floor round ceil to_period tz_localize tz_convert total_seconds to_pydatetime __getitem__"
)


@method("pandas.accessor", _TEXT, "*args, **kwargs", raw=True)
def text_values(call: Call) -> Value:
    """A value for each row."""
    value, made = call.receiver.fields["series"], call.made(call.receiver.fields["series"])
    name = call.name.rsplit(".", 1)[1]
    rows = value.shape[0] if value.shape else None
    if name in ("split", "extract") and "expand" in call.arguments:
        return Unknown("the parts of texts as columns", made)
    dtype = "bool" if name in ("startswith", "endswith", "isdigit", "isnumeric") else None
    column = series(rows, "bool" if name in ("contains", "match") else dtype, made)
    return replace(column, boxed=name in ("split", "findall", "extract"))


@attribute(
    "pandas.accessor",
    "year month day hour minute second dayofweek weekday dayofyear week quarter date time days seconds "
    "weekofyear microsecond is_month_start is_month_end day_of_week day_of_year",
)
def date_values(machine: Machine, value: Any) -> Value:
    inside: Array = value.fields["series"]
    return series(inside.shape[0] if inside.shape else None, None, read(inside))


@attribute("pandas.accessor", "codes")
def category_codes(machine: Machine, value: Any) -> Value:
    """``df["kind"].astype("category").cat.codes``: the number of each row's category."""
    inside: Array = value.fields["series"]
    made = replace(read(inside), operation="pandas.Categorical.codes")
    return series(inside.shape[0] if inside.shape else None, "int8", made)
