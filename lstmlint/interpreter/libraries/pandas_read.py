"""Where tables come from: ``read_csv`` and its kin, ``DataFrame``, ``Series``, dates."""

from __future__ import annotations

from lstmlint.interpreter.dims import Dim, symbol_dim
from lstmlint.interpreter.dtypes import dtype_of
from lstmlint.interpreter.libraries.pandas_frames import names_of, series, unknown_width
from lstmlint.interpreter.library import Call, function
from lstmlint.interpreter.values import Const, Scalar, Sequence, Table, Value

_READ = (
    "filepath_or_buffer, sep=None, delimiter=None, header='infer', names=None, index_col=None, usecols=None, "
    "squeeze=False, dtype=None, skiprows=None, nrows=None, parse_dates=None, chunksize=None, skipfooter=0, **kwargs"
)


@function("pandas.read_csv pandas.read_table pandas.read_fwf", _READ)
def read_csv(call: Call) -> Value:
    """A table of ``n`` rows; its width is known from ``usecols`` or ``names``, less what becomes the index."""
    if not call.is_none("chunksize"):
        return call.unknown("a file read in chunks")
    width, columns = _layout(call)
    table = Table(_file_rows(call), width, columns, _one_dtype(call), call.made(call["filepath_or_buffer"]))
    if call.flag("squeeze") and width == Dim(1):
        return series(table.rows, table.dtype, call.made(call["filepath_or_buffer"]))
    return table


def _file_rows(call: Call) -> Dim:
    """The same rows for the same file read in the same way."""
    path = call.text("filepath_or_buffer")
    how = tuple(_plain(call.arguments.get(name)) for name in ("header", "skiprows", "nrows", "skipfooter", "names"))
    return symbol_dim("n", 1) if path is None else symbol_dim("n", 1, key=("rows", path, how))


def _plain(value: Value | None) -> object:
    match value:
        case Const(value=constant):
            return constant
        case Sequence(items=tuple() as items) if all(isinstance(item, Const) for item in items):
            return len(items)
        case _:
            return id(value)


def _layout(call: Call) -> tuple[Dim, tuple[Scalar, ...] | None]:
    names, used = names_of(call["names"]), names_of(call["usecols"])
    if _combines_dates(call["parse_dates"]):
        return unknown_width(), None
    if call.is_none("usecols"):
        listed = call["names"]
        if names is None and isinstance(listed, Sequence):
            return _without_index(listed.length, None, call["index_col"])
        if names is None:
            path = call.text("filepath_or_buffer")
            return _without_index(unknown_width(path or call.site.span), None, call["index_col"])
        return _without_index(Dim(len(names)), names, call["index_col"])
    if used is None:
        length = call["usecols"].length if isinstance(call["usecols"], Sequence) else unknown_width()
        return _without_index(length, None, call["index_col"])
    return _without_index(Dim(len(used)), _used_names(names, used), call["index_col"])


def _used_names(names: tuple[Scalar, ...] | None, used: tuple[Scalar, ...]) -> tuple[Scalar, ...] | None:
    """The names that ``usecols`` leaves, in the file's order where that is known."""
    if all(isinstance(name, str) for name in used):
        return used if names is None else tuple(name for name in names if name in used)
    if names is not None and len(names) == len(used):
        return names
    return None


def _combines_dates(value: Value) -> bool:
    """``parse_dates=[['Date', 'Time']]`` makes one column of several."""
    match value:
        case Const(value=bool() | None):
            return False
        case Sequence(items=tuple() as items):
            return not all(isinstance(item, Const) for item in items)
        case _:
            return True


def _without_index(
    width: Dim, columns: tuple[Scalar, ...] | None, index: Value
) -> tuple[Dim, tuple[Scalar, ...] | None]:
    match index:
        case Const(value=None | False):
            return width, columns
        case Const(value=str() as name) if columns is not None:
            return width - 1, tuple(c for c in columns if c != name)
        case Const(value=int() as place) if columns is not None and -len(columns) <= place < len(columns):
            return width - 1, tuple(c for i, c in enumerate(columns) if i != place % len(columns))
        case Const():
            return width - 1, None
        case Sequence(length=length):
            return width - length, None
        case _:
            return unknown_width(), None


def _one_dtype(call: Call) -> str | None:
    return dtype_of(call["dtype"])


@function(
    "pandas.read_excel pandas.read_json pandas.read_parquet pandas.read_hdf pandas.read_pickle pandas.read_sql "
    "pandas.read_sql_query pandas.read_feather pandas_datareader.data.DataReader pandas_datareader.DataReader "
    "pandas_datareader.data.get_data_yahoo pandas_datareader.get_data_yahoo yfinance.download quandl.get "
    "pandas.read_sql_table pandas.read_stata pandas.read_clipboard"
)
def read_other(call: Call) -> Value:
    """A table from elsewhere: neither rows nor columns are known."""
    sources = call.items("args") or ()
    if "sheet_name" in call.arguments and call.is_none("sheet_name"):
        return call.unknown("a table for each sheet")
    columns = names_of(call.arguments.get("usecols", Const(None)))
    named = columns is not None and all(isinstance(name, str) for name in columns) and not call.text("usecols")
    if columns is not None and named:
        width, left = _without_index(Dim(len(columns)), columns, call.arguments.get("index_col", Const(None)))
        return Table(symbol_dim("n", 1), width, left, None, call.made(*sources))
    boxed = frozenset({...} if call.name.endswith(("_json", "_parquet", "_pickle")) else ())
    return Table(symbol_dim("n", 1), unknown_width(call.site.span), None, None, call.made(*sources), boxed=boxed)
