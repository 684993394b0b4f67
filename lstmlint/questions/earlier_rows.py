"""Which rows of another column a column of a table holds: ``table["wanted"] = table["level"].shift(24)``."""

from __future__ import annotations

from dataclasses import dataclass

from lstmlint.interpreter.dims import Dim
from lstmlint.interpreter.slices import chosen
from lstmlint.interpreter.values import Array, Const, Made, Reference, Scalar, Sequence, Slice, Table, Value
from lstmlint.keras_model.graph import dim_of
from lstmlint.questions.later_rows import Told, in_step
from lstmlint.questions.provenance import is_none, key_of, scales

#: What makes an array of a table, column for column.
_AS_ARRAY = frozenset({"attribute", "Table.to_numpy", "numpy.array", "numpy.asarray", "Array.astype"})


@dataclass(frozen=True, slots=True, eq=False)
class Earlier:
    """A column that holds the values of another one ``rows`` rows before, by ``made``.

    ``told`` says that it does not hold them, but was computed from the very later row that another column tells of.
    """

    rows: Dim
    made: Made
    told: Told | None = None


def rows_earlier(series: Value, held: tuple[Value, ...], wanted: tuple[Value, ...]) -> Earlier | None:
    """Whether the wanted column of a series is one of the columns held, so many rows before."""
    table = table_of(series)
    if table is None or len(held) != 1 or not wanted:
        return None
    mine, other = columns_in(table, held[0]), columns_in(table, wanted[-1])
    if mine is None or other is None or len(other) != 1:
        return None
    name = other[0]
    order: list[object] = [own for own, _, _ in table.filled]
    given, since = _put(table, name)
    found = _moved(given, since)
    # The other column may have been given new values since.
    if found is None or since is None or found[0] not in mine or found[0] in order[order.index(name) :]:
        return None
    return found[1] if in_step(table, since) else None


def _put(table: Table, name: object) -> tuple[Value | None, Made | None]:
    """What was put into a column, and how the table was made that it was put into."""
    return next(((value, made) for own, value, made in table.filled if own == name), (None, None))


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


def table_of(series: Value) -> Table | None:
    """The table that an array has the columns of."""
    for _ in range(12):
        made: Made | None = getattr(series, "made", None)
        if isinstance(series, Table) or made is None or not made.sources:
            break
        if not (scales(made) or made.operation in _AS_ARRAY):
            return None
        series = made.sources[0]
    return series if isinstance(series, Table) else None


def columns_in(table: Table, key: Value) -> tuple[object, ...] | None:
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
