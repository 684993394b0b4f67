"""Which rows of another column a column of a table holds: ``table["wanted"] = table["level"].shift(24)``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lstmlint.interpreter.dims import Dim
from lstmlint.interpreter.slices import chosen
from lstmlint.interpreter.values import Array, Const, Made, Reference, Scalar, Sequence, Slice, Table, Value
from lstmlint.keras_model.graph import dim_of
from lstmlint.questions.provenance import is_none, key_of, scales

#: What keeps the rows that are left one behind another, and their values.
_KEEPS = frozenset({"Table.dropna", "Table.copy", "Table.reset_index", "Table.fillna", "Table.astype", "Table.drop"})
#: What makes an array of a table, column for column.
_AS_ARRAY = frozenset({"attribute", "Table.to_numpy", "numpy.array", "numpy.asarray", "Array.astype"})


@dataclass(frozen=True, slots=True, eq=False)
class Earlier:
    """A column that holds the values of another one ``rows`` rows before, by ``made``.

    ``computed`` names a column that was moved up by ``made``, and that this one was computed from.
    """

    rows: Dim
    made: Made
    computed: str = ""


def rows_earlier(series: Value, held: tuple[Value, ...], wanted: tuple[Value, ...]) -> Earlier | None:
    """Whether the wanted column of a series is one of the columns held, so many rows before."""
    table = _table_of(series)
    if table is None or len(held) != 1 or not wanted:
        return None
    mine, other = _columns(table, held[0]), _columns(table, wanted[-1])
    if mine is None or other is None or len(other) != 1:
        return None
    name = other[0]
    order: list[object] = [own for own, _, _ in table.filled]
    given, since = _put(table, name)
    found = _moved(given, since)
    # The other column may have been given new values since.
    if found is None or since is None or found[0] not in mine or found[0] in order[order.index(name) :]:
        return None
    return found[1] if _in_step(table, since) else None


#: What makes of each value, or of those of several columns in one row, another one.
_ROW_BY_ROW = frozenset(
    {
        *("arithmetic", "comparison", "numpy.where", "numpy.sign", "numpy.log", "numpy.abs", "Array.astype"),
        *(f"Series.{name}" for name in ("astype", "apply", "map", "gt", "ge", "lt", "le", "sub", "div", "abs")),
    }
)


def later_behind(series: Value, name: object) -> Iterator[Earlier]:
    """The columns of a table that hold values of later rows, and from which another one of it was computed."""
    table = _table_of(series)
    if table is None:
        return
    order: list[object] = [own for own, _, _ in table.filled]
    given, since = next(((value, made) for own, value, made in table.filled if own == name), (None, None))
    for source, column in _columns_behind(given, 8) if since is not None and _in_step(table, since) else ():
        own, moved = _put(table, column)
        before = column in order[: order.index(name)] and moved is since and source.made is since
        made: Made | None = getattr(own, "made", None)
        by = dim_of(made.sources[1]) if made is not None and made.operation == "Series.shift" else None
        if before and made is not None and by is not None and by.known and by.constant < 0:
            yield Earlier(Dim(0), made, column)


def _put(table: Table, name: object) -> tuple[Value | None, Made | None]:
    """What was put into a column, and how the table was made that it was put into."""
    return next(((value, made) for own, value, made in table.filled if own == name), (None, None))


def _columns_behind(value: Value | None, deepest: int) -> Iterator[tuple[Table, str]]:
    """The columns that a value was computed from, row by row."""
    made: Made | None = getattr(value, "made", None)
    if made is None or not deepest:
        return
    key = made.sources[1] if made.operation == "index" and len(made.sources) == 2 else None
    if isinstance(key, Const) and isinstance(key.value, str) and isinstance(made.sources[0], Table):
        yield made.sources[0], key.value
    elif made.operation in _ROW_BY_ROW:
        for source in made.sources:
            yield from _columns_behind(source, deepest - 1)


def _moved(column: Value | None, since: Made | None) -> tuple[object, Earlier] | None:
    """The column of the same table that was moved, and by how many rows."""
    made: Made | None = getattr(column, "made", None)
    if made is None or made.operation != "Series.shift" or len(made.sources) != 2:
        return None
    source, by = made.sources[0], dim_of(made.sources[1])
    taken, name = getattr(source, "made", None), key_of(source)
    table = taken.sources[0] if taken is not None and len(taken.sources) == 2 else None
    if by is None or not isinstance(table, Table) or table.made is not since or not isinstance(name, Const):
        return None
    return name.value, Earlier(by, made)


def _in_step(table: Table, since: Made) -> bool:
    """Whether the rows stand one behind another as they did when the column was made."""
    current: Value = table
    for _ in range(30):
        made: Made | None = getattr(current, "made", None)
        if made is since or made is None or not made.sources or not isinstance(current, Table):
            return made is since
        key = made.sources[1] if made.operation == "index" and len(made.sources) == 2 else None
        rows = isinstance(key, Slice) and is_none(key.step)
        if not (made.operation in _KEEPS or rows or isinstance(key, Sequence)):
            return False
        current = made.sources[0]
    return False


def _table_of(series: Value) -> Table | None:
    """The table that an array has the columns of."""
    for _ in range(12):
        made: Made | None = getattr(series, "made", None)
        if isinstance(series, Table) or made is None or not made.sources:
            break
        if not (scales(made) or made.operation in _AS_ARRAY):
            return None
        series = made.sources[0]
    return series if isinstance(series, Table) else None


def _columns(table: Table, key: Value) -> tuple[object, ...] | None:
    """The names of the columns that a key takes; arrays count them."""
    columns = table.columns or ()
    if isinstance(key, Slice):
        places = chosen(key, len(columns)) if table.columns is not None and is_none(key.step) else None
        return tuple(columns[place] for place in places) if places is not None else None
    names = names_in(key)
    if names is None or not any(isinstance(name, int) for name in names):
        return tuple(names) if names is not None else None
    numbers = [name for name in names if isinstance(name, int) and -len(columns) <= name < len(columns)]
    return tuple(columns[number] for number in numbers) if len(numbers) == len(names) else None


def names_in(key: Value) -> list[str | int] | None:
    """The names or numbers of columns in an index."""
    if isinstance(key, Array) and key.elements is not None:
        return [name for name in key.elements if isinstance(name, str | int)]
    items = key.items if isinstance(key, Sequence) and key.items is not None else (key,)
    names = [item.value for item in items if isinstance(item, Const) and isinstance(item.value, str | int)]
    return names if len(names) == len(items) else None


def known_names(key: Value | None) -> tuple[Scalar, ...]:
    """Those of the columns of a list, or the one, whose names are known."""
    if isinstance(key, Reference):
        key = key.fields.get("content")
    if isinstance(key, Const):
        return (key.value,)
    items = key.items if isinstance(key, Sequence) and key.items is not None else ()
    return tuple(item.value for item in items if isinstance(item, Const))
