"""Methods of tables and Series that reduce them: numbers, distinct values, correlations."""

from __future__ import annotations

from dataclasses import replace

from lstmlint.interpreter.dims import Dim, symbol_dim
from lstmlint.interpreter.libraries.pandas_frames import (
    series,
    unknown_rows,
    unknown_width,
)
from lstmlint.interpreter.library import Call, method
from lstmlint.interpreter.operators import from_dim
from lstmlint.interpreter.values import (
    Array,
    Const,
    Scalar,
    Table,
    Value,
)

_REDUCTIONS = (
    "mean sum std var min max median count nunique any all prod quantile skew kurt kurtosis sem idxmax idxmin mode mad"
)


@method("Table", _REDUCTIONS, "*args, axis=None, **kwargs")
def reduce_table(call: Call) -> Value:
    table, given = call.receiver, call.items("args") or ()
    first = given[0] if given and not call.name.endswith("quantile") else None
    axis = call["axis"] if not call.is_none("axis") else (first if first is not None else Const(0))
    across = isinstance(axis, Const) and axis.value in (1, "columns")
    if call.name.endswith("mode"):
        return replace(table, rows=unknown_rows(call.site.span), made=call.made(table))
    return series(table.rows if across else table.width, None, call.made(table))


@method("Series", "mean sum std var min max median prod quantile skew kurt kurtosis sem mad", "*args, **kwargs")
def reduce_series(call: Call) -> Value:
    """One number; its bounds are those of the contents where it lies among them."""
    name = call.name.rsplit(".", 1)[1]
    inside = name in ("mean", "min", "max", "median", "quantile")
    low, high = (call.receiver.low, call.receiver.high) if inside else (None, None)
    dtype = call.receiver.dtype if name in ("min", "max") else None
    if name in ("min", "max") and call.receiver.elements and low is not None and high is not None:
        pick = min if name == "min" else max
        return Const(pick(call.receiver.elements), call.made(call.receiver))
    return Array((), dtype, None, low, high, made=call.made(call.receiver))


@method("Series", "count", "*args")
def count(call: Call) -> Value:
    return from_dim(unknown_rows("count", call.receiver), call.made(call.receiver))


@method("Series", "any all idxmax idxmin argmax argmin", "*args, **kwargs")
def one_value(call: Call) -> Value:
    return call.unknown(f"the {call.name.rsplit('.', 1)[1]} of a column")


def _distinct(value: Array) -> tuple[Scalar, ...] | None:
    return None if value.elements is None else tuple(dict.fromkeys(value.elements))


def _distinct_count(value: Array) -> Dim:
    known = _distinct(value)
    return symbol_dim("classes", 1, key=("unique", value)) if known is None else Dim(len(known))


@method("Series", "unique", "")
def unique(call: Call) -> Value:
    value = call.receiver
    return Array((_distinct_count(value),), value.dtype, _distinct(value), value.low, value.high, made=call.made(value))


@method("Series", "nunique", "dropna=True")
def nunique(call: Call) -> Value:
    return from_dim(_distinct_count(call.receiver), call.made(call.receiver))


@method("Series", "value_counts", "*args, **kwargs")
def value_counts(call: Call) -> Value:
    return series(_distinct_count(call.receiver), "int64", call.made(call.receiver))


@method("Table", "corr cov", "*args, **kwargs")
def correlation(call: Call) -> Value:
    width = call.receiver.width if call.receiver.dtype is not None else unknown_width("numeric", call.receiver)
    return Table(width, width, None, "float64", call.made(call.receiver))


@method("Table", "describe value_counts pivot pivot_table melt stack unstack", "*args, **kwargs")
def rearranged(call: Call) -> Value:
    return call.unknown(f"the {call.name.rsplit('.', 1)[1]} of a table")
