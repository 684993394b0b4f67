"""Expressions that real scripts write about tables, Series and arrays, drawn to fit the value they work on."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from hypothesis import strategies as st


def _some(names: list[Any]) -> st.SearchStrategy[list[Any]]:
    return st.lists(st.sampled_from(names), min_size=1, max_size=3, unique=True)


def _cut(size: int) -> st.SearchStrategy[str]:
    """A slice as scripts write it; of many rows only bounds that lie inside, as the interpreter takes them."""
    if size >= 20:
        bound = st.integers(1, 6)
        inside = ("{0}:", ":{0}", "-{0}:", ":-{0}", "{0}:-{1}", "::{0}")
        return st.tuples(st.sampled_from(inside), bound, bound).map(lambda t: t[0].format(*t[1:]))
    bound = st.one_of(st.just(""), st.integers(0, size).map(str), st.integers(1, max(size, 1)).map(lambda k: f"-{k}"))
    pair = st.tuples(bound, bound).map(lambda p: f"{p[0]}:{p[1]}")
    return st.one_of(pair, pair, st.integers(1, 3).map(lambda k: f"::{k}"), st.just(":"))


_TABLE_PLAIN = [
    "{x}.values", "{x}.to_numpy()", "{x}.T", "{x}.shape", "{x}.columns", "{x}.index", "{x}.dropna()", "{x}.fillna(0)",
    "{x}.ffill()", "{x}.shift(1)", "{x}.shift(-2)", "{x}.diff()", "{x}.pct_change()", "{x}.copy()", "{x}.reset_index()",
    "{x}.reset_index(drop=True)", "{x}.sort_index()", "{x}.astype('float32')", "{x}.astype(float)", "{x}.isna()",
    "{x}.mean()", "{x}.max(axis=1)", "{x}.std(axis=0)", "{x}.sum(axis=1)", "{x}.rolling(2).mean()", "len({x})",
    "{x}.iloc[:, 0]", "{x}.iloc[:, -1].values", "{x}.iloc[0]", "{x}.iloc[-1].values", "{x}.iloc[[0, -1]]",
    "{x}.iloc[:, [0]]", "{x}.values[:, 0:1]", "{x}.size", "{x}.drop_duplicates()", "{x}.cumsum()", "{x}.abs()",
    "pd.concat([{x}, {x}])", "pd.concat([{x}, {x}.shift(1)], axis=1)", "np.array({x})", "{x}.ewm(span=3).mean()",
    "{x}.describe()", "{x}.apply(lambda c: c - c.mean())", "{x}.apply(lambda c: c.max())", "{x} - {x}.mean()",
    "{x} / 2",    "({x} - {x}.min()) / ({x}.max() - {x}.min())", "{x}.interpolate()", "{x}.sample(frac=1)",

    "{x}.columns.tolist()", "{x}.apply(lambda r: r.sum(), axis=1)", "{x}.nunique()", "{x}.keys()", "{x} > 1",
    "[part for key, part in {x}.groupby({x}.columns[0])][0]", "len([key for key, part in {x}.groupby({x}.columns[0])])",
    "pd.concat([{x}, {x}.iloc[:, 0]], axis=1)", "np.vectorize(lambda v: v * 2.0)({x})",
]  # fmt: skip
_SERIES_PLAIN = [
    "{x}.values", "{x}.to_numpy()", "{x}.shift(1)", "{x}.diff()", "{x}.pct_change()", "{x}.dropna()", "{x}.fillna(0)",
    "{x}.mean()", "{x}.max()", "{x}.tolist()", "{x}.to_frame()", "{x}.reset_index(drop=True)", "{x}.reset_index()",
    "{x}.values.reshape(-1, 1)", "{x}.astype('float32')", "{x}.apply(lambda v: v + 1)", "{x}.map(str)", "len({x})",
    "{x}.unique()", "{x}.nunique()", "{x}.rolling(3).mean()", "{x}.isna()", "{x}.index", "{x}.copy()",
    "{x}.sort_values()",
    "{x}.shape", "{x} * 2 + 1", "{x} > 1", "{x}.iloc[-1]", "{x}.cumsum()", "pd.concat([{x}, {x}])",
    "pd.get_dummies({x})", "{x}.clip(0, 1)", "{x}.isin([1, 2])", "np.array({x})", "{x}.value_counts()", "{x}.abs()",
]  # fmt: skip
_ARRAY_PLAIN = [
    "pd.DataFrame({x})",
    "{x}.shape",
    "{x}.reshape(-1, 1)",
    "{x}.astype('float32')",
    "{x}.copy()",
    "{x}[:-1]",
    "np.vectorize(lambda v: v + 1)({x})",
    "np.ma.array({x}).sum(axis=0)",
]


#: After these nobody knows how many rows are left, and slices are taken to lie inside.
_LOSING = ("dropna", "join", "drop_duplicates", "merge", "groupby", "unique", "value_counts", "] > 1]", "describe")


def loses_rows(text: str) -> bool:
    return any(word in text for word in _LOSING)


def step(value: Any, name: str, rows_known: bool) -> st.SearchStrategy[str] | None:
    """An expression over ``name``, whose value is ``value``."""
    match value:
        case pd.DataFrame():
            return _of_table(value, name, rows_known)
        case pd.Series():
            plain = st.sampled_from(_SERIES_PLAIN).map(lambda text: text.format(x=name))
            parts = _cut(len(value)).map(lambda cut: f"{name}.iloc[{cut}]")
            return st.one_of(plain, parts) if rows_known else plain
        case np.ndarray() if value.ndim in (1, 2):
            return st.sampled_from(_ARRAY_PLAIN).map(lambda text: text.format(x=name))
        case _:
            return None


def _of_table(table: pd.DataFrame, x: str, rows_known: bool) -> st.SearchStrategy[str]:
    plain = st.sampled_from(_TABLE_PLAIN).map(lambda text: text.format(x=x))
    rows, width = table.shape
    places = [_cut(width).map(lambda cut: f"{x}.iloc[:, {cut}]")]
    if rows_known:
        places += [
            _cut(rows).map(lambda cut: f"{x}.iloc[{cut}]"),
            _cut(rows).map(lambda cut: f"{x}[{cut}]"),
            st.integers(1, min(rows + 2, 9)).map(lambda k: f"{x}.head({k})"),
            st.integers(1, min(rows + 2, 9)).map(lambda k: f"{x}.tail({k})"),
        ]
    names = list(table.columns)
    if not width or len(set(names)) != width or not all(isinstance(name, (str, int)) for name in names):
        return st.one_of(plain, *places)
    return st.one_of(plain, plain, *places, *_by_name(x, names))


def _by_name(x: str, names: list[Any]) -> list[st.SearchStrategy[str]]:
    one, some = st.sampled_from(names), _some(names)
    return [
        one.map(lambda n: f"{x}[{n!r}]"),
        one.map(lambda n: f"{x}[{n!r}].values"),
        some.map(lambda ns: f"{x}[{ns!r}]"),
        some.map(lambda ns: f"{x}.drop({ns!r}, axis=1)"),
        some.map(lambda ns: f"{x}.drop(columns={ns!r})"),
        one.map(lambda n: f"{x}.loc[:, {n!r}]"),
        some.map(lambda ns: f"{x}.loc[:, {ns!r}]"),
        one.map(lambda n: f"{x}.loc[:, {n!r}:]"),
        one.map(lambda n: f"{x}[{x}[{n!r}] > 1]"),
        one.map(lambda n: f"{x}.set_index({n!r})"),
        one.map(lambda n: f"{x}.sort_values({n!r})"),
        one.map(lambda n: f"{x}.rename(columns={{{n!r}: 'renamed'}})"),
        one.map(lambda n: f"{x}.groupby({n!r}).mean()"),
        one.map(lambda n: f"{x}.assign(more={x}[{n!r}] * 2)"),
        one.map(lambda n: f"pd.merge({x}, {x}, on={n!r})"),
        one.map(lambda n: f"{x}.join({x}[[{n!r}]].rename(columns={{{n!r}: 'joined'}}))"),
        one.map(lambda n: f"{x}.columns.get_loc({n!r})"),
    ]


#: Statements that change ``x``, a table with the column ``c``.
CHANGES = [
    "{x}['new'] = {x}[{c!r}] * 2", "{x}[{c!r}] = 0", "{x}.dropna(inplace=True)",
    "{x}.drop({c!r}, axis=1, inplace=True)",
    "{x}.reset_index(drop=True, inplace=True)", "{x}.set_index({c!r}, inplace=True)", "{x}.insert(0, 'first', 1)",
    "{x}.rename(columns={{{c!r}: 'other'}}, inplace=True)", "{x}.loc[:, 'late'] = 1", "{x}.fillna(0, inplace=True)",
    "del {x}[{c!r}]", "gone = {x}.pop({c!r})", "{x}.columns = [str(i) for i in range({w})]",
    "for name in {x}.columns:\n    {x}[name] = {x}[name] * 2",
]  # fmt: skip
